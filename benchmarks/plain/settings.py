"""The bare settings; the templates of this side are found before those of the bare one."""

from benchmarks.bare.settings import *  # noqa: F403
from benchmarks.bare.settings import INSTALLED_APPS

INSTALLED_APPS = ["benchmarks.plain", *INSTALLED_APPS]

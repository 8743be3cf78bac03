"""What templates call: texts in the reader's language, addresses, and filters for what they show."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]
from jinja2 import Environment, Undefined, pass_environment
from markupsafe import Markup

from components import absent
from components.dates import with_first
from components.text import dialled

DAYS = 4_000  # kept as they are written: some years in two languages
AS_IT_IS = frozenset({str, Markup, SafeString, int})
ICONS = {
    "success": "check",
    "warning": "warning",
    "error": "cross",
    "danger": "cross",
    "waiting": "clock",
    "info": "info",
    "debug": "info",
}


def shown(value: Any) -> Any:
    """A value as the reader's language writes it."""
    if type(value) in AS_IT_IS or hasattr(value, "__html__"):
        return value
    if isinstance(value, Promise):
        return str(value)  # which is markup where it was made with format_html
    if callable(value) and not isinstance(value, Undefined):
        absent.report(f"{value} is not called")
        return ""
    if isinstance(value, datetime.date):
        return with_first(localize(template_localtime(value)))
    return localize(template_localtime(value))


# ------------------------------------------------- words


def gettext(text: str, /, **names: Any) -> Markup:
    """A text in the reader's language, ``%(name)s`` filled in."""
    markup = said(translation.get_language(), text)
    return filled(markup, names) if "%" in markup else markup


@cache
def said(language: str | None, text: str) -> Markup:
    """A text of our own in this language, which is that of the moment. It may hold markup."""
    return Markup(translation.gettext(text))  # noqa: S704 - templates hand over literals only


def pgettext(context: str, text: str, /, **names: Any) -> Markup:
    """A text that means something else elsewhere."""
    return filled(Markup(translation.pgettext(context, text)), names)  # noqa: S704 - as above


def ngettext(one: str, several: str, number: int, /, **names: Any) -> Markup:
    """One text for one thing, another for several."""
    return filled(Markup(translation.ngettext(one, several, number)), names)  # noqa: S704 - as above


def filled(text: Markup, names: dict[str, Any]) -> Markup:
    """What is filled in is escaped."""
    return text % {name: shown(value) for name, value in names.items()}


def all_languages() -> list[dict[str, Any]]:
    """The languages of the pages, with their own names."""
    return [translation.get_language_info(code) for code, _ in settings.LANGUAGES]


def in_language(code: str, caller: Callable[[], Markup]) -> Markup:
    """``{% call in_language("fr") %}``: a part of a page in this language."""
    with translation.override(code):
        return caller()


# ------------------------------------------------- addresses


def url_for(name: str, /, *arguments: Any) -> str:
    """The address of a page."""
    if not arguments:
        return fixed(get_script_prefix(), name)
    if all(type(one) is UUID for one in arguments):
        return form_of_address(get_script_prefix(), name, len(arguments)) % arguments
    return reverse(name, args=arguments)


@cache
def fixed(prefix: str, name: str) -> str:
    """The address of a page that is always the same, below this prefix, which is that of the moment."""
    return reverse(name)


@cache
def form_of_address(prefix: str, name: str, count: int) -> str:
    """The address of a page that is about rows: ``%s`` stands where the id of each is written."""
    marks = [UUID(int=number) for number in range(count)]
    address = reverse(name, args=marks).replace("%", "%%")
    for mark in marks:
        address = address.replace(str(mark), "%s", 1)
    return address


@cache
def address_of_static(path: str) -> str:
    """The address of a file that does not change while the program runs."""
    return static(path)


def querystring(request: HttpRequest, **changes: Any) -> str:
    """The query of this page with some of it changed; what is None is left out."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}" if query else ""


# ------------------------------------------------- filters


def date(value: Any, form: str | None = None) -> str:
    """A day; another ``form`` is Django's."""
    if type(value) is datetime.date:
        return day(translation.get_language(), value, form)
    return with_first(defaultfilters.date(template_localtime(value), form))


@lru_cache(DAYS)
def day(language: str | None, value: datetime.date, form: str | None) -> str:
    """A day in this language, which is that of the moment: pages show the same ones again and again."""
    return with_first(defaultfilters.date(value, form))


def day_and_time(value: Any) -> str:
    """A day and its time."""
    return date(value, "DATETIME_FORMAT")


def time(value: Any, form: str = "TIME_FORMAT") -> str:
    """The time of a day."""
    return date(value, form)


@pass_environment
def grouped_by(
    pages: Environment, rows: Iterable[Any], attribute: str
) -> list[tuple[Any, list[Any]]]:
    """What rows that follow one another have in common, with these rows."""
    groups = groupby(rows, lambda row: pages.getattr(row, attribute))
    return [(key, list(group)) for key, group in groups]


def phone(number: str) -> str:
    """A telephone number as a link that rings it; as it is where nothing can be dialled."""
    dial = dialled(number)
    if not dial:
        return number
    return format_html('<a class="text-nowrap" href="tel:{}">{}</a>', dial, number)


def icon_for(kind: object) -> str:
    """The icon of a kind of notice, message or tag, so that colour never stands alone."""
    return ICONS.get(str(kind), "dot")


def paired_with(cells: Iterable[object], labels: Iterable[object]) -> list[tuple[object, object]]:
    """Each cell of a row with the label of its column, for tables that stack on a phone."""
    return list(zip(cells, labels, strict=True))


GLOBALS: dict[str, Any] = {
    "_": gettext,
    "all_languages": all_languages,
    "in_language": in_language,
    "language_now": translation.get_language,
    "ngettext": ngettext,
    "pgettext": pgettext,
    "querystring": querystring,
    "static": address_of_static,
    "url_for": url_for,
}
FILTERS: dict[str, Callable[..., Any]] = {
    "capfirst": defaultfilters.capfirst,
    "date": date,
    "datetime": day_and_time,
    "filesizeformat": defaultfilters.filesizeformat,
    "grouped_by": grouped_by,
    "icon_for": icon_for,
    "phone": phone,
    "paired_with": paired_with,
    "time": time,
}

"""Make .venv, or say plainly what is missing on this machine.

Runs with whatever python3 is: the syntax stays old, so that an old one can still read the message.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
HERE = ".venv"


def works():
    """Say whether an environment is there already, with a recent Python and with pip."""
    python = os.path.join(HERE, "bin", "python")
    probe = "import pip, sys; sys.exit(sys.version_info < %r)" % (OLDEST,)
    try:
        return subprocess.call([python, "-c", probe], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def main():
    if sys.version_info < OLDEST:
        sys.exit(
            "Python %d.%d or newer is needed; %s is %s.\n"
            "Name another one like this: make demo PYTHON=python3.12"
            % (OLDEST[0], OLDEST[1], sys.executable, sys.version.split()[0])
        )
    if not works():
        try:
            import ensurepip  # noqa: F401  Debian ships it apart
            import venv
        except ImportError:
            sys.exit(
                "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
            )
        print("Making the virtual environment in .venv ...", flush=True)
        venv.create(HERE, clear=True, with_pip=True, symlinks=True)
    open(os.path.join(HERE, "python.made"), "w").close()


if __name__ == "__main__":
    main()

"""Mend by itself what a machine can mend: format, order of imports, simple lint.

Run as `make fix`.
"""

import subprocess
import sys

from check import PY, ROOT


def main() -> None:
    commands = [
        [PY, "-m", "ruff", "check", "--fix-only", "--quiet", "."],
        [PY, "-m", "ruff", "format", "."],
    ]
    codes = [subprocess.run(command, cwd=ROOT).returncode for command in commands]
    sys.exit(max(codes))


if __name__ == "__main__":
    main()

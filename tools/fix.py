"""Mend by itself what a machine can mend: format, order of imports, simple lint, templates.

Run as `make fix`.
"""

import subprocess
import sys

from check import BIN, PY, ROOT, templates


def main() -> None:
    commands = [
        [PY, "-m", "ruff", "check", "--fix-only", "--quiet", "."],
        [PY, "-m", "ruff", "format", "."],
        # djade returns 1 when it changed a file: for a mender that is success.
        [str(BIN / "djade"), *templates()],
    ]
    codes = [subprocess.run(command, cwd=ROOT).returncode for command in commands]
    sys.exit(max(codes[:2]))


if __name__ == "__main__":
    main()

"""Run every check, one after the other, and say at the end which failed.

`make check` runs all; `make check ARGS="types lint"` runs those two.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(".venv", "bin")
PY = str(BIN / "python")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


# Installed scripts are not called where a module does the same: their first line holds the
# folder's path, which breaks when the folder moves.
CHECKS = {
    "format": lambda: [PY, "-m", "ruff", "format", "--check", "--output-format=concise", "."],
    "lint": lambda: [PY, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
    "repository": lambda: [PY, "tools/check_repository.py"],
    "templates": lambda: [PY, "tools/check_templates.py"],
    "translations": lambda: [PY, "tools/check_translations.py"],
    "imports": lambda: [PY, "-c", LINT_IMPORTS, "--no-logo"],
    "migrations": lambda: [PY, "manage.py", "makemigrations", "--check", "--dry-run"],
    "security": lambda: [
        PY,
        "-m",
        "bandit",
        "--quiet",
        "--recursive",
        "--configfile",
        "pyproject.toml",
        ".",
    ],
    "types": lambda: [PY, "-m", "mypy"],
}


def passes(name: str) -> bool:
    """Run one check; print its name and time, and its output when it fails."""
    print(f"{name:<13}", end="", flush=True)
    start = time.monotonic()
    result = subprocess.run(
        CHECKS[name](), cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    ok = result.returncode == 0
    print(f"{'ok' if ok else 'FAILED':<7}{time.monotonic() - start:5.1f} s", flush=True)
    if not ok:
        print(f"\n{result.stdout.strip()}\n", flush=True)
    elif "NOTE:" in result.stdout:
        print(result.stdout.strip(), flush=True)
    return ok


def main() -> None:
    wanted = sys.argv[1:] or list(CHECKS)
    if unknown := [name for name in wanted if name not in CHECKS]:
        sys.exit(f"No such check: {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    os.environ["DJANGO_SETTINGS_MODULE"] = "confidential.settings"
    # The checks read the settings of a demonstration in an empty folder: they need no database,
    # and leave the person's own demonstration alone.
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        os.environ |= {"CONFIDENTIAL_DEMO": "true", "CONFIDENTIAL_VAR": folder}
        failed = [name for name in wanted if not passes(name)]
    if failed:
        sys.exit(f"\n{len(failed)} of {len(wanted)} checks failed: {', '.join(failed)}")
    print(f"All {len(wanted)} checks passed.")


if __name__ == "__main__":
    main()

"""Fail when a file of the repository holds what belongs to one machine only.

An absolute path of somebody's folder, or the address of a package index, works nowhere else.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Written so that no pattern matches its own text.
PATTERNS = {
    "an absolute path of one machine": re.compile(
        r"(?<![\w.~/-])/(?:home|root|work|Users)/(?=[\w.])"
    ),
    "the address of a package index": re.compile(
        r"py(?:pi)\.(?:org|python)|python(?:hosted)\.|registry\.(?:npmjs|yarnpkg)\.|npmjs\.(?:com|org)"
    ),
}
IN_REQUIREMENTS = {
    "an address or an index option": re.compile(r"://|--(?:extra-)?index|--find-links|--trusted"),
}
SIZE_LIMIT = 5_000_000


def repository_files() -> list[Path]:
    """Files that are tracked, or would be: what git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if result.returncode:
        return []
    paths = [ROOT / name for name in result.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def faults_in(path: Path) -> list[str]:
    """What is wrong with one file, each with its line."""
    name = path.relative_to(ROOT).as_posix()
    if path.stat().st_size > SIZE_LIMIT:
        return [f"{name}: larger than {SIZE_LIMIT // 1_000_000} MB"]
    content = path.read_bytes()
    if b"\0" in content:
        return []
    patterns = PATTERNS | (IN_REQUIREMENTS if name.startswith("requirements/") else {})
    return [
        f"{name}:{number}: {what}"
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1)
        for what, pattern in patterns.items()
        if pattern.search(line)
    ]


def main() -> None:
    paths = repository_files()
    if not paths:
        print("NOTE: this is no git checkout, so the files of the repository were not looked at.")
        return
    faults = [fault for path in paths for fault in faults_in(path)]
    for fault in faults:
        print(fault)
    if faults:
        sys.exit(1)


if __name__ == "__main__":
    main()

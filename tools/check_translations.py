"""Fail when a text has no translation, a doubtful one, or one with other placeholders.

GNU gettext is not needed; where it is there, its own format check runs as well.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from messages import ROOT, Message, catalogues, extract

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z]+\d?")


def marks(text: str) -> list[str]:
    """Placeholders and HTML tags: what a translation must keep, in any order."""
    return sorted(PLACEHOLDER.findall(text) + TAG.findall(text))


def faults_of(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one translated entry, in words."""
    if entry.fuzzy:
        yield "is marked as doubtful (fuzzy)"
    if not entry.translated() and not entry.fuzzy:
        yield "is not translated"
        return
    if entry.msgid_plural:
        # A singular form may leave its number out ("one file"), but may not bring anything new.
        allowed = set(marks(entry.msgid)) | set(marks(entry.msgid_plural))
        if set(marks(entry.msgstr_plural[0])) - allowed:
            yield "has other placeholders or tags in its singular"
        if set(marks(entry.msgstr_plural[max(entry.msgstr_plural)])) != allowed:
            yield "has other placeholders or tags in its plural"
    elif marks(entry.msgid) != marks(entry.msgstr):
        yield "has other placeholders or tags"
    if entry.msgid.strip("\n") != entry.msgid and not entry.msgid_plural:
        yield "begins or ends with a line break"


def faults_in(path: Path, found: dict[Message, set[str]]) -> Iterator[str]:
    """All faults of one .po file, against the texts of the program."""
    name = path.relative_to(ROOT)
    known = {}
    for entry in polib.pofile(str(path)):
        if entry.obsolete:
            continue
        message = Message(entry.msgctxt, entry.msgid, entry.msgid_plural or "")
        if message in known:
            yield f"{name}: {entry.msgid!r} stands there twice"
        known[message] = entry
        for fault in faults_of(entry):
            yield f"{name}: {entry.msgid!r} {fault}"
    for message in sorted(set(found) - set(known), key=str):
        yield f"{name}: {message.text!r} is missing ({', '.join(sorted(found[message]))})"
    for message in sorted(set(known) - set(found), key=str):
        yield f"{name}: {message.text!r} is no longer shown anywhere"


def gettext_faults(path: Path) -> Iterator[str]:
    """What GNU gettext itself finds wrong with the file, where it is installed."""
    if program := shutil.which("msgfmt"):
        command = [program, "--check", "--output-file=/dev/null", str(path)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode:
            yield result.stderr.strip()


def main() -> None:
    found = extract()
    paths = catalogues()
    if not paths:
        sys.exit("locale/fr/LC_MESSAGES/django.po is missing.")
    faults = [fault for path in paths for fault in [*faults_in(path, found), *gettext_faults(path)]]
    for fault in faults:
        print(fault)
    if faults:
        sys.exit(f"{len(faults)} faults among {len(found)} texts. Begin with: make messages")
    print(f"{len(found)} texts, complete in {len(paths)} language(s) besides English.")


if __name__ == "__main__":
    main()

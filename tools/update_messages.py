"""Bring the .po files up to date: new texts come in empty, texts no longer used go out.

Run as `make messages`; then fill in what is empty. GNU gettext is not needed.
"""

from pathlib import Path

import polib
from messages import ROOT, Message, catalogues, extract

# What a new catalogue begins with; for French, one and nothing are singular.
HEADER = {
    "Project-Id-Version": "confidential",
    "PO-Revision-Date": "",
    "Last-Translator": "",
    "Language-Team": "",
    "Language": "fr",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}


def begin(path: Path) -> None:
    """Write an empty French catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile()
    catalogue.metadata = HEADER
    catalogue.save(str(path))


def update(catalogue: polib.POFile, found: dict[Message, set[str]]) -> tuple[int, int]:
    """Add and remove entries in place; how many came in and went out."""
    known = {
        Message(entry.msgctxt, entry.msgid, entry.msgid_plural or ""): entry
        for entry in catalogue
        if not entry.obsolete
    }
    # A text that gained or lost its plural is a new text, as for gettext itself.
    fresh = [message for message in found if message not in known]
    entries = [entry for message, entry in known.items() if message in found]
    for message in fresh:
        empty = {"msgstr_plural": {0: "", 1: ""}} if message.plural else {"msgstr": ""}
        entries.append(
            polib.POEntry(
                msgctxt=message.context,
                msgid=message.text,
                msgid_plural=message.plural,
                **empty,
            )
        )
    for entry in entries:
        message = Message(entry.msgctxt, entry.msgid, entry.msgid_plural or "")
        # Files without line numbers: a line number would change with every edit.
        entry.occurrences = [(name, "") for name in sorted(found[message])]
        kind = "python-format" if "%(" in entry.msgid or "%s" in entry.msgid else None
        entry.flags = [kind] if kind else []
    entries.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    catalogue[:] = entries
    return len(fresh), len(known) - (len(entries) - len(fresh))


def main() -> None:
    found = extract()
    if not catalogues():
        begin(ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    for path in catalogues():
        catalogue = polib.pofile(str(path), wrapwidth=98)
        new, gone = update(catalogue, found)
        catalogue.save(str(path))
        empty = sum(not entry.translated() for entry in catalogue)
        print(f"{path.relative_to(ROOT)}: {new} new, {gone} gone, {empty} to translate")


if __name__ == "__main__":
    main()

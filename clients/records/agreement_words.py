"""The words in which the agreement is asked for, by version and language.

What somebody agreed to is kept by the number of its words, so words that were said are never changed: a
change is a new version, and ``tests/clients/test_agreement.py`` holds the old ones to their hashes.
"""

from __future__ import annotations

WORDS: dict[int, dict[str, str]] = {
    1: {
        "en": (
            "Do you agree that we note some information about your health, only in order to support you? "
            "You can say no, and change your mind whenever you like; it makes no difference to our support."
        ),
        "fr": (
            "Êtes-vous d’accord pour que nous notions dans votre dossier quelques informations sur votre "
            "santé, uniquement pour vous accompagner\u00a0? Vous pouvez dire non, et changer d’avis quand "
            "vous voulez\u00a0: cela ne changera rien à notre soutien."
        ),
    },
}
LATEST = max(WORDS)


def asked(language: str, version: int = LATEST) -> str:
    """The question in a language, or in English; nothing where the version is none of ours."""
    words = WORDS.get(version, {})
    return words.get(language) or words.get("en", "")

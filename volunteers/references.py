"""Short references for people, clients and cases: readable aloud, without meaning."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXYZ"  # nothing that is misread or misheard for another
LENGTH = 6


def new_reference(prefix: str) -> str:
    """A random reference such as ``C-7KM2QX``."""
    return f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_code(groups: int = 4) -> str:
    """A code for paper, such as ``7KM2-QXTB-93FH-ZZRM``: about 4.9 bits a character."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def normalise_code(typed: str) -> str:
    """A typed code in its one form: no blanks or hyphens but ours, upper case."""
    bare = "".join(character for character in typed.upper() if character.isalnum())
    return "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))

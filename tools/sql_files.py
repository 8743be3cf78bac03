"""What the SQL files say of functions and policies, and which tables the statements of a function name."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Explained:
    """What a SQL file says of something, and which."""

    file: str
    words: str


Explanations = dict[tuple[str, str], Explained]

MADE = re.compile(
    r"(?m)^CREATE (?:OR REPLACE )?FUNCTION sec\.(\w+)\(|^CREATE POLICY (\w+) ON (\w+) "
)
BODY = re.compile(r"(?s)\bAS \$\$(.*?)\$\$|^RETURN ", re.M)


def comment_above(text: str, place: int) -> str:
    """The comment that stands directly above, in one line. A title between dashes is none."""
    lines = text[:place].splitlines()
    if lines and lines[-1].startswith("SET LOCAL ROLE"):
        lines.pop()
    words: list[str] = []
    while lines and lines[-1].startswith("--"):
        line = lines.pop()
        if line.startswith("-- ----") and line.endswith("----"):
            break
        words.insert(0, line.lstrip("- "))
    return " ".join(words).strip()


def explained() -> tuple[Explanations, Explanations]:
    """What is said of functions, by name and body, and of policies, by table and name."""
    from confidential import walls

    functions: Explanations = {}
    policies: Explanations = {}
    said: dict[str, str] = {}
    for file, text in zip(walls.FILES, walls.parts(), strict=True):
        for found in MADE.finditer(text):
            function, policy, table = found.groups()
            words = comment_above(text, found.start())
            if policy:
                policies[table, policy] = Explained(file, words)
                continue
            body = BODY.search(text, found.end())
            if not body:
                raise ValueError(f"{file}: where does sec.{function} begin?")
            # What takes the place of an earlier one may leave the explanation to it.
            said[function] = words or said.get(function, "")
            functions[function, body[1] or ""] = Explained(file, said[function])
    return functions, policies


MENTION = re.compile(r"(?:(\w+)\s+)?(?!ONLY\b)(\w+|,)\s+(?:ONLY\s+)?public\.([\w%]+)")
KINDS = {"FROM": "read", "JOIN": "read", "USING": "read", ",": "read", "UPDATE": "update"}
AT_RUN_TIME = "a table that is named at run time"


def uses(name: str, body: str) -> dict[str, set[str]]:
    """The tables that the statements of a body read, insert into, update and delete from; and what it calls.

    Raises ValueError for a mention of a table that it does not understand.
    """
    code = re.sub(r"--.*", "", body)
    mentions = MENTION.findall(code)
    if len(mentions) != len(re.findall(r"\bpublic\.[\w%]", code)):
        raise ValueError(f"sec.{name}: a table is named after neither a word nor a comma")
    found = defaultdict(set)
    for before, word, table in mentions:
        kind = KINDS.get(word)
        if (before, word) == ("DELETE", "FROM"):
            kind = "delete"
        elif (before, word) == ("INSERT", "INTO"):
            kind = "insert"
        elif word.islower() and re.search(rf"\b{word} public\.{table}( :=|;)", code):
            continue  # the type of a variable
        elif (before, word) == ("LOCK", "TABLE"):
            continue  # neither read nor written
        elif word == "ON" and "CREATE POLICY" in code:
            continue  # a policy that is laid
        if kind is None:
            raise ValueError(f"sec.{name}: what does it do with {word} public.{table}?")
        found[kind].add(AT_RUN_TIME if table.startswith("%") else table)
    found["calls"] = set(re.findall(r"\bsec\.(\w+)\(", code)) - {name}
    return found

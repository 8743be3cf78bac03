"""SQL expressions of the catalogue in lines that can be read, without what the database adds for itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

WIDTH = 100

TOKEN = re.compile(r"\s?(?:'(?:[^']|'')*'|[()]|\w+|[^\w\s()']+)")
LOOKED_UP = r"SELECT sec\.\w+\((?:[^()]|\([^()]*\))*\)"


def readable(expression: str) -> str:
    """One line of it, without what the database adds for itself."""
    text = re.sub(r"\s+", " ", expression).replace("( SELECT", "(SELECT")
    text = re.sub(r"::(?:text|character varying)\b(?:\[\])?", "", text)
    return re.sub(rf"({LOOKED_UP}) AS \w+", r"\1", text)


@dataclass(frozen=True)
class Group:
    """What stands between two brackets, or between CASE and END."""

    opened: str
    inside: tuple[str | Group, ...]
    closed: str

    def __str__(self) -> str:
        return self.opened + flat(self.inside) + self.closed

    def begins_with(self, word: str) -> bool:
        return bool(self.inside) and str(self.inside[0]).strip() == word


Parts = tuple["str | Group", ...]


def flat(parts: Parts) -> str:
    return "".join(map(str, parts))


def parsed(text: str) -> Parts:
    """The words of an expression, with groups in the place of brackets."""
    stack: list[list[str | Group]] = [[]]
    opened = []
    for token in TOKEN.findall(text):
        word = token.strip()
        if word in ("(", "CASE"):
            opened.append(token)
            stack.append([])
        elif word in (")", "END"):
            stack[-2:] = [[*stack[-2], *closed(stack[-2], opened.pop(), tuple(stack[-1]), token)]]
        else:
            stack[-1].append(token)
    return tuple(stack[0])


def closed(before: list[str | Group], opened: str, inside: Parts, end: str) -> Parts:
    """The group, without the brackets that the database puts round each EXISTS and each sub-select."""
    word, space = str(before[-1]).strip() if before else "", opened[:-1]
    # Brackets of a function stay, and of words that have their own; after ANY, two pairs are an array.
    is_bare = (not before or space) and word not in ("USING", "CHECK", "ANY", "ALL")
    last = inside[-1] if inside else ""
    if is_bare and isinstance(last, Group) and last.begins_with("SELECT"):
        if len(inside) == 1:
            return (Group(space + last.opened, last.inside, last.closed),)
        if len(inside) == 2 and inside[0] == "EXISTS":
            return (space + "EXISTS", last)
    return (Group(opened, inside, end),)


def cut(parts: Parts, *words: str, keep: bool = False) -> list[Parts]:
    """Cut at these words, in no group. The AND of a BETWEEN is none."""
    found: list[list[str | Group]] = [[]]
    between = False
    for part in parts:
        word = part.strip() if isinstance(part, str) else ""
        if word in words and not (between and word == "AND"):
            found.append([part] if keep else [])
        else:
            found[-1].append(part)
        between = word == "BETWEEN" or (between and word != "AND")
    return [tuple(each) for each in found if each]


def laid(parts: Parts, indent: int = 0) -> list[str]:
    """The lines of an expression, broken where its parts meet when one line does not hold it."""
    pad = " " * indent
    text = flat(parts).strip()
    if indent + len(text) <= WIDTH:
        return [pad + text]
    first = str(parts[0]).strip()
    if first == "SELECT":
        source, *condition = cut(parts, "WHERE")
        if condition:
            return [pad + flat(source).strip(), *headed("WHERE", condition[0], indent)]
    if first == "WHEN":
        case, result = cut(parts[1:], "THEN")
        return [*headed("WHEN", case, indent), *headed("THEN", result, indent + 4)]
    if first == "ELSE":
        return headed("ELSE", parts[1:], indent)
    for joint in ("OR", "AND"):
        pieces = cut(parts, joint)
        if len(pieces) > 1:
            lines = []
            for number, piece in enumerate(pieces):
                lines += headed(joint if number else "", piece, indent)
            return lines
    groups = [(n, part) for n, part in enumerate(parts) if isinstance(part, Group)]
    if not groups:
        return [pad + text]
    at, group = max(groups, key=lambda found: len(str(found[1])))
    inside = cut(group.inside, "WHEN", "ELSE", keep=True)
    return [
        pad + (flat(parts[:at]) + group.opened).strip(),
        *(line for each in inside for line in laid(each, indent + 4)),
        pad + (group.closed + flat(parts[at + 1 :])).strip(),
    ]


def headed(word: str, parts: Parts, indent: int) -> list[str]:
    """Lines that begin with a word. What AND or OR joins in the parts stands deeper, but after WHERE."""
    joined = word != "WHERE" and len(cut(parts, "AND", "OR")) > 1
    first, *rest = laid(parts, indent + (4 if joined else 0))
    return [" " * indent + f"{word} {first.lstrip()}".lstrip(), *rest]

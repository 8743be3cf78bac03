"""What a client wants after their death, and who was told of it. See ``clients/sql/directives.sql``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from audit.actor import Actor
from clients.access.definers import execute, refused
from clients.models import Client, DeathTold, Directive, DirectiveWords, Fate

if TYPE_CHECKING:
    from vault.keys import SubjectKeys

MESSAGES = {
    "directive_elsewhere": _("Somebody else notes this. Ask the data-protection lead."),
    "directive_in_life": _(
        "This person has died. What they wanted can only be noted while they live."
    ),
    "many_today": _("Much was noted for this person today. Please go on tomorrow."),
}


@dataclass(frozen=True)
class NewDirective:
    """One version, as the client said it. ``told`` is one person a line."""

    fate: str
    channel: str
    happened_on: date
    executor: str = ""
    executor_reach: str = ""
    told: str = ""
    words: str = ""

    def lines(self) -> list[str]:
        """The people who are to be told."""
        return lines_of(self.told)


def lines_of(told: str) -> list[str]:
    """One person a line, without empty ones."""
    return [line.strip() for line in told.splitlines() if line.strip()]


def direct(*, by: Actor, client: Client, keys: SubjectKeys, new: NewDirective) -> Directive:
    """Note what the client wants; it counts from now on, and what was said before is kept. Raises Refused."""
    made, people = uuid4(), new.lines()
    with refused("direct", MESSAGES):
        execute("direct", made, client.pk, new.fate, len(people), new.channel, new.happened_on)
    # In a restricted record whoever notes it does not see it.
    directive = Directive.objects.filter(pk=made).first() or Directive(pk=made, client=client)
    said = {
        "executor": new.executor,
        "executor_reach": new.executor_reach,
        "told": "\n".join(people),
        "words": new.words,
    }
    if any(said.values()):
        DirectiveWords.new(keys, client=client, directive=directive, **said).save()
    return directive


def take_back(
    *,
    by: Actor,
    client: Client,
    keys: SubjectKeys,
    channel: str,
    happened_on: date,
    words: str = "",
) -> Directive:
    """The client takes their directives back (art. 85: at any time). Raises Refused."""
    new = NewDirective(Fate.REVOKED, channel, happened_on, words=words)
    return direct(by=by, client=client, keys=keys, new=new)


def directives_of(client: Client, keys: SubjectKeys) -> list[Directive]:
    """All versions, the latest first, with what was said where that may be read."""
    rows = list(Directive.objects.filter(client=client).select_related("by", "said"))
    for row in rows:
        if hasattr(row, "said"):
            row.said.unlock(keys)
    return rows


@dataclass(frozen=True)
class ToTell:
    """Somebody whom the client wanted told of their death."""

    line: int
    who: str
    telling: DeathTold | None


@dataclass(frozen=True)
class Wishes:
    """What counts, of somebody who died."""

    directive: Directive
    said: DirectiveWords | None
    to_tell: list[ToTell] = field(default_factory=list)
    # Noted on the day of the death or later: it replaces none by itself, and is for people to judge.
    later: Directive | None = None

    @property
    def left(self) -> int:
        """How many were not told yet."""
        return self.directive.to_tell - sum(1 for one in self.to_tell if one.telling)


def wishes_of(client: Client, keys: SubjectKeys) -> Wishes | None:
    """The directives that count; None where there are none, or none for the reader, or all are taken back."""
    rows = Directive.objects.filter(client=client).select_related("by", "said").counting_first()
    found = list(rows.prefetch_related("tellings__by"))
    directive = found[0] if found else None
    if directive is None or (
        directive.fate == Fate.REVOKED and (directive.late or not found[-1].late)
    ):
        return None
    later = next((one for one in found if one.late and not directive.late), None)
    for one in (directive, later):
        if one and hasattr(one, "said"):
            one.said.unlock(keys)
    said = directive.said if hasattr(directive, "said") else None
    told = {row.line: row for row in directive.tellings.all() if _counts(row, client)}
    people = lines_of(said.told) if said else []
    lines = [ToTell(n, who, told.get(n)) for n, who in enumerate(people, start=1)]
    return Wishes(directive, said, lines, later)


def _counts(row: DeathTold, client: Client) -> bool:
    """Whether a telling was not undone, and is of this death."""
    return row.undone_at is None and (not client.state_at or row.made_at >= client.state_at)


def tell(*, by: Actor, directive: UUID, line: int, told_on: date) -> bool:
    """Note that this person was told of the death. False where somebody noted it before; raises Refused."""
    with refused("tell"):
        return bool(execute("tell_of_death", directive, line, told_on))


def untell(*, by: Actor, directive: UUID, line: int) -> bool:
    """That was noted by mistake. False where nobody had noted it; raises Refused."""
    with refused("untell"):
        return bool(execute("untell_of_death", directive, line))

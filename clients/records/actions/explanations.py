"""Recording that the policy was explained, or why it could not be (P4, P10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Subquery

from audit.actor import Actor
from clients.models import Client, Explanation, ExplanationWords
from clients.records.actions.agreements import NewAgreement, agree
from volunteers.querysets import binding_versions, current_version

if TYPE_CHECKING:
    from vault.keys import SubjectKeys


@dataclass
class NewExplanation:
    """That the policy was explained, with the client's answer; or why it could not be."""

    given: bool
    answer: str
    channel: str
    language: str
    happened_on: date
    where: str = ""
    words: str = ""
    why_not: str = ""
    agreed: str = (
        ""  # what the client said to a record with information about health, if that was asked
    )


def explain(*, by: Actor, client: Client, keys: SubjectKeys, new: NewExplanation) -> Explanation:
    """Record that the policy was explained, or why it could not be (P4, P10, P11, P14)."""
    version = current_version()
    made = Explanation(
        client=client,
        given=new.given,
        answer=new.answer,
        channel=new.channel,
        language=new.language,
        happened_on=new.happened_on,
        version=version,
        by_id=by.person,
    )
    made.save(force_insert=True)
    words = ExplanationWords.new(
        keys,
        client=client,
        explanation=made,
        where=new.where,
        words=new.words,
        why_not=new.why_not,
    )
    words.save()
    if new.agreed:
        said = NewAgreement(
            answer=new.agreed,
            channel=new.channel,
            language=new.language,
            happened_on=new.happened_on,
            words=new.words,
        )
        agree(by=by, client=client, keys=keys, new=said)
    return made


def explanation_wanted(client: Client) -> str:
    """What the database will ask of the next contact (P10).

    ``""`` nothing, it was explained; ``first``: the explanation or why not; ``again``: the explanation,
    as "could not" was said before or contacts are there already. Only an urgent contact goes without,
    and a call that nobody answered. ``anew`` is asked by the form alone: the code has changed in substance
    since it was explained, so the explanation or why not.
    """
    latest = binding_versions().filter(material=True).order_by("-number").values("number")[:1]
    told = client.explanations.annotate(latest=Subquery(latest))
    rows = list(told.values_list("given", "version__number", "latest"))
    if any(given for given, _number, _latest in rows):
        still = any(given and (number or 0) >= (binds or 0) for given, number, binds in rows)
        return "" if still else "anew"
    return "again" if client.contacts.filter(reached=True).exists() else "first"

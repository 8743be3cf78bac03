"""What the law asks a copy to say besides the record (GDPR 15(1)(a) to (h)), as it is today."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from audit.models import Event
from clients.models import Client, Contact, Explanation, Grant
from disclosures.models import Disclosure, Ground, State
from volunteers import notice
from volunteers.models import PolicyText

AUTHORITY = (
    "CNIL, 3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07, 01 53 73 22 22, www.cnil.fr"
)


def about(client: Client, *, language: str, handed: bool = False) -> dict[str, Any]:
    """Purposes, recipients, sources, how long it is kept, rights and authority, in this language."""
    return {
        "purposes": _purposes(),
        "recipients": _recipients(client, handed),
        "sources": _sources(client),
        "kept": _kept(),
        "rights": _rights(),
        "decisions": _(
            "No decision about you is made by a computer, and no profile of you is made."
        ),
        "authority": AUTHORITY,
        "notice": _notice(language),
        "policies": _policies(client, language),
    }


def _purposes() -> list[str]:
    return [
        _("We keep your record to support you, and for nothing else."),
        _("We note who opens your record, and why, to protect you and to find misuse."),
    ]


def _recipients(client: Client, handed: bool) -> list[str]:
    """Who has had access inside, by role, and whether something was given outside."""
    bases = set(Grant.objects.filter(client=client).values_list("basis", flat=True))
    inside = {
        "assignment": _("The volunteers to whom your record is or was given."),
        "branch_duty": _("A coordinator of your branch, who read the notes for a time."),
        "consultation": _("A colleague whom one of them asked for advice."),
        "emergency": _("Somebody of the team who opened your record in an emergency."),
    }
    found = [words for basis, words in inside.items() if basis in bases]
    found.append(_("The coordinators of your branch see who you are and how to reach you."))
    found.append(_("The data-protection lead sees who opened your record, not what is in it."))
    given = Disclosure.objects.filter(client=client, state__in=[State.RELEASED, State.RECEIVED])
    given = given.exclude(ground=Ground.COMPLAINT) if handed else given
    if given.exists():
        found.append(
            _(
                "Outside the association: those named under “What we have shared with somebody outside”."
            )
        )
    else:
        found.append(
            _("Outside the association: nobody is noted to whom we gave something of your record.")
        )
    return found


def _sources(client: Client) -> list[str]:
    found = [_("Most of it comes from you, in what you told us or asked for.")]
    if Contact.objects.filter(client=client).exists():
        found.append(
            _("The notes about our contacts were written by those of the team who spoke with you.")
        )
    if Event.objects.filter(subject=client.pk, purpose="import").exists():
        found.append(_("Part of it was brought in from the register that we had before."))
    found.append(_("Where somebody else told us something, the note says so."))
    return found


def _kept() -> list[str]:
    """How long: what the association has decided, and the log."""
    months = _months("own_record")
    log = (
        _("The list of who opened your record is kept for %(months)s months.") % {"months": months}
        if months
        else _("The list of who opened your record is kept as long as the record.")
    )
    return [
        _(
            "Your record is kept while we support you, and afterwards for the time that the association has"
            " decided. You can ask us to delete it earlier."
        ),
        _(
            "When that time is over, somebody of the team looks whether it is still needed. Our system"
            " deletes no record by itself."
        ),
        log,
        _("A copy such as this one stays with us for seven days at most."),
    ]


def _rights() -> list[str]:
    return [
        _("You can have your record corrected, completed, restricted or deleted."),
        _("You can object to our keeping it, and take back an agreement, at any time."),
        _("It is free of charge. Tell any of us, by telephone, on paper or face to face."),
        _("We answer within one month, and say why if we do not do what you ask."),
        _("If our answer does not satisfy you, you can complain to the authority, or go to court."),
    ]


def _notice(language: str) -> dict[str, Any]:
    """The privacy notice that stands today; empty where none was published."""
    published = notice.latest()
    if published is None:
        return {}
    text = notice.text_of(published, language)
    return {"number": published.number, "published_at": published.published_at, "text": text}


def _policies(client: Client, language: str) -> list[dict[str, Any]]:
    """The versions of the code that were explained to the client, with their words, the latest first."""
    explained = Explanation.objects.filter(client=client, version__isnull=False)
    found: dict[int, PolicyText] = {}
    texts = PolicyText.objects.filter(version__in=explained.values("version"))
    for text in texts.select_related("version").order_by("language"):
        # In the language of the copy, or in another where there is none.
        if text.language == language or text.version.number not in found:
            found[text.version.number] = text
    return [
        {
            "number": number,
            "adopted_on": found[number].version.adopted_on,
            "language": found[number].language,
            "text": found[number].text,
        }
        for number in sorted(found, reverse=True)
    ]


def _months(purpose: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT round(extract(epoch FROM statement_timestamp() - sec.kept_since(%s)) / 2629800)",
            [purpose],
        )
        found = cursor.fetchone()[0]
    return int(found) if found is not None else None

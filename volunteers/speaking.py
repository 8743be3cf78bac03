"""How the association speaks of itself: its neutral name, what papers say of it, and what is left to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, Func, Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from volunteers.models import Association, Branch

# What this process read last. Pages that ask the database nothing (errors) say the name by this.
_names: dict[str, str] = {}

# What the association must say; the paper, the page or the law that needs it stands in the guides.
NEEDED = {
    "address": gettext_lazy("postal address"),
    "phone": gettext_lazy("telephone"),
    "hours_en": gettext_lazy("hours, in English"),
    "hours_fr": gettext_lazy("hours, in French"),
    "publisher": gettext_lazy("publisher"),
    "host_name": gettext_lazy("host"),
    "host_address": gettext_lazy("address of the host"),
    "host_phone": gettext_lazy("telephone of the host"),
    "lead_phone": gettext_lazy("telephone of the data-protection lead"),
}
REGISTERED = ("rna", "siren")  # one of them is enough
NEEDED_OF_A_BRANCH = {name: NEEDED[name] for name in ("phone", "hours_en", "hours_fr", "address")}


class Lead(Func):
    """The working names of whoever is the data-protection lead, as the database says them."""

    function = "sec.lead_name"
    output_field = CharField()


def association() -> Association:
    """The association, with ``lead_name`` for whoever is signed in. One statement."""
    found = Association.objects.annotate(lead_name=Lead()).get()
    return remember(found)


def remember(found: Association) -> Association:
    """Its neutral names are those that pages bear from now on."""
    keep({"en": found.portal_name_en, "fr": found.portal_name_fr})
    return found


def keep(names: Mapping[str, str]) -> None:
    """Neutral names by language, as they were just read."""
    _names.update(names)


def read_name() -> None:
    """Read the neutral names for a page of nobody. One statement."""
    for en, fr in Association.objects.values_list("portal_name_en", "portal_name_fr"):
        keep({"en": en, "fr": fr})


def neutral_name() -> str:
    """The neutral name of the site in the reader's language. Asks the database nothing."""
    return _names.get((get_language() or "fr")[:2]) or _("My space")


def lead_of(found: Association) -> str:
    """Name and telephone of the data-protection lead, as far as they are known."""
    name: str = found.lead_name  # type: ignore[attr-defined]
    return ", ".join(filter(None, (name, found.lead_phone)))


def letterhead(found: Association) -> dict[str, str]:
    """The sender of a letter: its name, and in one line how it is reached."""
    line = ", ".join(filter(None, (found.name, found.address, found.phone)))
    return {"association": found.name, "sender": line}


def facts(found: Association, branch: Branch, language: str) -> dict[str, Any]:
    """What a paper in this language says of the association and a branch."""
    reach = branch.said("reach", language)
    return {
        "association": found.name,
        "about": found.said("about", language),
        "branch": branch.name,
        "phone": branch.phone or reach or found.phone,
        "reach": reach if branch.phone else "",
        "hours": branch.said("hours", language),
        "address": branch.address or found.address,
        "data_protection_contact": lead_of(found),
    }


def missing_of_association(found: Association) -> list[str]:
    """What the association has not said yet, in words."""
    words = _missing(found, NEEDED)
    if not any(getattr(found, name) for name in REGISTERED):
        words.append(_("RNA or SIREN number"))
    return words


def missing_of_branch(branch: Branch) -> list[str]:
    """What nobody has said of a branch yet, in words."""
    return _missing(branch, NEEDED_OF_A_BRANCH)


def _missing(row: Association | Branch, needed: Mapping[str, Any]) -> list[str]:
    return [str(label) for name, label in needed.items() if not getattr(row, name)]


def unsaid_by_association() -> Q:
    """The same as a condition on the row."""
    return _empty(NEEDED) | Q(**dict.fromkeys(REGISTERED, ""))


def unsaid_by_branch() -> Q:
    """The same of a branch."""
    return _empty(NEEDED_OF_A_BRANCH)


def _empty(names: Mapping[str, Any]) -> Q:
    empty = Q()
    for name in names:
        empty |= Q(**{name: ""})
    return empty

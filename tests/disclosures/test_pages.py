"""The pages by which a disclosure is asked for, decided, released and cancelled."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from django.test import Client as Browser

from disclosures.models import Disclosure
from tests.making import disclosures
from tests.making.clients import new_client
from tests.making.pages import SignIn, hidden
from tests.making.people import Cast

DAY = {"discussed_on_day": "8", "discussed_on_month": "1", "discussed_on_year": "2026"}
RECIPIENT = {
    name: disclosures.WORDS[name]
    for name in ("recipient", "recipient_function", "recipient_reach", "need")
}


def body(answer: object) -> str:
    """The page as text."""
    return answer.content.decode()  # type: ignore[attr-defined]


def step(browser: Browser, url: str, data: dict[str, str]) -> str:
    """Fill a step in, with its hidden revision; where it leads."""
    page = body(browser.get(url))
    answer = browser.post(url, {**data, "revision": hidden(page, "revision")})
    assert answer.status_code == 302, body(answer)
    return answer.headers["Location"]


def test_whole_way(cast: Cast, sign_in: SignIn, superuser: psycopg.Connection) -> None:
    client = disclosures.client_of(cast, cast.volunteer)
    browser = sign_in(cast.volunteer)
    new = f"/clients/{client.pk}/disclosures/new/"
    page = body(browser.get(new))
    assert "Does the client ask you to tell somebody?" in page
    data = {
        "ground": "public_interest",
        "ground_details": "Harm.",
        "new_id": hidden(page, "new_id"),
    }
    first, second = browser.post(new, data), browser.post(new, data)
    assert first.headers["Location"] == second.headers["Location"], "sent twice, made once"
    url = step(browser, first.headers["Location"], RECIPIENT)
    url = step(browser, url, {"consent": "given", "consent_words": "Yes.", **DAY})
    page = body(browser.get(url))
    assert "checked" not in page, "nothing is chosen to begin with"
    assert disclosures.CHOSEN in page
    contact = re.findall(r'name="contacts" value="([^"]+)"', page)[0]
    url = browser.post(url, {"contacts": [contact]}).headers["Location"]
    page = body(browser.get(url))
    assert disclosures.CHOSEN in page, "why is asked beside what would leave"
    assert disclosures.KEPT not in page
    item = re.findall(r'name="([0-9a-f]{32})"', page)[0]
    url = browser.post(url, {item: "About the tablets."}).headers["Location"]
    assert "Send for a decision" in body(browser.get(url))
    assert "Another coordinator" in body(browser.post(url + "ask/", follow=True))
    assert browser.post(url + "ask/", follow=True).status_code == 200

    deputy = sign_in(cast.deputy)
    assert "1" in body(deputy.get("/disclosures/"))
    page = body(deputy.get(url + "decide/"))
    assert disclosures.CHOSEN not in page
    assert "The notes are closed" in page
    page = body(deputy.post(url + "notes/", follow=True))
    assert disclosures.CHOSEN in page
    assert disclosures.KEPT not in page
    decision = {"decision": "approve", "reason": "Yes.", "shown": hidden(page, "shown")}
    assert "Approved. It can now be released." in body(
        deputy.post(url + "decide/", decision, follow=True)
    )
    page = body(deputy.post(url + "release/", {"language": "fr", "days": "7"}))
    link = re.search(r"/d/[\w-]{43}/", page)
    phrase = re.search(r"(?:[a-z]{4} ){5}[a-z]{4}", page)
    assert link
    assert phrase
    got = Browser().post(link[0], {"passphrase": phrase[0]})
    assert got.content.startswith(b"%PDF")
    assert "The recipient has opened it" in body(browser.get(url))


@pytest.mark.parametrize(
    "given",
    [
        {"consent": "given", "consent_words": "Yes."},
        {"consent": "given", **DAY},
        {"consent": "refused", **DAY},
        {"consent": "not_sought"},
        {},
    ],
)
def test_consent_without_its_proof_is_not_saved(
    cast: Cast, sign_in: SignIn, given: dict[str, str]
) -> None:
    made = disclosures.drafted(cast)
    url = f"/disclosures/{made.pk}/edit/client/"
    browser = sign_in(cast.volunteer)
    revision = hidden(body(browser.get(url)), "revision")
    assert browser.post(url, {**given, "revision": revision}).status_code == 200


def test_incomplete_draft_cannot_be_sent(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    client = new_client(cast.volunteer)
    browser = sign_in(cast.volunteer)
    new = f"/clients/{client.pk}/disclosures/new/"
    data = {"ground": "law", "ground_details": "Order.", "new_id": str(uuid4())}
    made = browser.post(new, data).headers["Location"].split("/")[2]
    answer = browser.post(f"/disclosures/{made}/ask/", follow=True)
    assert "Something is missing" in body(answer)
    with cast.volunteer.actor().transaction():
        assert Disclosure.objects.get(pk=made).state == "draft"


def test_stale_form_conflicts_and_keeps_the_text(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.drafted(cast)
    url = f"/disclosures/{made.pk}/edit/recipient/"
    browser = sign_in(cast.volunteer)
    revision = hidden(body(browser.get(url)), "revision")
    browser.post(url, {**RECIPIENT, "revision": revision})
    late = {**RECIPIENT, "need": "My second thought", "revision": revision}
    page = body(browser.post(url, late))
    assert "Somebody else changed this" in page
    assert "My second thought" in page


def test_refusal_is_kept_with_its_reason(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.asked(cast)
    disclosures.open_notes(cast.deputy, made)
    browser, url = sign_in(cast.deputy), f"/disclosures/{made.pk}/"
    shown = hidden(body(browser.get(url + "decide/")), "shown")
    data = {"decision": "refuse", "reason": "Too much is asked.", "shown": shown}
    assert "Too much is asked." in body(browser.post(url + "decide/", data, follow=True))
    assert disclosures.column(superuser, made, "state") == "refused"
    assert "Too much is asked." in body(sign_in(cast.volunteer).get(url))


@pytest.mark.parametrize("make", [disclosures.drafted, disclosures.asked, disclosures.approved])
def test_cancel_before_release(
    cast: Cast,
    sign_in: SignIn,
    superuser: psycopg.Connection,
    make: Callable[[Cast], Disclosure],
) -> None:
    made = make(cast)
    browser, url = sign_in(cast.volunteer), f"/disclosures/{made.pk}/cancel/"
    assert browser.post(url, {"reason": ""}).status_code == 200
    page = body(browser.post(url, {"reason": "The client changed her mind."}, follow=True))
    assert "changed her mind" in page
    assert disclosures.column(superuser, made, "state") == "cancelled"


def test_no_cancel_after_release(
    cast: Cast, sign_in: SignIn, superuser: psycopg.Connection
) -> None:
    made = disclosures.released(cast).disclosure
    answer = sign_in(cast.deputy).post(f"/disclosures/{made.pk}/cancel/", {"reason": "Oh."})
    assert answer.status_code == 302
    assert disclosures.column(superuser, made, "state") == "released"


def test_approved_elsewhere_is_no_error(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.approved(cast)
    page = body(sign_in(cast.deputy).get(f"/disclosures/{made.pk}/decide/", follow=True))
    assert "Somebody was faster" in page


def test_home_shows_waiting_decisions(cast: Cast, sign_in: SignIn) -> None:
    disclosures.asked(cast)
    assert "Disclosures that wait for you" in body(sign_in(cast.deputy).get("/"))
    assert "Disclosures that wait for you" not in body(sign_in(cast.volunteer).get("/"))


def test_lists(cast: Cast, sign_in: SignIn) -> None:
    made = disclosures.asked(cast)
    browser = sign_in(cast.volunteer)
    assert made.reference in body(browser.get("/disclosures/"))
    assert made.reference in body(browser.get(f"/clients/{made.client_id}/disclosures/"))
    assert "Nothing has left" in body(
        browser.get(f"/clients/{new_client(cast.volunteer).pk}/disclosures/")
    )


def test_what_nobody_typed_on_purpose_is_taken_out_of_a_request(
    cast: Cast, sign_in: SignIn
) -> None:
    """A name that turns the writing direction reads as another one, and this one would be printed."""
    made = disclosures.drafted(cast)
    browser = sign_in(cast.volunteer)
    where = f"/disclosures/{made.pk}/edit/recipient/"
    sent = {
        "recipient": "Dr \u202eenyrihpeZ",
        "recipient_function": "doctor\u200b, Cahors",
        "recipient_reach": "\u206605 36 49 70 99\u2069",
        "need": "To help.\r\nSoon.",
    }
    sent["revision"] = hidden(body(browser.get(where)), "revision")
    page = body(browser.post(where, sent, follow=True))
    assert "Invisible characters were taken out of what you typed." in page
    shown = browser.get(where).context["form"].initial
    assert shown["recipient"] == "Dr enyrihpeZ"
    assert shown["recipient_function"] == "doctor, Cahors"
    assert shown["recipient_reach"] == "05 36 49 70 99"
    assert shown["need"] == "To help.\nSoon."

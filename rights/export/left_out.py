"""What the copy leaves out, with the reason; and what stands in it for programs and not on paper.

Everything else that is kept about a client is in the copy: ``tests/portal/test_complete_copy.py`` fills each
field of each table and looks for it. These lists are printed in docs/record-export.md.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

DERIVED = "made by the database from other rows, which are in the copy; holds nothing else"
HASHES = "keyed hashes to recognise a name or a number; nothing can be read from them"
TEAM = "about somebody of the team: the copy gives roles, and names by a decision only (Art. 15(4))"
OVER = "set once the record is closed to be erased; no copy is made from then on"
KEYS = "keys and counters that hold no information about anybody"

# Whole tables.
TABLES = {
    "audit_event": (
        "the log: it is in the copy as access-log.csv and access-log.json, and by day in record.json"
    ),
    "audit_leafcount": KEYS,
    "clients_breach": (
        "the association's file on what may have been a breach; whom it puts at risk is told by a "
        "notice of its own"
    ),
    "clients_clientgrouppermission": DERIVED,
    "clients_clientpermission": DERIVED,
    "clients_complaintclearance": TEAM,
    "clients_conflict": TEAM,
    "clients_contactgrouppermission": DERIVED,
    "clients_contactpermission": DERIVED,
    "clients_draft": (
        "what somebody of the team has begun to type and not saved; saved, it is in the copy"
    ),
    "clients_fingerprint": HASHES,
    "clients_likeness": HASHES,
    "clients_link": "about another client as much as about this one (Art. 15(4))",
    "rights_leftout": (
        "what was struck out of a copy; how much, and why, is in the copy as far as it may be told"
    ),
    "vault_principal": KEYS,
    "vault_formerkeys": KEYS,
    "vault_subjectkey": KEYS,
}
# Rows of one kind.
ROWS = {
    "clients_complaintentry.kind=note": (
        "notes among those who answer a complaint; the answer is in the copy"
    ),
    "clients_consultationentry.kind=question": (
        "how one volunteer asks another for advice, often about themself; what was shared about the "
        "client is in the copy"
    ),
    "clients_consultationentry.kind=answer": (
        "what a colleague advised a volunteer; what was shared about the client is in the copy"
    ),
}
# Single columns.
FIELDS = {
    "clients_client.going_at": OVER,
    "rights_erasure.begun_at": OVER,
    "rights_erasure.done_at": OVER,
    "rights_erasure.number": OVER,
    "clients_statementwords.answer": (
        "whose words they are: what the client said and the answer stand under names of their own"
    ),
    "clients_portalaccess.quiet": (
        "a paper on a kitchen table must not say that a space is quiet (decision 30)"
    ),
    "clients_portalaccess.paused_until": (
        "a paper on a kitchen table must not say that a space is closed for a time, and until when"
    ),
    "disclosures_delivery.tries_left": KEYS,
    "rights_export.progress": "how far the making of a copy is",
    "rights_preparedcopy.read_at": "bookkeeping; when it was sent is in the copy",
    "rights_preparedcopy.read_writes": "bookkeeping; when it was sent is in the copy",
}
# In record.json, and not on paper: times of bookkeeping, and what the paper says in other words.
NOT_PRINTED = {
    "clients_agreement.made_at": "the day is printed",
    "clients_agreement.wording": "the words themselves are printed",
    "clients_attachment.made_at": "bookkeeping",
    "clients_client.state_at": "the day is printed",
    "clients_complaint.counts_since": "bookkeeping",
    "clients_consultationentry.made_at": "the time of the question is printed",
    "clients_contact.made_at": "the day of the contact is printed",
    "clients_contactnote.saved_at": "bookkeeping",
    "clients_deathtold.made_at": "the day is printed",
    "clients_emergency.review_due_at": "bookkeeping",
    "clients_emergency.words_due_at": "bookkeeping",
    "clients_explanation.made_at": "the day is printed",
    "clients_heirrequest.made_at": "the day on which it was received is printed",
    "clients_misplaced.made_at": "the time of the removal is printed",
    "rights_export.size": "bookkeeping",
    "disclosures_delivery.again_until": "bookkeeping",
    "disclosures_delivery.size": "bookkeeping",
    "disclosures_delivery.swept_at": "bookkeeping",
    "disclosures_disclosureitem.parts": "the note without the words that are printed as struck out",
    "disclosures_recipienttold.made_at": "the day is printed",
    "disclosures_will.made_at": "the day is printed",
    "rights_requestnote.made_at": "bookkeeping",
}
# Codes, and yes and no, are looked for in record.json only: on paper they are words.

# The same for whoever reads the paper.
WORDS = (
    _("Names of those who serve with us: we show roles. Ask us if you need more."),
    _("What is about other people, for example another person whom we support."),
    _("What colleagues said among themselves about how to answer or advise."),
    _("What a law or an authority forbids us to tell you for a time."),
    _("Technical values that say nothing about you, such as keys and counters."),
)

"""Every field of every model is classified; a new one without a class fails here.

clear: says nothing about a person. pointer: an id. secret: a hash, key or code, useless in clear.
sealed: ciphertext. shown: about people who serve, meant for colleagues. policy: a public text.
library: of a library's own tables, which hold nothing about clients.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import models

from clients.models import Background
from vault.keyring import Keyring
from vault.keys import Place, SealBroken, SubjectKeys, form_of, generate
from vault.many import ManyKeys, open_texts
from vault.places import bound
from vault.sealed import Sealed, SealedModel, newest_forms, open_row

LIBRARIES = {
    "auth",
    "contenttypes",
    "guardian",
    "axes",
    "procrastinate",
    "sessions",
}
CLEAR = {
    "vault.SubjectKey": "kind made_at",
    "vault.MasterKey": "name since emptied_at closed_at retired_at backup_days copies_at",
    "vault.FormerKeys": "id name",
    "vault.Principal": "kind purpose expires_at fresh_at factor limited made_at",
    "vault.Secret": "set_at",
    "audit.Event": "at actor_kind actor_role action outcome subject_kind purpose basis object_type revision detail",
    "audit.Leaf": "index",
    "audit.LeafCount": "leaves",
    "audit.Tree": "id size",
    "audit.Tile": "level number",
    "audit.Checkpoint": "size made_at",
    "audit.Cosignature": "size witness line made_at",
    "audit.Keeping": "id purpose months note set_at",
    "audit.Pending": "xid made_at",
    "audit.SavedQuestion": "question made_at",
    "volunteers.User": "kind language is_active is_superuser must_change_password created_at last_login",
    "volunteers.Session": "device created_at seen_at expires_at",
    # Public text about the organisation, which its president and administrator write; never about a client.
    "volunteers.Association": "id name address phone hours_en hours_fr about_en about_fr rna siren publisher host_name host_address host_phone lead_phone within_eu portal_name_en portal_name_fr quick_exit_url changed_at",
    "volunteers.Branch": "code name phone hours_en hours_fr address reach_en reach_fr legal_body",
    "volunteers.PrivacyNotice": "number published_at",
    "volunteers.Person": "reference language joined_at left_at",
    "volunteers.PersonDetails": "revision",
    "volunteers.PersonRequest": "kind state made_at due_on answered_at",
    "volunteers.PersonRequestWords": "revision answer made_at",
    "volunteers.Duty": "kind starts_at ends_at minuted_on minute",
    "volunteers.DutyRule": "id first second why",
    "volunteers.PolicyVersion": "number material drafted_at adopted_on closes_on",
    "volunteers.PolicyText": "language",
    "volunteers.Undertaking": "language signed_at signed_in_at",
    "volunteers.Invitation": "kind language made_at expires_at used_at withdrawn_at",
    "volunteers.SecondFactor": "kind last_counter created_at last_used_at",
    "volunteers.LettingIn": "how at duty begun_at",
    "volunteers.Meeting": "way at withdrawn_at",
    "clients.Client": "reference state language pseudonym protected taken_in_at state_since state_at agreed restricted_at going_at last_contact_on",
    "rights.Erasure": "ground state proposed_at not_before waived_at waived_how decided_at begun_at number done_at",
    "rights.ErasureLine": "number on written_at",
    "clients.Identity": "revision",
    "clients.SafeContact": "revision checked_on",
    "clients.Background": "revision",
    "clients.HashKey": "made_at",
    "clients.Fingerprint": "kind",
    "clients.Likeness": "found_at looked_at",
    "clients.Revision": "id table revision clear replaced_at",
    "clients.PortalAccess": "username quiet opened_at opened_as first_used_at confirmed_at spoken_on ended_at notes_hidden_at paused_until",
    "clients.Grant": "scope basis purpose since starts_at ends_at",
    "clients.ClientPermission": "id code basis since starts_at ends_at given_in",
    "clients.ClientGroupPermission": "id",
    "clients.Agreement": "answer quality basis wording paper channel language happened_on made_at",
    "clients.AgreementWords": "revision",
    "clients.Directive": "fate to_tell channel happened_on made_at",
    "clients.DirectiveWords": "revision",
    "clients.DeathTold": "line told_on made_at undone_at",
    "clients.HeirRequest": "reference quality wish proof proof_seen_on along channel received_on due_on state made_at objected_at settled_at proposed_at decided_at second_seen_on",
    "clients.HeirWords": "revision kind made_at",
    "clients.Message": "made_at answered_at",
    "clients.MessageWords": "revision",
    "clients.Restriction": "ground starts_at ends_at",
    "clients.RestrictionWords": "revision lifted",
    "clients.Misplaced": "made_at seen_by_volunteers seen_by_coordinators seen_by_others seen_by_client",
    "clients.Statement": "state channel said_on made_at answered_at withdrawn_at",
    "clients.StatementWords": "revision answer",
    "clients.Explanation": "given answer channel language happened_on made_at",
    "clients.ExplanationWords": "revision",
    "clients.Enquiry": "channel happened_on language minutes wanted_no_record made_at",
    "clients.Contact": "channel happened_on reached minutes kilometres follow_up_on followed_up_at urgent made_at revision taken_out_at taken_out_by",
    "clients.ContactNote": "revision saved_at",
    "clients.Attachment": "revision size made_at",
    "clients.Draft": "revision form saved_at",
    "disclosures.Disclosure": "reference ground state consent discussed_on made_at asked_at decided_at released_at received_at cancelled_at untold look_again_on picked",
    "disclosures.DisclosureWords": "revision",
    "disclosures.Will": "revision said channel happened_on made_at",
    "disclosures.DisclosureOutcome": "revision",
    "disclosures.DisclosureItem": "revision chosen",
    "disclosures.DisclosureDetail": "revision detail chosen",
    "disclosures.Delivery": "size language made_at expires_at tries_left opened_at recalled_at again_until swept_at",
    "disclosures.RecipientTold": "told_on channel made_at",
    "rights.SubjectRequest": "kind state made_at due_on latest_on received_on how quality extended_on paused_on paused_days to_tell seconded_at handled_at",
    "rights.SubjectRequestWords": "revision",
    "rights.RequestNote": "revision kind how day was made_at",
    "rights.NamesDecision": "reason until made_at ended_at",
    "rights.Hold": "ground placed_at released_at",
    "rights.HoldWords": "revision released",
    "rights.LongerKept": "revision until made_at",
    "rights.Schedule": "number drafted_at adopted_on",
    "rights.Export": "state progress language size made_at ready_at expires_at taken_at taken",
    "rights.PreparedCopy": "reason way language large state prepared_at read_at read_writes sent_at contacts left_out struck released_at ended_at",
    "rights.LeftOut": "revision reason",
    "volunteers.Departure": "left_at returned_at reminder reminded_at",
    "volunteers.TalkRequest": "how haste made_at answered_at withdrawn_at",
    "clients.ContactPermission": "id basis starts_at ends_at given_in",
    "clients.ContactGroupPermission": "id",
    "clients.Consultation": "ground withheld happened_on starts_at ends_at",
    "clients.ConsultationEntry": "revision kind made_at",
    "clients.WhoMayKnow": "revision until made_at revoked_at",
    "clients.Emergency": "reference by_coordinator reason opened_at rest_opened_at ends_at words_due_at words_at review_due_at reviewed_at outcome",
    "clients.EmergencyEntry": "revision kind made_at",
    "clients.Breach": "reference opened_at",
    "clients.Complaint": "reference about_kind state opened_at handed_at answered_at counts_since",
    "clients.ComplaintEntry": "revision kind made_at",
    "clients.ComplaintClearance": "made_at",
    "clients.Conflict": "reason starts_at ends_at",
    "clients.Link": "tie made_at ended_at",
    "clients.LoneVisit": "starts_at until alarm_at safe_at",
    "clients.LoneVisitPlace": "revision",
}
SHOWN = {"volunteers.Person": "working_name", "volunteers.User": "username"}
POLICY = {
    "rights.Schedule": "periods",
    "volunteers.PrivacyNotice": "text_en text_fr",
    "volunteers.PolicyText": "text",
    "volunteers.Undertaking": "text text_sha256",
}
SECRET = {
    "vault.SubjectKey": "data audit",
    "vault.MasterKey": "mark",
    "vault.FormerKeys": "data audit",
    "vault.Principal": "hash",
    "vault.Secret": "hash",
    "audit.Event": "digest",
    "audit.Leaf": "commitment tag",
    "audit.Tree": "root edge",
    "audit.Tile": "hashes",
    "audit.Checkpoint": "root note",
    "volunteers.User": "password",
    "volunteers.SecondFactor": "secret codes seed",
    "volunteers.Session": "key_hash principal data",
    "clients.Fingerprint": "hash",
    "clients.Likeness": "hash",
    "disclosures.Disclosure": "decided_on_hash",
    "disclosures.Delivery": "salt wrapped_key sha256 again_hash",
    "clients.Attachment": "sha256",
    "rights.ErasureLine": "record note",
}
SEALED_FIELDS = {
    "volunteers.PersonDetails": "full_name phone address in_case_of_emergency",
    "volunteers.PersonRequestWords": "text",
    "clients.Identity": "given_name family_name known_as born_on address",
    "clients.SafeContact": "phone other_phone times ask_for voicemail voicemail_words who_may_answer withhold_number remarks",
    "clients.Background": "text",
    "clients.ExplanationWords": "where words why_not",
    "clients.AgreementWords": "words who proof",
    "clients.DirectiveWords": "executor executor_reach told words",
    "clients.HeirWords": "who reach text",
    "clients.MessageWords": "text",
    "clients.RestrictionWords": "text",
    "clients.StatementWords": "text",
    "clients.ContactNote": "text follow_up correction_reason",
    "clients.Attachment": "name content_type",
    "clients.Draft": "values",
    "disclosures.DisclosureWords": "recipient recipient_function recipient_reach need ground_details discussion consent_words why_no_consent",
    "disclosures.Will": "words",
    "disclosures.DisclosureOutcome": "decision_reason cancel_reason untold_why",
    "rights.LeftOut": "passage",
    "rights.HoldWords": "text",
    "rights.LongerKept": "text",
    "disclosures.DisclosureItem": "why strike parts",
    "disclosures.DisclosureDetail": "why",
    "rights.SubjectRequestWords": "asked answer applicant proof",
    "rights.RequestNote": "words",
    "clients.ConsultationEntry": "title text",
    "clients.WhoMayKnow": "person reach what",
    "clients.EmergencyEntry": "text",
    "clients.ComplaintEntry": "text reach",
    "clients.LoneVisitPlace": "where remarks",
}

BOUND = {
    "volunteers.PersonDetails": "",
    "volunteers.PersonRequestWords": "request_id answer by_id made_at",
    "clients.Identity": "",
    "rights.LeftOut": "copy_id contact_id reason",
    "clients.SafeContact": "checked_on",
    "clients.Background": "",
    "clients.ExplanationWords": "explanation_id",
    "clients.AgreementWords": "agreement_id",
    "clients.DirectiveWords": "directive_id",
    "clients.HeirWords": "request_id kind by_id made_at",
    "clients.MessageWords": "message_id",
    "clients.RestrictionWords": "restriction_id lifted",
    "clients.StatementWords": "statement_id answer",
    "clients.ContactNote": "contact_id by_id",
    "clients.Attachment": "contact_id file size sha256 by_id made_at",
    "clients.Draft": "form client_id",
    "clients.ConsultationEntry": "consultation_id kind contact_id by_id made_at",
    "clients.WhoMayKnow": "until by_id made_at revoked_at",
    "clients.EmergencyEntry": "kind by_id made_at",
    "clients.ComplaintEntry": "kind by_id made_at",
    "clients.LoneVisitPlace": "",
    "disclosures.DisclosureWords": "disclosure_id",
    "disclosures.Will": "disclosure_id said channel happened_on by_id",
    "disclosures.DisclosureOutcome": "disclosure_id",
    "disclosures.DisclosureItem": "disclosure_id contact_id chosen",
    "disclosures.DisclosureDetail": "disclosure_id detail chosen",
    "rights.SubjectRequestWords": "request_id",
    "rights.RequestNote": "request_id kind how day was by_id made_at",
    "rights.HoldWords": "hold_id released",
    "rights.LongerKept": "until by_id made_at",
}
UNBOUND = {"clients.ContactNote", "clients.Draft", "disclosures.Will"}
AT = datetime(2026, 1, 5, 14, 2, 3, 400_000, tzinfo=UTC)
VALUES: dict[type, tuple[Any, Any]] = {
    models.ForeignKey: (uuid4(), uuid4()),
    models.OneToOneField: (uuid4(), uuid4()),
    models.UUIDField: (uuid4(), uuid4()),
    models.PositiveIntegerField: (5, 6),
    models.BinaryField: (b"\x01\x02", b"\x01"),
    models.BooleanField: (True, False),
    models.DateField: (date(2026, 1, 5), date(2026, 1, 6)),
    models.DateTimeField: (AT, AT + timedelta(microseconds=1)),
    models.CharField: ("part", "answer"),
}
JSON = {
    **{pair[0]: str(pair[0]) for pair in VALUES.values() if isinstance(pair[0], UUID)},
    AT: "2026-01-05T15:02:03.4+01:00",
    b"\x01\x02": "\\x0102",
    date(2026, 1, 5): "2026-01-05",
}


def classified(model: type[models.Model], field: models.Field) -> bool:
    label = model._meta.label
    if any(field.name in table.get(label, "").split() for table in (CLEAR, SHOWN, POLICY, SECRET)):
        return True
    if field.name == "sealed" and (issubclass(model, SealedModel) or label == "clients.Revision"):
        return True
    return isinstance(
        field, models.UUIDField | models.ForeignKey | models.OneToOneField | models.ManyToManyField
    )


def ours() -> list[type[models.Model]]:
    return [
        m for m in apps.get_models(include_auto_created=True) if m._meta.app_label not in LIBRARIES
    ]


def test_every_field_is_classified() -> None:
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
        and not isinstance(field, models.CompositePrimaryKey)
        and not model._meta.auto_created
        and not classified(model, field)
    ]
    assert missing == []


def test_every_sealed_field_is_listed() -> None:
    found = {
        model._meta.label: " ".join(sorted(model.sealed_names()))
        for model in ours()
        if issubclass(model, SealedModel)
    }
    assert found == {
        label: " ".join(sorted(names.split())) for label, names in SEALED_FIELDS.items()
    }


def test_what_a_sealed_row_says_in_clear_is_bound_to_it() -> None:
    """Who wrote, which contact, which file: another value, and it does not open. What is not bound says why."""
    found = {}
    for model in ours():
        if issubclass(model, SealedModel):
            assert all(len(why) > 20 for why in model.unbound.values())
            assert {*model.unbound} <= {field.attname for field in model._meta.concrete_fields}
            found[model._meta.label] = " ".join(field.attname for field in bound(model))
    assert found == BOUND
    assert {m._meta.label for m in ours() if issubclass(m, SealedModel) and m.unbound} == UNBOUND


@pytest.mark.parametrize("label", BOUND)
def test_other_value_in_clear_does_not_open(label: str) -> None:
    """Column by column; and the same as the database writes it into the JSON of a revision."""
    model = apps.get_model(label)
    keys = SubjectKeys(uuid4(), bytes(32), bytes(32))
    given = {field.attname: VALUES[type(field)][0] for field in bound(model)}
    row = model(keys=keys, **{model.subject_attribute: keys.subject}, **given)
    row.seal()
    written = {name: JSON.get(value, value) for name, value in given.items()}
    for clear in (given, written):
        assert open_row(model, row.pk, 1, row.sealed, clear, keys) == {}
    for field in bound(model):
        for other in (VALUES[type(field)][1], None):
            with pytest.raises(SealBroken):
                clear = {**given, field.attname: other}
                open_row(model, row.pk, 1, row.sealed, clear, keys)


@pytest.mark.parametrize("label", BOUND)
def test_column_that_is_added_later_is_bound_where_it_says_something(label: str) -> None:
    """What was sealed before it came opens while it says nothing there; given a value, it does not."""
    model = apps.get_model(label)
    keys = SubjectKeys(uuid4(), bytes(32), bytes(32))
    row = model(keys=keys, **{model.subject_attribute: keys.subject})
    place = Place(model._meta.db_table, row.pk, 1, b"{}")
    sealed = keys.seal(b'{"was": "here"}', place)
    for clear in ({}, {field.attname: None for field in bound(model)}):
        assert open_row(model, row.pk, 1, sealed, clear, keys) == {"was": "here"}
    for field in bound(model):
        with pytest.raises(SealBroken):
            open_row(model, row.pk, 1, sealed, {field.attname: VALUES[type(field)][0]}, keys)


def test_values_of_each_form_are_read_in_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also among many at once; saved, they are of the newest; a later program's do not open."""
    ring = Keyring("m1", {"m1": bytes(32)})
    keys, wrapped = generate(uuid4(), ring)
    many = ManyKeys()
    many.take(keys.subject.bytes, wrapped.data, ring)
    place = Place(Background._meta.db_table, uuid4(), 1, b"{}")
    first = keys.seal(b'{"notes": "x"}', place)
    second = keys.seal(b'{"text": "x"}', place, 2)
    fourth = keys.seal(b'{"text": "x"}', place, 4)
    forms = (lambda v: {"text": v["notes"]}, lambda v: {**v, "text": v["text"].upper()})
    monkeypatch.setattr(Background, "later_forms", forms)
    for sealed in (first, second):
        assert open_row(Background, place.row, 1, sealed, {}, keys) == {"text": "X"}
        packed = keys.subject.bytes + place.row.bytes + (1).to_bytes(4) + sealed
        (opened,) = open_texts(Background, [(packed,)], many)
        assert json.loads(opened[2]) == {"text": "X"}
    with pytest.raises(SealBroken, match="newer version"):
        open_row(Background, place.row, 1, fourth, {}, keys)
    row = Background(id=place.row, client_id=keys.subject, revision=1, sealed=first)
    row._state.adding = False
    row.unlock(keys)
    assert row.text == "X"
    row.revision = 2
    row.seal()
    assert form_of(row.sealed) == 3
    assert Background._meta.db_table in newest_forms()


def test_no_free_text_in_clear() -> None:
    """A text field in clear is a policy text, the privacy notice, or listed above as short and coded."""
    texts = [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.TextField)
    ]
    assert sorted(texts) == [
        "volunteers.PolicyText.text",
        "volunteers.PrivacyNotice.text_en",
        "volunteers.PrivacyNotice.text_fr",
        "volunteers.Undertaking.text",
    ]


def test_nothing_personal_is_unique() -> None:
    """Uniqueness can be probed: only ids, references, what belongs to people who serve, names of master keys."""
    allowed = {
        "id",
        "reference",
        "user",
        "username",
        "subject",
        "hash",
        "key_hash",
        "account",
        "code",
        "number",
        "event",
        "index",
        "size",
    }
    found = {
        field.name
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
        and field.unique
        and model._meta.label != "vault.MasterKey"
        and not isinstance(
            field, models.OneToOneField | models.AutoField | models.CompositePrimaryKey
        )
    }
    assert found <= allowed


def test_every_on_delete_protects() -> None:
    """Nothing about a client goes as a side effect of something else going."""
    cascading = {
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and not model._meta.auto_created
        and field.remote_field.on_delete is models.CASCADE
    }
    assert cascading == {
        "volunteers.SecondFactor.user",
        "volunteers.Session.user",
        "clients.Draft.client",
        "clients.Draft.person",
        "clients.Fingerprint.branch",
        "clients.Fingerprint.client",
        "clients.Likeness.client",
        "clients.PortalAccess.client",
        "clients.Revision.client",
        "clients.ClientPermission.content_object",
        "clients.ClientPermission.grant",
        "clients.ClientPermission.permission",
        "clients.ClientPermission.user",
        "clients.ClientGroupPermission.content_object",
        "clients.ClientGroupPermission.group",
        "clients.ClientGroupPermission.permission",
        "clients.ContactPermission.content_object",
        "clients.ContactPermission.grant",
        "clients.ContactPermission.permission",
        "clients.ContactPermission.user",
        "clients.ContactGroupPermission.content_object",
        "clients.ContactGroupPermission.group",
        "clients.ContactGroupPermission.permission",
    }


def test_sealed_is_declared_not_stored() -> None:
    """A sealed field has no column of its own."""
    for model in ours():
        if issubclass(model, SealedModel):
            columns = {field.name for field in model._meta.concrete_fields}
            assert not columns & model.sealed_names()
            assert all(isinstance(vars(model)[n], Sealed) for n in model.sealed_names())

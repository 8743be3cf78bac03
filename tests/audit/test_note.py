"""Notes, keys, checkpoints and proofs as text: read strictly, and never with another meaning."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, InclusionText, open_checkpoint
from audit.note import COSIGNATURE, Note, NoteError, Signature, SigningKey, VerifierKey, sign_note
from tests.making.programs import checker as tool
from tests.making.programs import witness as other

LOG = SigningKey.make("example.org/log")
OTHER = SigningKey.make("example.org/log")
WITNESS = SigningKey.make("example.net/w", COSIGNATURE)
TEXT = Checkpoint(LOG.name, 7, bytes(range(32))).text
NOTE = sign_note(TEXT, LOG.sign(TEXT), WITNESS.sign(TEXT, time=1_790_000_000))


def test_a_note_goes_out_and_in() -> None:
    checkpoint, signed = open_checkpoint(NOTE, LOG.verifier, [WITNESS.verifier])
    assert checkpoint == Checkpoint(LOG.name, 7, bytes(range(32)))
    assert signed == {LOG.verifier: None, WITNESS.verifier: 1_790_000_000}
    assert str(Note.read(NOTE.encode())) == NOTE
    assert SigningKey.read(WITNESS.text()) == WITNESS
    assert WITNESS.private.hex() not in repr(WITNESS)


def test_unknown_signatures_count_for_nothing_and_false_ones_spoil_all() -> None:
    """Signed-note: same name or same id alone is another key; both together must verify."""
    with_stranger = sign_note(TEXT, OTHER.sign(TEXT), LOG.sign(TEXT))
    assert open_checkpoint(with_stranger, LOG.verifier)[1] == {LOG.verifier: None}
    with pytest.raises(NoteError, match="not signed by a known key"):
        open_checkpoint(sign_note(TEXT, OTHER.sign(TEXT)), LOG.verifier)
    false = Signature(LOG.name, LOG.verifier.id, OTHER.sign(TEXT).raw)
    for order in ((false, LOG.sign(TEXT)), (LOG.sign(TEXT), false)):
        with pytest.raises(NoteError, match="is false"):
            open_checkpoint(sign_note(TEXT, *order), LOG.verifier)


def test_a_witness_alone_is_not_the_log() -> None:
    note = sign_note(TEXT, WITNESS.sign(TEXT, time=5))
    with pytest.raises(NoteError, match="has not signed"):
        open_checkpoint(note, LOG.verifier, [WITNESS.verifier])


def test_a_key_signs_for_its_own_log_alone() -> None:
    text = Checkpoint("example.org/another", 7, bytes(32)).text
    with pytest.raises(NoteError, match="another log"):
        open_checkpoint(sign_note(text, LOG.sign(text)), LOG.verifier)


def test_a_signature_is_not_a_cosignature() -> None:
    """The same private key as log and as witness has two ids, and each signs other bytes."""
    twin = SigningKey(LOG.name, LOG.private, COSIGNATURE)
    assert twin.verifier.id != LOG.verifier.id
    moved = Signature(LOG.name, LOG.verifier.id, twin.sign(TEXT, time=5).raw[8:])
    with pytest.raises(NoteError, match="is false"):
        open_checkpoint(sign_note(TEXT, moved), LOG.verifier)
    with pytest.raises(NoteError):
        LOG.sign(TEXT, time=5)
    with pytest.raises(NoteError):
        twin.sign(TEXT)


@pytest.mark.parametrize("time", [0, 2**63 - 1])
def test_times_of_a_cosignature(time: int) -> None:
    note = sign_note(TEXT, WITNESS.sign(TEXT, time=time))
    assert Note.read(note).verified([WITNESS.verifier]) == {WITNESS.verifier: time}
    with pytest.raises(NoteError, match="no possible time"):
        Note.read(sign_note(TEXT, WITNESS.sign(TEXT, time=2**63))).verified([WITNESS.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        TEXT,
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("example.org/log\n7", "example.org/log\t\n7"),
        NOTE.replace("— ", "-- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("— ", "—  "),
        NOTE.replace("— example.org/log ", "— example.org/log+ "),
        NOTE.replace("— example.org/log ", "— example.org/\N{NO-BREAK SPACE}log "),
        NOTE.replace("— example.org/log ", "— "),
        NOTE.replace("— example.org/log ", "— example.org/log AAAA\n— example.org/log "),
        NOTE.replace("=\n— example.net", "\n— example.net"),
        NOTE + "— x AAAAAAA=\n" * 100,
        NOTE + "x" * 1_000_000,
    ],
)
def test_what_is_no_note(text: str) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(text, LOG.verifier, [WITNESS.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n7\n",
        "a\n7\nAAAA\n",
        "\n7\n" + "A" * 43 + "=\n",
        "a\n07\n" + "A" * 43 + "=\n",
        "a\n-7\n" + "A" * 43 + "=\n",
        "a\n+7\n" + "A" * 43 + "=\n",
        "a\n7.0\n" + "A" * 43 + "=\n",
        "a\n٧\n" + "A" * 43 + "=\n",
        "a\n9223372036854775808\n" + "A" * 43 + "=\n",
        "a\n7\n" + "A" * 42 + "B=\n",
        "a\n7\n" + "A" * 43 + "=",
        "a\n7\n" + "A" * 43 + "=\n\n",
        "a\n7\n" + "A" * 43 + "=\nx\n\ny\n",
        "a\n7\n" + "_" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.read(text)


def test_extension_lines_are_kept_and_signed() -> None:
    checkpoint = Checkpoint(LOG.name, 7, bytes(32), ("one", "two"))
    assert Checkpoint.read(checkpoint.text) == checkpoint
    note = sign_note(checkpoint.text, LOG.sign(checkpoint.text))
    with pytest.raises(NoteError):
        open_checkpoint(note.replace("\ntwo\n", "\nten\n"), LOG.verifier)


def test_a_proof_goes_out_and_in() -> None:
    for path in ((), (bytes(32),), (bytes(32), bytes(range(32)))):
        for extra in (None, b"", b"entry"):
            proof = InclusionText(3, path, NOTE, extra)
            assert InclusionText.read(str(proof)) == proof


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 3", "index 03"),
        ("index 3", "index -3"),
        ("index 3\n", ""),
        ("index 3\n", "index 3\nextra AAAA\n"),
        ("extra ZW50cnk=\n", "extra ZW50cnk\n"),
        ("index 3\n", "index 3\nAAAA\n"),
        ("index 3\n", "index 3\n" + ("A" * 43 + "=\n") * 63),
        ("\n\n", "\n"),
        ("— ", "- "),
    ],
)
def test_what_is_no_proof(old: str, new: str) -> None:
    text = str(InclusionText(3, (bytes(32),), NOTE, b"entry"))
    assert old in text
    with pytest.raises(NoteError):
        InclusionText.read(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b", "a+b+c", "a+00000000+AQAA", str(LOG.verifier)[:-4], str(LOG.verifier) + "="],
    ids=["empty", "a", "a+b", "a+b+c", "short", "cut off", "added to"],
)
def test_what_is_no_key(text: str) -> None:
    for read in (VerifierKey.read, SigningKey.read):
        with pytest.raises(NoteError):
            read(text)
    with pytest.raises(NoteError):
        SigningKey.read(f"PRIVATE+KEY+{text}")


def test_names_that_a_key_may_not_have() -> None:
    for name in ("", "a b", "a+b", "a\u2003b", "a\n", "a\x01"):
        with pytest.raises(NoteError):
            VerifierKey(name, bytes(32))


# ---------------------------------------------------------------- chance

# Parts of notes in any order find more than letters in any order.
PIECES = [
    *NOTE.splitlines(keepends=True),
    *(TEXT.splitlines()),
    "\n",
    "\n\n",
    "— ",
    " ",
    "+",
    "=",
    "A",
    "é",
]
NOTES = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.tuples(st.integers(0, len(NOTE)), st.integers(0, len(NOTE)), st.text(max_size=3)).map(
        lambda cut: NOTE[: cut[0]] + cut[2] + NOTE[cut[1] :]
    ),
)


@given(NOTES)
def test_any_text_is_a_note_or_refused_and_three_readers_agree(text: str) -> None:
    """The application, the checker and the witness were written apart: they open the same notes."""
    try:
        checkpoint, _ = open_checkpoint(text, LOG.verifier)
    except NoteError:
        checkpoint = None
    if checkpoint is not None:
        assert checkpoint.text in text  # nothing but what was signed
        assert str(Note.read(text)) == text
    log = tool.Key(LOG.name, 1, LOG.verifier.public)
    try:
        theirs = tool.open_checkpoint(text.encode(), [log])
        theirs = theirs if theirs.signed and theirs.origin == LOG.name else None
    except (tool.Wrong, UnicodeEncodeError):
        theirs = None
    assert (theirs is None) == (checkpoint is None)
    try:
        third = other.Checkpoint.read(text.encode())
        signed = (
            third.is_signed(other.Key(LOG.name, 1, LOG.verifier.public))
            and third.origin == LOG.name
        )
    except ValueError:
        signed = False
    assert signed == (checkpoint is not None)


@given(st.one_of(st.binary(max_size=200), NOTES.map(lambda text: text.encode(errors="replace"))))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (Note.read, InclusionText.read):
        with contextlib.suppress(NoteError):
            assert str(read(data)).encode() == data
    with contextlib.suppress(ValueError):
        other.read_request(data)


@given(st.one_of(st.text(max_size=120), NOTES))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    for read in (VerifierKey.read, SigningKey.read):
        with pytest.raises(NoteError):
            read(text)
    with contextlib.suppress(NoteError):
        assert str(Checkpoint.read(text).text) == text

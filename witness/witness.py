#!/usr/bin/env python3
"""A witness for transparency logs: signs only what goes on from what it signed before.

    witness.py key NAME KEYFILE                     make a key; prints its public half
    witness.py serve --key KEYFILE --state DIR --log LOGKEY [--log LOGKEY ...] [--listen HOST:PORT]

It answers `POST /add-checkpoint` as C2SP tlog-witness says, with an Ed25519 cosignature
(tlog-cosignature), and shows on `GET /` what it has seen. It refuses a log that forks or shrinks, and
keeps both signed checkpoints of a fork as evidence. Needs Python 3.11 and `cryptography`, nothing else.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hashlib
import ipaddress
import os
import re
import socket
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, COSIGNER = 1, 4  # types of keys: a log's own, a witness's
BIGGEST = 100_000  # bytes of a request
PATIENCE = 5  # seconds for a connection, from its beginning to its end
CONNECTIONS = 64  # at once; of one peer only so many
OF_ONE_PEER = 16
FORKS, DAYS = 20, 30  # of each log: forks kept, and days of what was refused, one a day
LENGTH = re.compile(r"[0-9]{1,6}", re.ASCII)
NUMBER = re.compile(rb"(?:0|[1-9][0-9]{0,18})\Z")
EMPTY = hashlib.sha256().digest()


class Refused(Exception):
    """An answer other than a cosignature: an HTTP status, words, and for 409 the size to start from."""

    def __init__(self, status: int, words: str, size: int | None = None) -> None:
        super().__init__(words)
        self.status, self.size = status, size


# ------------------------------------------------------------------ keys


def unbase64(text: bytes) -> bytes:
    """Canonical base64; ValueError for anything else."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw) != text:
        raise ValueError("not canonical")
    return raw


def name_is_fit(name: str) -> bool:
    """What signed-note allows as the name of a key."""
    return bool(name) and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


@dataclass(frozen=True)
class Key:
    """A public key with its name; ``str`` gives the form in which it is passed on."""

    name: str
    kind: int
    raw: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + bytes([10, self.kind]) + self.raw).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.raw).decode()}"

    @classmethod
    def read(cls, text: str, kind: int) -> Key:
        """The key in its text form, of the kind that is expected; ValueError otherwise."""
        name, _, rest = text.strip().partition("+")
        raw = unbase64(rest.partition("+")[2].encode())
        key = cls(name, kind, raw[1:])
        if str(key) != text.strip() or len(key.raw) != 32 or not name_is_fit(name):
            raise ValueError(f"This is no Ed25519 key of type {kind}: {text.strip()}")
        return key


@dataclass(frozen=True)
class Cosigner:
    """The witness's own key."""

    name: str
    secret: Ed25519PrivateKey

    @property
    def public(self) -> Key:
        return Key(self.name, COSIGNER, self.secret.public_key().public_bytes_raw())

    @classmethod
    def load(cls, path: Path) -> Cosigner:
        """The key in a file that ``make`` wrote."""
        name, encoded = path.read_text().split("\n")[:2]
        return cls(name, Ed25519PrivateKey.from_private_bytes(unbase64(encoded.encode())))

    @classmethod
    def make(cls, name: str, path: Path) -> Cosigner:
        """A new key in a new file that only its owner can read."""
        if not name_is_fit(name):
            raise ValueError("A name has no space and no plus; take something like a web address.")
        cosigner = cls(name, Ed25519PrivateKey.generate())
        encoded = base64.b64encode(cosigner.secret.private_bytes_raw()).decode()
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{name}\n{encoded}\n")
        return cosigner

    def cosign(self, body: bytes, moment: int) -> bytes:
        """The line that is added below a checkpoint."""
        signed = b"cosignature/v1\ntime %d\n%b" % (moment, body)
        raw = self.public.id + moment.to_bytes(8, "big") + self.secret.sign(signed)
        return f"\u2014 {self.name} {base64.b64encode(raw).decode()}\n".encode()


# ------------------------------------------------------------------ what is sent


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint with the lines of signatures below it."""

    body: bytes
    signatures: tuple[bytes, ...]
    origin: str
    size: int
    root: bytes

    @classmethod
    def read(cls, note: bytes) -> Checkpoint:
        """Take a signed checkpoint apart; ValueError unless it is exactly of the form."""
        if any(byte < 32 and byte != 10 for byte in note):
            raise ValueError("a control character")
        note.decode()
        text, empty, below = note.rpartition(b"\n\n")
        signatures, lines = below.split(b"\n"), text.split(b"\n")
        if not empty or signatures.pop() or not signatures or len(lines) < 3 or b"" in lines:
            raise ValueError("no checkpoint with signatures")
        root = unbase64(lines[2])
        if not NUMBER.match(lines[1]) or int(lines[1]) >= 1 << 63 or len(root) != 32:
            raise ValueError("no size and root")
        for line in signatures:
            signature_of(line)
        return cls(text + b"\n", tuple(signatures), lines[0].decode(), int(lines[1]), root)

    def is_signed(self, key: Key) -> bool:
        """Whether the log signed; one false signature in its name spoils the checkpoint."""
        found = False
        for name, key_id, signature in map(signature_of, self.signatures):
            if (name, key_id) == (key.name, key.id):
                try:
                    Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, self.body)
                except InvalidSignature:
                    return False
                found = True
        return found


def signature_of(line: bytes) -> tuple[str, bytes, bytes]:
    """Name, id of the key, and signature in a line; ValueError otherwise."""
    dash, name, encoded = line.split(b" ")
    raw = unbase64(encoded)
    if dash.decode() != "\u2014" or len(raw) < 5 or not name_is_fit(name.decode()):
        raise ValueError("no signature")
    return name.decode(), raw[:4], raw[4:]


def read_request(data: bytes) -> tuple[int, list[bytes], Checkpoint]:
    """Old size, proof and checkpoint of a request; ValueError unless it is exactly of the form."""
    head, empty, note = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    old = first.removeprefix(b"old ")
    if not empty or not first.startswith(b"old ") or not NUMBER.match(old):
        raise ValueError("no old size")
    proof = [unbase64(line) for line in lines]
    if len(proof) > 63 or any(len(value) != 32 for value in proof):
        raise ValueError("no proof")
    return int(old), proof, Checkpoint.read(note)


def goes_on(old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether a consistency proof holds, 0 < old < new (RFC 9162, 2.1.4.2)."""
    if not proof:
        return False
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    path = [old_root, *proof] if old & (old - 1) == 0 else proof
    before = after = path[0]
    for value in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node(value, before), node(value, after)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            after = node(after, value)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def node(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


# ------------------------------------------------------------------ the witness


class Witness:
    """What was signed last for each log, on disk before anybody is told."""

    def __init__(self, cosigner: Cosigner, logs: list[Key], state: Path) -> None:
        self.cosigner, self.state, self.logs = cosigner, state, {key.name: key for key in logs}
        self.turn = threading.Lock()
        state.mkdir(parents=True, exist_ok=True)
        self.lock = open(state / "lock", "w")  # noqa: SIM115 - held until the process ends
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ValueError(f"Another witness works in {state}.") from error

    def place(self, origin: str) -> Path:
        """The file that holds what was signed last for a log."""
        return self.state / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    def last(self, origin: str) -> tuple[Checkpoint | None, int]:
        """The checkpoint that was signed last, and when."""
        try:
            checkpoint = Checkpoint.read(self.place(origin).read_bytes())
        except FileNotFoundError:
            return None, 0
        mine = [
            s
            for n, i, s in map(signature_of, checkpoint.signatures)
            if i == self.cosigner.public.id
        ]
        return checkpoint, int.from_bytes(mine[-1][:8], "big") if mine else 0

    def add(self, data: bytes, now: int) -> bytes:
        """Cosign a checkpoint that goes on from the last; raises ``Refused``."""
        try:
            old, proof, new = read_request(data)
        except ValueError as error:
            raise Refused(400, "This is no request of tlog-witness.") from error
        key = self.logs.get(new.origin)
        if key is None:
            raise Refused(404, "This log is unknown here.")
        if not new.is_signed(key):
            raise Refused(403, "This checkpoint is not signed by its log.")
        if old > new.size:
            raise Refused(400, "The old size is above the new one.")
        if not self.turn.acquire(timeout=PATIENCE):
            raise Refused(503, "The witness is busy.")
        try:
            last, moment = self.last(new.origin)
            if old != (last.size if last else 0):
                raise Refused(
                    409, "Start from the size that was signed last.", last.size if last else 0
                )
            if not self.is_next(old, proof, last, new):
                self.keep_evidence(last, new, now)
                raise Refused(422, "This does not go on from what was signed last.")
            if now < moment:
                raise Refused(503, "The clock here stands before the last cosignature.")
            line = self.cosigner.cosign(new.body, now)
            kept = b"\n".join(
                [*(s for s in new.signatures if signature_of(s)[0] == key.name), line]
            )
            write_safely(self.place(new.origin), new.body + b"\n" + kept)
        finally:
            self.turn.release()
        return line

    def is_next(
        self, old: int, proof: list[bytes], last: Checkpoint | None, new: Checkpoint
    ) -> bool:
        """Whether a checkpoint goes on from the last that was signed here."""
        if new.size == 0:
            return new.root == EMPTY and not proof
        if old == 0:
            return not proof
        if last is None or old == new.size:
            return last is not None and not proof and new.root == last.root
        return goes_on(old, new.size, proof, last.root, new.root)

    def keep_evidence(self, last: Checkpoint | None, new: Checkpoint, now: int) -> None:
        """Keep what the log signed and was refused, beside what it contradicts.

        Two roots for one size are a fork, whoever sent them: the first of each log are kept. Anything else
        may be an honest checkpoint that anybody sent with a wrong proof: the last of each log and day is
        kept. So nobody fills the disk, and no log takes the place of another's.
        """
        fork = last is not None and last.size == new.size and last.root != new.root
        folder = self.state / ("forks" if fork else "refused")
        folder.mkdir(exist_ok=True)
        log = self.place(new.origin).stem[:16]
        kept = sorted(folder.glob(f"{log}-*"))
        both = [c for c in (last, new) if c]
        name = hashlib.sha256(b"".join(c.body for c in both)).hexdigest()[:32]
        path = folder / f"{log}-{name if fork else time.strftime('%Y-%m-%d', time.gmtime(now))}"
        if not fork or (path not in kept and len(kept) < FORKS):
            write_safely(path, b"\n".join(b"\n".join([c.body, *c.signatures, b""]) for c in both))
        if not fork:
            for earlier in sorted({*kept, path})[:-DAYS]:
                earlier.unlink()
        else:
            print(
                "A log has signed two histories: see the folder forks.", file=sys.stderr, flush=True
            )

    def overview(self) -> bytes:
        """For people: who this is and what was signed last."""
        lines = [f"witness {self.cosigner.public}"]
        for origin in sorted(self.logs):
            last, moment = self.last(origin)
            root = base64.b64encode(last.root).decode() if last else "-"
            lines.append(f"{origin} {last.size if last else 0} {root} {moment}")
        return ("\n".join(lines) + "\n").encode()


def write_safely(path: Path, data: bytes) -> None:
    """Replace a file so that after a power cut it is the old or the new one, whole."""
    beside = path.with_suffix(".new")
    with open(beside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


# ------------------------------------------------------------------ over HTTP


class Server(ThreadingHTTPServer):
    """A thread for each connection; so many at once, so many of one peer, each for so long.

    Where there are too many, the oldest that was not heard yet goes: whoever is silent makes room.
    """

    daemon_threads = True
    request_queue_size = CONNECTIONS

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)
        self.witness, self.threads = witness, threading.BoundedSemaphore(2 * CONNECTIONS)
        self.open: dict[socket.socket, tuple[str, float]] = {}  # in the order in which they came
        self.changing = threading.Lock()

    def process_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        peer = peer_of(client_address[0])
        with self.changing:
            theirs = [each for each, (other, _) in self.open.items() if other == peer]
            if len(theirs) >= OF_ONE_PEER:
                self.cut(theirs[0])
            elif len(self.open) >= CONNECTIONS:
                self.cut(next(iter(self.open)))
            self.open[request] = peer, time.monotonic() + PATIENCE
        if self.threads.acquire(blocking=False):
            super().process_request(request, client_address)
        else:  # those that were cut have not ended yet
            self.shutdown_request(request)

    def process_request_thread(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.threads.release()

    def shutdown_request(self, request) -> None:  # type: ignore[no-untyped-def]
        with self.changing:
            self.open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Twice a second: end those whose time is over, however busy they look."""
        with self.changing:
            now = time.monotonic()
            for each in [each for each, (_, until) in self.open.items() if until < now]:
                self.cut(each)

    def heard(self, connection: socket.socket) -> None:
        """All of a request is here: its connection is in nobody's way any more."""
        with self.changing:
            self.open.pop(connection, None)

    def handle_error(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
        """Whoever breaks a connection off fills no log."""

    def cut(self, connection: socket.socket) -> None:
        """End a connection whose thread may be waiting for it."""
        self.open.pop(connection, None)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


def peer_of(address: str) -> str:
    """Whom a connection counts for; somebody who has IPv6 has 2^64 addresses."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found)


class Handler(BaseHTTPRequestHandler):
    """``POST /add-checkpoint`` and ``GET /``; one question a connection."""

    protocol_version, server_version, sys_version = "HTTP/1.1", "witness", ""
    timeout = PATIENCE
    server: Server

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            return self.answer(404, b"Not here.\n")
        if not LENGTH.fullmatch(length) or int(length) > BIGGEST:
            return self.answer(400, b"Too long, or of no length.\n")
        asked = self.rfile.read(int(length))
        self.server.heard(self.connection)
        try:
            return self.answer(200, self.server.witness.add(asked, int(time.time())))
        except Refused as refused:
            if refused.size is not None:
                return self.answer(refused.status, b"%d\n" % refused.size, kind="text/x.tlog.size")
            return self.answer(refused.status, f"{refused}\n".encode())
        except (OSError, ValueError) as error:  # a full disk, a damaged state: nothing is signed
            print(f"Could not sign: {error}", file=sys.stderr, flush=True)
            return self.answer(503, b"The witness cannot write or read what it signed.\n")

    def do_GET(self) -> None:
        if self.path != "/":
            return self.answer(404, b"Not here.\n")
        return self.answer(200, self.server.witness.overview())

    def answer(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Who asked is nobody's business."""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="make a key")
    key.add_argument("name", help="like a web address, without https://")
    key.add_argument("file", type=Path)
    serve = commands.add_parser("serve", help="witness logs")
    serve.add_argument("--key", type=Path, required=True)
    serve.add_argument(
        "--state", type=Path, required=True, help="folder, kept and backed up; never put back"
    )
    serve.add_argument("--log", action="append", required=True, help="key of a log: name+id+base64")
    serve.add_argument("--listen", default="127.0.0.1:8404", metavar="HOST:PORT")
    args = parser.parse_args()
    try:
        if args.command == "key":
            print(Cosigner.make(args.name, args.file).public)
            return
        logs = [Key.read(text, LOG) for text in args.log]
        if len({log.name for log in logs}) < len(logs):
            raise ValueError("Each log has one key.")
        host, _, port = args.listen.rpartition(":")
        server = Server(
            (host.strip("[]"), int(port)), Witness(Cosigner.load(args.key), logs, args.state)
        )
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{server.witness.cosigner.public}\nlistens on {host}:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()

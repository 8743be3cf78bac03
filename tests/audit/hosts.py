"""What one host does in a test with several: run as a program inside its network namespace.

hosts.py log SIZE FORK WITNESS...   asks each witness to cosign; prints the checkpoint with what came
"""

from __future__ import annotations

import sys

from audit import merkle
from audit.note import SigningKey
from audit.witnesses import Contradicted, Unanswered, Witness, cosignature
from tests.making.logs import Log


def main() -> None:
    _, secret, size, since, fork, *witnesses = sys.argv
    log = Log()
    log.key = SigningKey.read(secret)
    log.grow(int(size), lambda index: 0 if fork == "fork" and index > 30 else index % 3)
    note = log.checkpoint()
    fetch = merkle.nodes_from_leaves(log.hashes)
    for text in witnesses:
        witness = Witness.read(text)
        try:
            line = cosignature(
                witness,
                note,
                log.size,
                since=int(since),
                prove=lambda old, new: merkle.consistency_proof(old, new, fetch),
            ).line
        except (Contradicted, Unanswered) as refused:
            sys.stderr.write(f"{type(refused).__name__}: {refused}\n")
        else:
            note += f"{line}\n"
    sys.stdout.write(note)


if __name__ == "__main__":
    main()

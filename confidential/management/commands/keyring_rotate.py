"""``manage.py keyring_rotate``: a new master key, everything under it, and the old one destroyed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from audit.actor import Actor
from audit.door import DoesNotOpen
from clients.records.actions.hashes_anew import Renewed, make_hashes_anew
from vault import rotation
from vault.keyring import KeyringError
from vault.principals import command_transaction
from vault.roles import APP, SEALER
from vault.rotation import NotYet, Standing
from volunteers.actions.joining import command_actor, end_command
from volunteers.models import Branch

HOURS = 12
COPIES = (
    "{name} is destroyed here. It is still in every copy of {file} from before now: the sealed "
    "envelopes, the copy apart from the backups, copies of other machines. Put a copy of the ring as it "
    "is now in their place, destroy them, and then say so: "
    "`manage.py keyring_rotate --copies-destroyed {name}`. Until then whoever has such a copy and an old "
    "backup can read what was in it, also what was erased since."
)


class Command(BaseCommand):
    """Each part can be stopped and run again; none keeps people from working. See docs/operations.md."""

    help = "Rotate the master key while people work: begin, or go on where it was stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which part; without one, the keys."""
        part = parser.add_mutually_exclusive_group()
        part.add_argument(
            "--again", action="store_true", help="begin another before the last is over"
        )
        part.add_argument("--hashes", action="store_true", help="make the branches' hashes anew")
        part.add_argument(
            "--retire", action="store_true", help="destroy older keys that nothing needs"
        )
        part.add_argument("--copies-destroyed", metavar="NAME", help="say so of copies of the ring")
        parser.add_argument(
            "--backup-days", type=int, help="with --retire: how long backups are kept"
        )
        parser.add_argument(
            "--forget-imports",
            action="store_true",
            help="with --hashes: an import that is run again takes everything in again",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do that part, and say what is next."""
        try:
            with self._at_the_server() as actor:
                if name := options["copies_destroyed"]:
                    self._copies(actor, name)
                elif options["hashes"]:
                    self._hashes(actor, options["forget_imports"])
                elif options["retire"]:
                    self._retire(actor, options["backup_days"])
                else:
                    self._keys(actor, options["again"])
                self._say_where(actor)
        except (KeyringError, NotYet, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The key ring could not be written: {error.strerror}.") from error

    @contextmanager
    def _at_the_server(self) -> Iterator[Actor]:
        actor = command_actor(uuid4(), "keyring_rotate", minutes=HOURS * 60)
        try:
            yield actor
        finally:
            end_command(actor)

    def _keys(self, actor: Actor, again: bool) -> None:
        _check_role(SEALER)
        new = rotation.begin(settings.KEYRING_FILE, actor.token, again=again)
        self.stdout.write("A new master key is active." if new else "Going on with the rotation.")
        self._wrap(actor)

    def _wrap(self, actor: Actor) -> None:
        done, broken = rotation.wrap_all_anew(settings.KEYRING_FILE, self._told("subjects"))
        _, mended = rotation.mend(settings.KEYRING_FILE, self._told("compared"))
        rotation.note_done(actor.token, done)
        self.stdout.write(f"The keys of {done} subjects were wrapped anew.")
        if mended:
            self.stderr.write(
                f"{mended} were not what they had been, and were mended: find out who wrote them."
            )
        if broken:
            raise CommandError(
                f"The keys of {len(broken)} subjects do not open and stay as they are, among them "
                f"{min(broken)}."
            )

    def _hashes(self, actor: Actor, forget_imports: bool) -> None:
        _check_role(APP)
        with command_transaction(actor.token) as cursor:
            cursor.execute("SELECT sec.branches_to_hash()")
            branches = cursor.fetchone()[0]
        with actor.transaction():
            codes = Branch.objects.in_bulk(branches)
        kept = [
            one for branch in branches for one in self._hashes_of(codes[branch], forget_imports)
        ]
        if kept:
            raise CommandError(" ".join(kept))

    def _hashes_of(self, branch: Branch, forget_imports: bool) -> list[str]:
        actor = command_actor(branch.pk, "hashes_anew", minutes=HOURS * 60)
        try:
            done = make_hashes_anew(
                by=actor,
                branch=branch.pk,
                forget_imports=forget_imports,
                told=self._told("clients"),
            )
        except DoesNotOpen:
            return [
                f"Not both keys of the hashes of {branch.code} open with this ring: none was changed."
            ]
        finally:
            end_command(actor)
        self.stdout.write(
            f"{branch.code}: {done.hashes} hashes of {done.clients} clients were made anew."
        )
        return (
            [] if done.is_finished else [f"The old key of {branch.code} stays: {_what_keeps(done)}"]
        )

    def _retire(self, actor: Actor, days: int | None) -> None:
        _check_role(SEALER)
        if days is None or days < 0:
            raise CommandError(
                "Say how long the longest-kept backup is kept: --backup-days DAYS (0: there is none)."
            )
        self._wrap(actor)
        older = [key for key in self._standings(actor) if not (key.active or key.retired_at)]
        if not older:
            self.stdout.write("There is no older master key to destroy.")
        waiting = []
        for key in reversed(older):  # the oldest first: one that still has to wait keeps no other
            try:
                rotation.retire(settings.KEYRING_FILE, actor.token, key, days, timezone.now())
            except NotYet as why:
                waiting.append(str(why))
            else:
                self.stdout.write(COPIES.format(name=key.name, file=settings.KEYRING_FILE))
        if waiting:
            raise CommandError(" ".join(waiting))

    def _copies(self, actor: Actor, name: str) -> None:
        names = [key.name for key in self._standings(actor) if key.retired_at]
        if name not in names:
            raise CommandError(
                f"{name} has not been destroyed here. Destroyed are: {', '.join(names) or 'none'}."
            )
        rotation.note_copies(actor.token, name)
        self.stdout.write(f"The log says that the copies of {name} are destroyed.")

    def _say_where(self, actor: Actor) -> None:
        for key in self._standings(actor):
            self.stdout.write(_said(key))

    def _standings(self, actor: Actor) -> list[Standing]:
        with command_transaction(actor.token) as cursor:
            return rotation.standings(cursor)

    def _told(self, what: str) -> Callable[[int], None]:
        return lambda done: self.stderr.write(f"{done} {what}", ending="\r")


def _said(key: Standing) -> str:
    """One line on a master key."""
    if key.active:
        number = key.subjects + key.branches
        return f"{key.name}: active since {key.since:%Y-%m-%d %H:%M} (UTC), wraps {number} keys."
    if key.retired_at:
        copies = "and its copies" if key.copies_at else "its copies elsewhere are not said to be"
        return f"{key.name}: destroyed on {key.retired_at:%Y-%m-%d}, {copies}."
    if key.subjects or key.branches:
        wraps = f"{key.subjects} subjects, and {key.branches} branches that wait for --hashes"
        return f"{key.name}: wraps {wraps}."
    return f"{key.name}: wraps nothing any more; backups from before need it until --retire."


def _what_keeps(done: Renewed) -> str:
    if done.imported:
        return (
            f"{done.imported} marks of an import are made with it, and cannot be made anew. With "
            "--forget-imports they go: then running that import again would take everything in a second time."
        )
    if done.broken:
        return f"the keys of {len(done.broken)} clients do not open, among them {min(done.broken)}."
    return "somebody was just writing with it. Run the same command again."


def _check_role(role: str) -> None:
    """Which role is needed depends on the part: as manage.py chooses it, where the part stands first."""
    if connection.settings_dict["USER"] != role:
        raise CommandError(
            f"This part is run as {role}: --hashes stands first, or alone; nothing sets another role."
        )

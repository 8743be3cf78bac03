"""Write docs/walls.md from a database: who may do what with each table, and what each function does.

`make walls` starts an empty database, migrates it and writes the page. A test compares the page with the
database of the tests. What is read here is the catalogue of PostgreSQL; from the SQL files come explanations.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg
from django.core.management import call_command
from django.db import connections

from confidential.database import prepare
from confidential.embedded import Embedded
from confidential.environment import BASE, DATABASE
from tools.expressions import WIDTH, laid, parsed, readable
from tools.sql_files import Explained, explained, uses

PAGE = BASE / "docs" / "walls.md"
# From the floor up, as apps import.
APPS = ("vault", "audit", "volunteers", "clients", "disclosures", "rights", "confidential")
ROLES = ("app", "signin", "worker", "command", "sealer", "verifier", "door")
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
MADE_BY_GUARD = "is_seen_in_"
SEEN_IN = Explained(
    "audit/sql/guarding.sql", "Whether the principal sees this row: by the policies of its table."
)

HEAD = """\
# The walls of the database

The rights and row-level policies of every table, by database role, and every function of the schema `sec`.
The page is made by `make walls`, from the catalogue of a migrated database and the comments in the `sql`
folders; `tests/confidential/test_walls_document.py` fails when it is not true any more.
In a table, a cell names the policies for that command: a row must pass one of them, and every restrictive
one if there are any. Columns stand beside them where the right is for these alone. "Reads" and "writes" of a
function are the tables that its own statements name; what it calls has an entry of its own.

Role names stand without `confidential_`. `owner` owns the tables and is bound by the same policies: of a
table with row-level security it sees no row. `door` cannot sign in; definer functions run as it. `backup`
reads everything, for dumps. Casts to text, and the names that a sub-select gives its columns, are left out.
"""

COMMAND_OF = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}
TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE "C" """
# A right on a table has no columns. The owner's own rights are left out.
RIGHTS = """
SELECT c.oid, coalesce(r.rolname, 'everybody'), a.privilege_type, NULL FROM pg_class c, aclexplode(c.relacl) a
LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.grantee <> c.relowner
UNION ALL
SELECT c.oid, coalesce(r.rolname, 'everybody'), a.privilege_type,
    string_agg(t.attname, ', ' ORDER BY t.attname COLLATE "C") FROM pg_class c
JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner GROUP BY 1, 2, 3"""
POLICIES = """
SELECT p.polrelid, p.polname, p.polpermissive, p.polcmd::text,
    ARRAY(SELECT coalesce(r.rolname, 'everybody') FROM unnest(p.polroles) o
        LEFT JOIN pg_roles r ON r.oid = o)::text[],
    pg_get_expr(p.polqual, p.polrelid, true), pg_get_expr(p.polwithcheck, p.polrelid, true)
FROM pg_policy p ORDER BY p.polname COLLATE "C" """
TRIGGERS = """
SELECT t.tgrelid, t.tgname, pg_get_triggerdef(t.oid, true), t.tgfoid FROM pg_trigger t
JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
AND p.pronamespace = 'sec'::regnamespace ORDER BY t.tgname COLLATE "C" """
# Read with an empty search path, so that tables are named with their schema. An empty body is one that the
# database keeps parsed.
FUNCTIONS = """
SELECT p.oid, p.proname, pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), p.prosecdef,
    p.proowner::regrole::text, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc), p.prosqlbody IS NULL,
    ARRAY(SELECT coalesce(r.rolname, 'everybody')
        FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE a.grantee <> p.proowner)::text[],
    ARRAY(SELECT c.relname FROM pg_depend d JOIN pg_policy y ON y.oid = d.objid
        JOIN pg_class c ON c.oid = y.polrelid
        WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_proc'::regclass
        AND d.refobjid = p.oid)::text[]
FROM pg_proc p WHERE p.pronamespace = 'sec'::regnamespace
ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C" """


@dataclass(frozen=True)
class Policy:
    name: str
    permissive: bool
    command: str
    roles: list[str]
    using: str | None
    check: str | None

    def binds(self, role: str, command: str) -> bool:
        return role in self.roles and self.command in (command, "ALL")

    def expressions(self) -> Iterator[str]:
        """As in the statement that makes it, in lines."""
        for word, expression in (("USING", self.using), ("WITH CHECK", self.check)):
            if expression:
                yield from laid(parsed(f"{word} ({readable(expression)})"))

    def lines(self, words: str) -> Iterator[str]:
        kind = "" if self.permissive else ", restrictive"
        head = f"**{self.name}** · {self.command} · {', '.join(self.roles)}{kind}"
        words = f" · {words}" if words else ""
        lines = list(self.expressions())
        if len(lines) <= 2 and len(in_one := " ".join(lines)) < WIDTH:
            yield f"{head}: `{in_one}`{words}\n"
        else:
            yield "\n".join([f"{head}{words}\n", "```sql", *lines, "```\n"])


@dataclass(frozen=True)
class Function:
    oid: int
    name: str
    arguments: str
    returns: str | None
    definer: bool
    owner: str
    body: str
    kept_as_text: bool
    callers: list[str]
    policies: list[str]


class Page:
    """Reads one database, and writes the page of it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.of_functions, self.of_policies = explained()
        self.rights: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
        self.policies: dict[int, list[Policy]] = defaultdict(list)
        self.triggers: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.fired: dict[int, list[str]] = defaultdict(list)
        with connection.transaction():
            connection.execute("SET LOCAL search_path = public")
            self.tables = connection.execute(TABLES).fetchall()
            names = {oid: name for oid, name, *_ in self.tables}
            for table, role, right, columns in connection.execute(RIGHTS):
                self.rights[table].append((short(role), right, columns))
            for table, name, permissive, command, roles, using, check in connection.execute(
                POLICIES
            ):
                roles = sorted(map(short, roles), key=rank)
                policy = Policy(name, permissive, COMMAND_OF[command], roles, using, check)
                self.policies[table].append(policy)
            for table, name, definition, function in connection.execute(TRIGGERS):
                self.triggers[table].append((name, definition))
                self.fired[function].append(names[table])
            connection.execute("SET LOCAL search_path = ''")
            self.functions = [Function(*row) for row in connection.execute(FUNCTIONS)]

    def lines(self) -> Iterator[str]:
        from confidential import walls

        yield HEAD
        by_file: dict[str, list[Function]] = defaultdict(list)
        for function in self.functions:
            by_file[self.explanation(function).file].append(function)
        contents, chapters = ["## Contents\n"], []
        for app in APPS:
            tables = [table for table in self.tables if app_of(table[1]) == app]
            files = [file for file in walls.FILES if app_of(file, "/") == app and by_file[file]]
            contents.append(f"- {app}")
            if tables:
                chapters.append(f"## Tables of {app}\n")
                links = ", ".join(f"[{name}](#{name})" for _, name, *_ in tables)
                contents.append(f"  - [Tables](#tables-of-{app}): {links}")
                for table in tables:
                    chapters += self.table(*table)
            for file in files:
                chapters.append(f"## Functions of {file}\n")
                count = len(by_file[file])
                contents.append(
                    f"  - [Functions of {file}](#{anchor(f'Functions of {file}')}): {count}"
                )
                for function in by_file[file]:
                    chapters += self.function(function)
        contents.append(f"- [Tables of libraries](#{anchor('Tables of libraries')})\n")
        yield from contents
        yield from chapters
        yield from self.libraries()

    def explanation(self, function: Function) -> Explained:
        """KeyError for a function that no file of ours makes in this way; ``sec.guard`` makes one a table."""
        if function.name.startswith(MADE_BY_GUARD):
            return SEEN_IN
        return self.of_functions[function.name, function.body if function.kept_as_text else ""]

    def table(self, oid: int, name: str, secured: bool, forced: bool) -> Iterator[str]:
        yield f"### {name}\n"
        if not secured:
            yield "No row-level security: a right is for every row.\n"
        elif not forced:
            yield "Row-level security does not bind the owner.\n"
        roles = sorted({role for role, *_ in self.rights[oid]}, key=rank)
        if roles:
            yield "| role | " + " | ".join(COMMANDS) + " |\n|---|---|---|---|---|"
        else:
            yield "No role but the owner has a right.\n"
        for role in roles:
            cells = [self.cell(oid, role, command, secured) for command in COMMANDS]
            yield f"| {role} | {' | '.join(cells)} |"
        others = [f"{role} {right}" for role, right, _ in self.rights[oid] if right not in COMMANDS]
        yield f"\nAlso: {', '.join(sorted(others))}.\n" if others else ""
        for policy in self.policies[oid]:
            said = self.of_policies.get((name, policy.name))
            yield from policy.lines(said.words if said else "")
        if self.triggers[oid]:
            yield "Triggers:\n"
            for trigger, definition in self.triggers[oid]:
                does = definition.removeprefix(f"CREATE TRIGGER {trigger} ")
                yield f"- **{trigger}**: `{does.replace(f' ON {name}', '', 1)}`"
            yield ""

    def cell(self, oid: int, role: str, command: str, secured: bool) -> str:
        given = [
            columns for who, right, columns in self.rights[oid] if (who, right) == (role, command)
        ]
        if not given:
            return "–"
        asked = [policy for policy in self.policies[oid] if policy.binds(role, command)]
        names = [policy.name for policy in asked if policy.permissive]
        if names and len(names) < len(asked):
            names.append("restrictive ones")
        rows = (", ".join(names) or "no row") if secured else "every row"
        return rows if None in given else f"{rows} ({given[0]})"

    def function(self, function: Function) -> Iterator[str]:
        used = uses(function.name, function.body)
        yield f"### sec.{function.name}\n"
        if words := self.explanation(function).words:
            yield f"{words}\n"
        kind = "Definer" if function.definer else "Invoker"
        returns = f" returns `{function.returns}`" if function.returns else ""
        yield f"- `sec.{function.name}({function.arguments})`{returns}. {kind}, of {short(function.owner)}."
        callers = [", ".join(sorted(map(short, function.callers), key=rank))]
        callers.append("policies of " + coded(function.policies) if function.policies else "")
        callers.append(
            "triggers of " + coded(self.fired[function.oid]) if self.fired[function.oid] else ""
        )
        yield f"- Called by {'; '.join(filter(None, callers)) or f'{short(function.owner)} alone'}."
        if used["read"]:
            yield f"- Reads {coded(used['read'])}."
        acts = ("insert", "update", "delete")
        if written := set().union(*(used[act] for act in acts)):
            by_table = (
                f"{coded([table])} ({', '.join(act for act in acts if table in used[act])})"
                for table in sorted(written)
            )
            yield f"- Writes {', '.join(by_table)}."
        if used["calls"]:
            yield f"- Calls {coded(f'sec.{name}' for name in used['calls'])}."
        yield ""

    def libraries(self) -> Iterator[str]:
        """Of tables that are not ours the rights; and all of it of those on which we laid policies."""
        yield "## Tables of libraries\n"
        yield "| table without row-level security | rights |\n|---|---|"
        secured = []
        for table in self.tables:
            oid, name, is_secured, _ = table
            if app_of(name):
                continue
            if is_secured:
                secured.append(table)
                continue
            rights: dict[str, list[str]] = defaultdict(list)
            for role, right, columns in self.rights[oid]:
                rights[role].append(right if columns is None else f"{right} ({columns})")
            by_role = (
                f"{role} {', '.join(sorted(rights[role]))}" for role in sorted(rights, key=rank)
            )
            yield f"| {name} | {'; '.join(by_role) or '–'} |"
        yield ""
        for table in secured:
            yield from self.table(*table)


def short(role: str) -> str:
    return role.removeprefix("confidential_")


def rank(role: str) -> tuple[int, str]:
    """Roles in the order of their list, others after them."""
    return (ROLES.index(role) if role in ROLES else len(ROLES), role)


def app_of(name: str, end: str = "_") -> str:
    """The app that a table or a file belongs to; empty for those of libraries."""
    first = name.split(end, maxsplit=1)[0]
    return first if first in APPS else ""


def anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def coded(names: Iterable[str]) -> str:
    return ", ".join(name if " " in name else f"`{name}`" for name in sorted(set(names)))


def document(connection: psycopg.Connection) -> str:
    """The whole page; ``connection`` is a superuser's, or the owner's."""
    return "\n".join(Page(connection).lines()).rstrip("\n") + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="walls-") as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "confidential.settings",
            "CONFIDENTIAL_DEMO": "true",
            "CONFIDENTIAL_ROLE": "owner",
            "CONFIDENTIAL_VAR": folder,
        }
        server = Embedded(Path(folder))
        server.start()
        try:
            prepare(server)
            django.setup()
            call_command("migrate", verbosity=0)
            with psycopg.connect(server.conninfo(dbname=DATABASE)) as connection:
                PAGE.write_text(document(connection), encoding="utf-8")
        finally:
            connections.close_all()
            server.stop()


if __name__ == "__main__":
    main()

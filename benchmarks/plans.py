"""What a page does in the database: its statements under the application's role, and their plans.

`python -m benchmarks.plans [CLIENTS]` prints, for each measured page, every statement with its time and
the plan of those that read tables, as the page's own principal meets them."""

from __future__ import annotations

import sys
import time
from typing import Any

from benchmarks.place import Place

SIDES = {
    "record": ("keeper", None),
    "my clients": ("volunteer", "/clients/"),
    "branch's clients": ("coordinator", "/clients/"),
    "home": ("volunteer", "/"),
}


class Watcher:
    """Notes each statement of a connection with its milliseconds."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any, float, str]] = []

    def __call__(
        self, execute: Any, statement: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        start = time.perf_counter()
        try:
            return execute(statement, parameters, many, context)
        finally:
            took = (time.perf_counter() - start) * 1000
            self.seen.append((statement, parameters, took, context["connection"].alias))


def watch(browser: Any, path: str) -> list[tuple[str, Any, float, str]]:
    """The statements of one answer, in order, on both connections; connections are warm."""
    from django.db import connections

    for _ in range(5):
        browser.get(path)
    watcher = Watcher()
    wrappers = [connections[alias].execute_wrapper(watcher) for alias in ("default", "signin")]
    for wrapper in wrappers:
        wrapper.__enter__()
    try:
        answer = browser.get(path)
    finally:
        for wrapper in wrappers:
            wrapper.__exit__(None, None, None)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return watcher.seen


def explain(someone: Any, statement: str, parameters: Any) -> list[str]:
    """The plan of a statement, run as this person by the application's role."""
    from django.db import connection

    with someone.actor().transaction(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {statement}", parameters)
        return [line for (line,) in cursor.fetchall()]


def browser_of(someone: Any) -> Any:
    """Django's test client in a real session of this person."""
    from django.test import Client as Browser

    browser = Browser()
    name, _, value = someone.cookie().partition("=")
    browser.cookies[name] = value
    return browser


def report(run: Any) -> None:
    """Print statements and plans of each page."""
    for page, (username, path) in SIDES.items():
        someone = run.people[username]
        path = path or f"/clients/{run.stand.records[50].pk}/?show=50"
        seen = watch(browser_of(someone), path)
        total = sum(took for _, _, took, _ in seen)
        print(f"\n## {page}: {len(seen)} statements, {total:.2f} ms\n")
        for statement, parameters, took, alias in seen:
            print(f"- {took:.2f} ms, {alias}: `{' '.join(statement.split())[:400]}`")
            if (
                alias == "default"
                and statement.lstrip().startswith("SELECT")
                and " sec." not in statement
            ):
                print(
                    "\n".join(f"      {line}" for line in explain(someone, statement, parameters))
                )


def main() -> None:
    """Lay one side and look."""
    place = Place()
    place.prepare()
    from benchmarks.run import Run

    run = Run(place, frozenset({"lists"}), quick=True)
    run.grow(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    report(run)


if __name__ == "__main__":
    main()

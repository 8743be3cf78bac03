"""`python -m benchmarks.crowded`: many signed-in people at once, through a real reverse proxy; prints a
table.

Without ``--at`` it starts a demonstration of its own, served like any other, and removes it afterwards.
Each person is a session of their own, of one of the demonstration's accounts: signed in by password, a kept
connection, a pause after each page. Times are those of whoever asks: from the first byte sent to the last
one read."""

from __future__ import annotations

import argparse
import http.client
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks import memory, processor, proxy
from benchmarks.demonstration import Demonstration, Place, Visitor, running, volunteers
from benchmarks.mix import (
    FLAT,
    MUST_MS,
    RECORD,
    Form,
    Step,
    Times,
    errands,
    growth,
    in_the_portal,
    shares,
)

SIGNING_IN = 3  # at a time: a password costs a third of a second of a processor
KEPT_SECONDS = 60.0  # less than the proxy keeps a connection
KEPT_BY_GUNICORN = 1.0  # the same where it is asked itself
SAMPLES = 20


class Person:
    """One session that goes from page to page."""

    def __init__(self, visitor: Visitor, steps: Iterator[Step]) -> None:
        self.visitor, self.steps, self.page = visitor, steps, ""

    def next_page(self, times: Times, lock: threading.Lock) -> None:
        """Ask for one page, and note how long it took or what was wrong."""
        step = next(self.steps)
        took, wrong = 0.0, ""
        try:
            fields = Form(self.page).filled(step.fields) if step.fields else None
            start = time.perf_counter()
            status, self.page, _ = self.visitor.ask(step.path, fields)
            took = time.perf_counter() - start
            if status != (302 if step.kind == "saving a contact" else 200):
                wrong = f"{step.kind}: answered {status}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            wrong = f"{step.kind}: {type(error).__name__} {error}"
            self.visitor.connection.close()
        with lock:
            if wrong:
                times.errors[wrong] += 1
            else:
                times.by_kind[step.kind].append(took)


class Crowd:
    """All of them, until the time is over or enough was asked."""

    def __init__(self, people: list[Person], pause: float, seconds: float, requests: int) -> None:
        self.people, self.pause, self.requests = people, pause, requests
        self.seconds = seconds
        self.times, self.lock = Times(), threading.Lock()
        self.over = threading.Event()

    def run(self, sample: Callable[[int], None]) -> float:
        """Let them go; ``sample`` is called now and then with the number of answers. Gives the seconds."""
        start = time.monotonic()
        threads = [
            threading.Thread(target=self._walk, args=(p, n)) for n, p in enumerate(self.people)
        ]
        for thread in threads:
            thread.start()
        taken = 0
        while True:
            share = self._share(time.monotonic() - start)
            if share * SAMPLES >= taken:
                sample(self.times.count())
                taken += 1
            if share >= 1:
                break
            time.sleep(0.2)
        self.over.set()
        spent = time.monotonic() - start
        for thread in threads:
            thread.join()
        return spent

    def _share(self, spent: float) -> float:
        by_count = self.times.count() / self.requests if self.requests else 0.0
        return max(by_count, spent / self.seconds)

    def _walk(self, person: Person, number: int) -> None:
        chance = random.Random(number)
        # Nobody comes at the same moment as everybody else, nor stays in step with them.
        wait = chance.uniform(0, self.pause)
        while not self.over.wait(wait):
            person.next_page(self.times, self.lock)
            wait = chance.uniform(0.8, 1.2) * self.pause


def sign_in(place: Place, port: int, number: int, client: bool) -> Person | None:
    """One session; None for an account that may not sign in any more."""
    names = place.clients() if client else volunteers()
    visitor = Visitor(place.host, port, KEPT_BY_GUNICORN if port == place.port else KEPT_SECONDS)
    try:
        visitor.sign_in(names[number % len(names)], place.password())
    except RuntimeError:
        return None
    chance = random.Random(number)
    if client:
        return Person(visitor, in_the_portal(chance))
    _, page, _ = visitor.ask("/clients/")
    records = sorted(set(RECORD.findall(page)))
    return Person(visitor, errands(records, chance)) if records else None


def gather(place: Place, port: int, wanted: int) -> list[Person]:
    """So many people, signed in. Raises RuntimeError where that many do not come."""
    serving, clients = shares(wanted)
    found: list[Person] = []
    with ThreadPoolExecutor(SIGNING_IN) as pool:
        for client, number in ((False, serving), (True, clients)):
            tried, have = 0, 0
            while have < number and tried < 3 * number + 60:
                batch = range(tried, tried + min(number - have, 50))
                came = list(pool.map(lambda n: sign_in(place, port, n, client), batch))  # noqa: B023
                tried, new = batch.stop, [person for person in came if person]
                have += len(new)
                found += new
    if len(found) < wanted:
        raise RuntimeError(f"Only {len(found)} of {wanted} people could sign in.")
    return found


class Accounts:
    """Memory while it runs, and the processor time it took."""

    def __init__(self, place: Place) -> None:
        self.place, self.web = place, place.web()
        self.rows: list[tuple[int, dict[str, memory.Memory]]] = []
        self.before = processor.account(list(place.roots().values()))

    def sample(self, requests: int) -> None:
        """Memory now."""
        trees = {**({"web": self.web} if self.web else {}), **self.place.roots()}
        self.rows.append((requests, {name: memory.of(root) for name, root in trees.items()}))

    def spent(self) -> float:
        """Seconds of processor since this was made."""
        after = processor.account(list(self.place.roots().values()))
        return processor.spent(self.before, after)

    def table(self) -> str:
        """Memory at the start, in steps, and at the end, in Markdown."""
        names = list(self.rows[-1][1])
        heads = "".join(f" {name}, PSS | largest RSS |" for name in names)
        lines = [f"| requests |{heads}", "|---:|" + "---:|---:|" * len(names)]
        for requests, found in self.rows[:: max(1, len(self.rows) // 10)]:
            cells = "".join(
                f" {found[n].pss:.1f} MB | {found[n].largest_rss:.1f} MB |" for n in names
            )
            lines.append(f"| {requests} |{cells}")
        return "\n".join(lines)

    def flatness(self) -> str:
        """One sentence a tree: how it grew after the first quarter."""
        said = []
        for name in self.rows[-1][1]:
            slope, ratio = growth([(requests, found[name].pss) for requests, found in self.rows])
            word = "flat" if ratio <= FLAT else "NOT flat"
            said.append(
                f"Memory of {name}: {slope:+.2f} MB for 10 000 requests after the first quarter, "
                f"{ratio:.3f} of what it was then ({word}, must <= {FLAT:g})."
            )
        return "\n".join(said)


def report(crowd: Crowd, accounts: Accounts, spent: float, through: str) -> str:
    """Everything, in Markdown."""
    times = crowd.times
    count, wrong = times.count(), times.errors.total()
    musts = [
        ("p95 of all pages", times.p95_ms(), MUST_MS),
        ("p95 of saving a contact", times.p95_ms("saving a contact"), MUST_MS),
    ]
    lines = [
        f"{len(crowd.people)} people, {crowd.pause:g} s between pages, {spent:.0f} s, {through}: "
        f"{count} requests, {count / spent:.1f} a second, {wrong} errors (must 0).",
        f"Processor of application and database: {accounts.spent() / max(count, 1) * 1000:.1f} ms each.",
        "",
        times.table(),
        "",
        *(f"{n}: {v:.0f} ms ({'met' if v <= m else 'NOT met'}, must <= {m})." for n, v, m in musts),
        "",
        accounts.table(),
        "",
        accounts.flatness(),
        *(f"ERROR {number} times: {said}" for said, number in times.errors.most_common(10)),
    ]
    return "\n".join(lines)


def measure(place: Place, options: argparse.Namespace) -> str:
    """Sign everybody in, let them go, and say how it was."""
    before = None if options.no_proxy or proxy.installed() is None else proxy.Proxy(place.port)
    try:
        port = before.port if before else place.port
        print(f"{options.people} people sign in ...", flush=True)
        people = gather(place, port, options.people)
        accounts = Accounts(place)
        crowd = Crowd(people, options.pause, options.minutes * 60, options.requests)
        print(f"They go from page to page for {options.minutes:g} minutes at most ...", flush=True)
        spent = crowd.run(accounts.sample)
        return report(crowd, accounts, spent, "through nginx" if before else "WITHOUT A PROXY")
    finally:
        if before:
            before.stop()


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=200, help="signed in at once (200)")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between pages (5)")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (10)")
    parser.add_argument("--requests", type=int, default=0, help="end after so many (no limit)")
    parser.add_argument("--no-proxy", action="store_true", help="ask gunicorn itself")
    parser.add_argument("--at", metavar="URL", help="a demonstration that runs already")
    parser.add_argument("--var", type=Path, default=Path("var"), help="its folder (var)")
    options = parser.parse_args()
    if options.at:
        print(measure(running(options.at, options.var), options))
        return
    print("A demonstration is started; that takes a minute or two ...", flush=True)
    own = Demonstration()
    try:
        print(measure(own.start(), options))
    finally:
        own.stop()


if __name__ == "__main__":
    main()

"""Looking for a name among what one may see: everything is opened and compared, and logged."""

from __future__ import annotations

from benchmarks import targets, words
from benchmarks.cast import Someone
from benchmarks.crowd import SEARCHED
from benchmarks.figures import Figure, plain
from benchmarks.statements import turns
from clients.search.search import search


def searches(people: dict[str, Someone], crowd: int, repeats: int) -> list[Figure]:
    """A search for one name by those who see 400 and 4 000 clients; names and notes are looked through."""
    found = []
    for username, (branch, wanted) in SEARCHED.items():
        if crowd < wanted * 5:
            continue
        actor = people[username].actor()
        number = branch + 5 * (wanted // 2)
        name = words.identity(number)["family_name"]

        def once(actor=actor, name=name) -> int:
            with actor.transaction():
                return search(by=actor, words=name).total

        if once() != 1:
            raise RuntimeError("The search did not find the one client of this name.")
        took = turns({"search": once}, repeats)["search"]
        target = targets.SEARCH[wanted]
        found.append(plain("search", wanted, took, "ms", target, "lower", "visible clients"))
    return found

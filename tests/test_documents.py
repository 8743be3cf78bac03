"""Documents for developers say what is there: decisions, rules, paths, tests, database functions."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib

import pytest

from confidential.environment import BASE

DOCS = BASE / "docs"
DECISIONS = DOCS / "decisions"
RULE = re.compile(r"\bP(?:1[0-7]|[1-9])\b")
NAMED = re.compile(r"`([^`\n]+)`")
FUNCTION = re.compile(r"\bsec\.([a-z_]+)")
PLACE = re.compile(r"(?<![\w./*-])(?:[\w.-]+/)+[\w.*-]*|(?<![\w./*-])[\w-]+\.(?:md|toml|py)\b")
WITH_PATHS = ("developing.md", "policy.md", "glossary.md")
# Made when the program is installed or runs.
MADE = frozenset({"var/", ".venv/bin/python"})


def tracked(*patterns: str) -> list[str]:
    """The files of the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("This is no git checkout.")
    return done.stdout.splitlines()


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def defined() -> set[str]:
    """The functions of the schema ``sec``, as SQL makes them."""
    made = [*BASE.glob("*/sql/*.sql"), *BASE.glob("*/migrations/*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in made)
    return set(re.findall(r"CREATE (?:OR REPLACE )?FUNCTION sec\.([a-z_]+)", text))


def test_every_decision_is_in_the_index() -> None:
    """With its number and its title; a number that is missing is said to be unused."""
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| (\d+) \| (\[.+\]\(.+?\)) \| [^|]+ \| [^|]+ \|$", index, re.M))
    wanted = {}
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        number = str(int(path.name[:4]))
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first.startswith(f"# {number}. "), path.name
        wanted[number] = f"[{first.removeprefix(f'# {number}. ')}]({path.name})"
    assert lines == wanted
    unused = re.search(r"Numbers? ([\d, and]+?) (?:is|are) unused", index)
    missing = set(range(1, max(map(int, wanted)) + 1)) - set(map(int, wanted))
    assert missing == set(map(int, re.findall(r"\d+", unused[1] if unused else "")))


def test_every_rule_that_is_cited_is_on_the_page() -> None:
    rules = set(re.findall(r"^\| (P\d+) \|", text_of("policy.md"), re.M))
    assert rules == {f"P{number}" for number in range(1, 18)}
    cited = {
        rule
        for name in tracked("*.py", "*.sql", "*.html", "*.typ", "*.toml", "*.md", "clients/cards/*")
        if not name.startswith(("tests/vendor", "static/vendor"))
        for rule in RULE.findall((BASE / name).read_text(encoding="utf-8"))
    }
    assert len(cited) > 10
    assert cited <= rules


@pytest.mark.parametrize("name", WITH_PATHS)
def test_every_path_is_there(name: str) -> None:
    """Also inside a command. A file is named from the top folder on."""
    said = "\n".join(NAMED.findall(text_of(name)))
    places = set(PLACE.findall(said)) - MADE
    assert len(places) > 4
    assert {place for place in places if not any(BASE.glob(place.rstrip("/")))} == set()


@pytest.mark.parametrize("name", ["developing.md", "policy.md"])
def test_every_test_of_a_file_is_there(name: str) -> None:
    named = re.findall(r"([\w/.-]+\.py)::(\w+)", text_of(name))
    wrong = [
        (path, test)
        for path, test in named
        if f"\ndef {test}(" not in (BASE / path).read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_every_test_that_is_named_alone_is_there() -> None:
    source = "\n".join((BASE / name).read_text(encoding="utf-8") for name in tracked("tests/*.py"))
    alone = {
        said
        for name in WITH_PATHS
        for said in NAMED.findall(text_of(name))
        if re.fullmatch(r"test_\w+", said)
    }
    assert {test for test in alone if f"def {test}(" not in source} == set()


def test_every_target_of_make_is_there() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (BASE / "Makefile").read_text(encoding="utf-8"), re.M)
    said = set(re.findall(r"\bmake ([a-z]+)", "\n".join(NAMED.findall(text_of("developing.md")))))
    assert phony and "test" in said
    assert said <= set(phony[1].split())


@pytest.mark.parametrize("name", WITH_PATHS)
def test_every_function_of_the_database_is_defined(name: str) -> None:
    found = set(FUNCTION.findall(text_of(name))) - {"name"}  # "sec.name" stands for any of them
    assert found
    assert found - defined() == set()


def rooms_of(app: str) -> list[str]:
    """The rows of an app's rooms, from the contract on imports and the docstring of each room."""
    project = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["id"]: each for each in project["tool"]["importlinter"]["contracts"]}
    rows = []
    for level, layer in enumerate(
        contracts[app]["layers"][1:], 1
    ):  # the first is Django's own modules
        for name in re.findall(r"\w+", layer):
            package = BASE / app / name / "__init__.py"
            module = package if package.exists() else BASE / app / f"{name}.py"
            said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
            place = f"{app}/{name}/" if module == package else f"{app}/{name}.py"
            rows.append(f"| {level} | `{place}` | {said.splitlines()[0]} |")
    return rows


@pytest.mark.parametrize("app", ["clients", "rights"])
def test_rooms_are_those_of_the_contract(app: str) -> None:
    """In its order, with what each says of itself. A failure shows the rows as they should be."""
    said = re.findall(rf"^\| \d+ \| `{app}/.+$", text_of("developing.md"), re.M)
    assert said == rooms_of(app), "\n".join(rooms_of(app))


def test_every_room_is_in_the_contract_on_its_inside() -> None:
    project = tomllib.loads((BASE / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {each["id"]: each for each in project["tool"]["importlinter"]["contracts"]}
    made = {
        ".".join(path.parent.relative_to(BASE).parts)
        for app in ("clients", "rights")
        for path in (BASE / app).glob("*/__init__.py")
        if path.parent.name not in ("models", "migrations", "management", "importing")
    }
    assert set(contracts["rooms"]["containers"]) == made

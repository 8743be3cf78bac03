"""Which names of events the application's Python gives to the door, and in which way.

Followed from the door outward: a function that hands its own parameter on to the door is a way to the door
itself, under whatever name, in whatever module.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from confidential.environment import BASE

APPS = (
    "vault",
    "audit",
    "volunteers",
    "clients",
    "disclosures",
    "rights",
    "portal",
    "confidential",
)
# Where a name leaves Python: the function, the parameter that holds the name, the way.
DOORS = {
    ("audit.door.open", "action"): "open",
    ("audit.door.open_about", "action"): "open",
    ("audit.door.open_one", "action"): "open",
    ("audit.door.open_log", "action"): "open",
    ("audit.door.scan", "action"): "scan",
    ("audit.door.ask", "question"): "ask",
    ("audit.door.record", "action"): "record",
    ("audit.door.get", "action"): "deny",
    ("audit.door.hidden", "action"): "deny",
    ("audit.actor.Denial", "action"): "deny",
    ("volunteers.actions.signing_in._record", "action"): "record",
}
# A statement that is sent to the database by hand, with a name or a place for one.
STATEMENT = re.compile(r"sec\.(open|scan|record|deny)\(\s*('([^']*)'|%s)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A module: its text, what the names in it mean, its functions."""

    name: str
    path: Path
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)
    around: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def place(self, node: ast.AST) -> str:
        """The function in which something stands."""
        function = next(_functions_around(self, node), None)
        return f"{self.name}.{function.name}" if function else self.name


@dataclass(frozen=True)
class Found:
    """What was given to the door at one place: the names, or None where they cannot be read."""

    way: str
    names: frozenset[str] | None
    place: str
    through: str = ""  # the name of the function that is called there


@cache
def modules() -> list[Module]:
    """The application's own modules; migrations are history."""
    found = []
    for path in sorted(p for app in APPS for p in (BASE / app).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        dotted = ".".join(path.relative_to(BASE).with_suffix("").parts).removesuffix(".__init__")
        module = Module(dotted, path, ast.parse(path.read_text("utf-8")))
        for node in ast.walk(module.tree):
            module.around.update((child, node) for child in ast.iter_child_nodes(node))
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for one in node.names:
                    module.names[one.asname or one.name] = f"{node.module}.{one.name}"
            elif isinstance(node, ast.Import):
                for one in node.names:
                    module.names[one.asname or one.name] = one.name
            elif isinstance(node, ast.Call):
                module.calls.append(node)
            elif isinstance(node, Function | ast.ClassDef):
                module.names.setdefault(node.name, f"{dotted}.{node.name}")
        found.append(module)
    return found


def given() -> list[Found]:
    """Each name that is given to the door, with its way and its place."""
    read = modules()
    ways: dict[tuple[str, str], set[str]] = {key: {way} for key, way in DOORS.items()}
    functions = {
        f"{module.name}.{node.name}": node
        for module in read
        for node in ast.walk(module.tree)
        if isinstance(node, Function)
    }
    while True:
        found, handed_on = [], []
        for module in read:
            for call in module.calls:
                for way, value in _arguments(module, call, functions, ways):
                    names, parameters = _read(module, value)
                    handed_on += [(key, way) for key in parameters]
                    found.append(Found(way, names, module.place(call), _name(call)))
        new = [(key, way) for key, way in handed_on if way not in ways.get(key, set())]
        if not new:
            return [*found, *_defaults(functions, ways), *_statements(read)]
        for key, way in new:
            ways.setdefault(key, set()).add(way)


def literals() -> Iterator[tuple[str, str]]:
    """Every text of the application's code, with its module; not those of the register itself."""
    for module in modules():
        if not module.name.startswith("audit.events"):
            yield from (
                (module.name, node.value)
                for node in module.around
                if isinstance(node, ast.Constant) and isinstance(node.value, str)
            )


def _called(module: Module, call: ast.Call) -> str | None:
    """The full name of what is called, as far as imports tell it."""
    if isinstance(call.func, ast.Name):
        return module.names.get(call.func.id)
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        base, name = call.func.value.id, call.func.attr
        if base in ("self", "cls"):
            return f"{module.name}.{name}"
        return f"{module.names[base]}.{name}" if base in module.names else None
    return None


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _arguments(
    module: Module,
    call: ast.Call,
    functions: dict[str, Function],
    ways: dict[tuple[str, str], set[str]],
) -> Iterator[tuple[str, ast.expr]]:
    """What a call gives to the door: the way, and the expression that says the name."""
    called = _called(module, call)
    for (function, parameter), those in ways.items():
        if function != called:
            continue
        position = (
            0 if function == "audit.actor.Denial" else _position(functions[function], parameter)
        )
        value = next((word.value for word in call.keywords if word.arg == parameter), None)
        if value is None and position is not None and position < len(call.args):
            value = call.args[position]
        if value is not None:
            yield from ((way, value) for way in those)


def _position(function: Function, parameter: str) -> int | None:
    """Where among the arguments of a call this parameter stands; None if it has a name only."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if names and names[0] in ("self", "cls"):
        names = names[1:]
    return names.index(parameter) if parameter in names else None


def _read(module: Module, value: ast.expr) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    """The names that an expression can have, and the parameters of functions that they come from."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return frozenset({value.value}), []
    if isinstance(value, ast.IfExp):
        return _both([_read(module, value.body), _read(module, value.orelse)])
    if isinstance(value, ast.Name):
        for function in _functions_around(module, value):
            arguments = function.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if any(one.arg == value.id for one in every):
                return frozenset(), [(f"{module.name}.{function.name}", value.id)]
            said = list(_assigned(function, value.id))
            if said:
                return _both([_read(module, one) for one in said])
        said = list(_assigned(module.tree, value.id))
        if said:
            return _both([_read(module, one) for one in said])
    return None, []


def _both(
    parts: list[tuple[frozenset[str] | None, list[tuple[str, str]]]],
) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    names: frozenset[str] | None = frozenset()
    for each, _ in parts:
        names = None if names is None or each is None else names | each
    return names, [key for _, keys in parts for key in keys]


def _functions_around(module: Module, node: ast.AST) -> Iterator[Function]:
    around = module.around.get(node)
    while around is not None:
        if isinstance(around, Function):
            yield around
        around = module.around.get(around)


def _assigned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
    """Each expression that a name is set to in this scope, also as one of several at once."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Name) and target.id == name:
                yield node.value
            elif isinstance(target, ast.Tuple):
                places = [
                    i
                    for i, one in enumerate(target.elts)
                    if isinstance(one, ast.Name) and one.id == name
                ]
                yield from (_part(node.value, place) for place in places)


def _part(value: ast.expr, place: int) -> ast.expr:
    """One of several values: of a tuple, or of either tuple of a choice."""
    if isinstance(value, ast.Tuple):
        return value.elts[place]
    if isinstance(value, ast.IfExp):
        either = _part(value.body, place), _part(value.orelse, place)
        return ast.IfExp(value.test, *either)
    return value


def _statements(read: list[Module]) -> Iterator[Found]:
    """What is sent to the database past the door; a name that is filled in cannot be read."""
    for module in read:
        for node in module.around:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for way, _, name in STATEMENT.findall(node.value):
                    yield Found(way, frozenset({name}) if name else None, module.place(node))


def _defaults(
    functions: dict[str, Function], ways: dict[tuple[str, str], set[str]]
) -> Iterator[Found]:
    """What is given where a call leaves the name out."""
    for (name, parameter), those in ways.items():
        if name not in functions:
            continue
        arguments = functions[name].args
        plain = [*arguments.posonlyargs, *arguments.args]
        said = dict(
            zip([a.arg for a in reversed(plain)], reversed(arguments.defaults), strict=False)
        )
        said |= {
            a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d
        }
        value = said.get(parameter)
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield from (Found(way, frozenset({value.value}), name) for way in those)

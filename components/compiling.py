"""How templates are compiled: once for each language, with what is the same on each page worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import translation
from jinja2 import TemplateAssertionError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

if TYPE_CHECKING:
    from components.jinja import Pages

# With literals only, these give the same on each page of a language.
FIXED = frozenset({"_", "language_now", "pgettext", "static"})
FIXED_COMPONENTS = frozenset({"icon"})
IN_LANGUAGE = "in_language"


class Calls(CodeGenerator):
    """Compiles ``one.name`` so that it is called where it can be, unless the template calls it itself."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Remember what is called."""
        if isinstance(node.node, nodes.Getattr):
            node.node.ctx = "call"
        super().visit_Call(node, frame, forward_caller=forward_caller)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """An attribute that is shown or asked for."""
        self.write("environment.getattr(" if node.ctx == "call" else "environment.value_of(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")


class Known(NodeTransformer):
    """Puts into a template what its texts, icons and static addresses are in one language."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """A call that gives the same on each page becomes what it gives."""
        self.generic_visit(node)
        called, given = self._called(node.node), [getattr(one, "value", None) for one in node.args]
        literal = all(isinstance(one, nodes.Const) for one in node.args)
        if called is None or not literal or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        with translation.override(self.pages.language):
            value = called(*given)
        kept = value if isinstance(value, Markup) else str(value)
        return nodes.Const(kept, lineno=node.lineno)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        """Nothing is known of a part of the page that is in another language.

        Raises TemplateAssertionError where it draws more than texts: a component is of the page's language.
        """
        if getattr(node.call.node, "name", None) != IN_LANGUAGE:
            return self.generic_visit(node)
        called = {id(call.node) for call in node.find_all(nodes.Call)}
        for one in node.find_all((nodes.Include, nodes.Name)):
            if not isinstance(one, nodes.Name) or is_ui(one) or self._is_macro(one, called):
                raise TemplateAssertionError(f"{IN_LANGUAGE} holds texts only", one.lineno)
        return node

    def _is_macro(self, name: nodes.Name, called: set[int]) -> bool:
        return id(name) in called and name.name not in self.pages.globals

    def _called(self, node: nodes.Node) -> Any:
        if isinstance(node, nodes.Name) and node.name in FIXED:
            return self.pages.globals[node.name]
        if isinstance(node, nodes.Getattr) and node.attr in FIXED_COMPONENTS:
            return getattr(self.pages.globals["ui"], node.attr) if is_ui(node.node) else None
        return None


def is_ui(node: nodes.Node) -> bool:
    """Whether this stands for the components."""
    return isinstance(node, nodes.Name) and node.name == "ui"


class Names(Context):
    """What a template knows while it is drawn."""

    def call(self, called: Any, /, *arguments: Any, **names: Any) -> Any:
        """Call it. Jinja's own looks at each whether it wants something of the template; few do."""
        if isinstance(called, Macro) or not hasattr(called, "jinja_pass_arg"):
            names.pop("_loop_vars", None)
            names.pop("_block_vars", None)
            return called(*arguments, **names)
        return super().call(called, *arguments, **names)

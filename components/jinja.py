"""The one way in which pages are drawn: Jinja2, with what Django's own templates know.

``ui`` holds the components; what else a template calls is in ``components/showing.py``. What it
names and is not there is shown as nothing, and reported (``components/absent.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest
from django.template.backends import jinja2 as backend
from jinja2 import Environment, Undefined, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from components import absent, showing

# What the frame of a page goes without where no request says otherwise: the error pages.
FRAME: dict[str, Any] = {
    "alive_url": None,
    "demonstration": False,
    "help_url": None,
    "home_url": "/",
    "legal_url": None,
    "messages": (),
    "navigation": (),
    "navigation_user": None,
    "privacy_url": None,
    "quick_exit_url": None,
    "request": None,
    "site_name": None,
    "site_phone": None,
}


def environment(**options: Any) -> Pages:
    """The environment of all pages, for ``TEMPLATES``."""
    return Pages(**{**options, "undefined": absent.Absent})


class Jinja2(backend.Jinja2):
    """Django's backend, but what a page is given comes before what context processors say of every page."""

    @property
    def template_context_processors(self) -> list[Any]:
        """None that Django's own drawing would put first."""
        return []

    @property
    def processors(self) -> list[Callable[[HttpRequest], dict[str, Any]]]:
        """Those of the settings."""
        return super().template_context_processors

    def get_template(self, template_name: str) -> Template:
        """A template of a page."""
        return Template(super().get_template(template_name).template, self)


class Template(backend.Template):
    """A template, drawn for a request or without one."""

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> Markup:
        """Draw it, as markup: one page may hold what another template drew."""
        names: dict[str, Any] = {}
        if request is not None:
            for processor in cast(Jinja2, self.backend).processors:
                names.update(processor(request))
        return Markup(super().render({**names, **(context or {})}, request))  # noqa: S704 - a page


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


class Pages(Environment):
    """Jinja2 with Django's order of looking a name up, its numbers and dates, and our own words."""

    code_generator_class = Calls

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options, finalize=showing.shown, cache_size=-1, keep_trailing_newline=True
        )
        self.globals.update(FRAME, **showing.GLOBALS, ui=Components(self))
        self.filters.update(showing.FILTERS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key first, then an attribute, as in Django: a dict may have a key that is called ``items``."""
        if hasattr(type(obj), "__getitem__"):
            try:
                return obj[attribute]
            except (TypeError, LookupError, ValueError):
                pass
        try:
            return getattr(obj, attribute)
        except AttributeError:
            return self.undefined(obj=obj, name=attribute)

    def value_of(self, obj: Any, attribute: str) -> Any:
        """What is shown or asked for. A method without brackets would always be true, so it is called."""
        value = self.getattr(obj, attribute)
        if (
            callable(value)
            and not isinstance(value, Undefined | Macro)
            and not getattr(value, "do_not_call_in_templates", False)
        ):
            absent.report(f"{type(obj).__name__}.{attribute} is called without brackets")
            return self.undefined() if getattr(value, "alters_data", False) else value()
        return value


class Components:
    """The macros of ``templates/components/``, each from the file of its name: ``ui.button(label=...)``."""

    def __init__(self, pages: Environment) -> None:
        self._pages = pages

    def __getattr__(self, name: str) -> Any:
        module = self._pages.get_template(f"components/{name}.html").module
        component = of_the_page(getattr(module, name))
        setattr(self, name, component)
        return component


def of_the_page(macro: Macro) -> Callable[..., Any]:
    """A component that begins with ``csrf_input`` or ``request`` takes it from the page that calls it."""
    if macro.arguments[:1] not in (("csrf_input",), ("request",)):
        return macro
    (own,) = macro.arguments[:1]

    @pass_context
    def component(context: Context, *args: Any, **names: Any) -> Any:
        return macro(context.resolve(own), *args, **names)

    return component

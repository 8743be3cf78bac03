"""The one way in which pages are drawn: Jinja2, with what Django's own templates know.

``ui`` holds the components; what else a template calls is in ``components/showing.py``. What it
names and is not there is shown as nothing, and reported (``components/absent.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.backends import jinja2 as backend
from django.utils import translation
from django.utils.html import format_html
from jinja2 import Environment, Undefined, nodes, pass_context
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from components import absent, compiling, showing

KEPT = 200  # of what a component gives that is always the same
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
    """Django's backend, with an environment for each language.

    What a page is given comes before what context processors say of every page.
    """

    @property  # type: ignore[override]
    def env(self) -> Pages:
        """That of the language of the moment."""
        return self._pages.get(translation.get_language(), self._pages[None])

    @env.setter
    def env(self, pages: Pages) -> None:
        languages = [code for code, _ in settings.LANGUAGES]
        self._pages = {None: pages} | {code: pages.speaking(code) for code in languages}

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
            names.update(tokens(request))
        return Markup(super().render({**names, **(context or {})}))  # noqa: S704 - a page


def tokens(request: HttpRequest) -> dict[str, Any]:
    """The token of a page's forms: masked once a page, as in Django's own templates, and only if used."""
    token = cache(lambda: get_token(request))
    field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    return {"csrf_token": Late(token), "csrf_input": Late(lambda: format_html(field, token()))}


class Late:
    """Markup that is made when it is shown."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __html__(self) -> str:
        return self._make()

    __str__ = __html__


class Pages(Environment):
    """Jinja2 with Django's order of looking a name up, its numbers and dates, and our own words.

    Its templates are compiled for one ``language``; without one, texts are looked up as they are drawn.
    """

    code_generator_class = compiling.Calls
    context_class = compiling.Names

    def __init__(self, language: str | None = None, **options: Any) -> None:
        super().__init__(
            **options, finalize=showing.shown, cache_size=-1, keep_trailing_newline=True
        )
        self.language, self.options = language, options
        self.globals.update(FRAME, **showing.GLOBALS, ui=Components(self))
        self.filters.update(showing.FILTERS)

    def speaking(self, language: str) -> Pages:
        """The same for templates in this language."""
        return Pages(language, **self.options)

    def _generate(self, source: nodes.Template, *more: Any, **options: Any) -> str:
        """The program of a template, with what is known of it."""
        if self.language:
            source = compiling.Known(self).visit(source)
        return super()._generate(source, *more, **options)

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
        if name in compiling.FIXED_COMPONENTS:
            component = lru_cache(KEPT)(component)
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

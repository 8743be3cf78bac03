"""What a page was drawn with: ``response.context`` of Django's test client, which Jinja2 by itself does not tell."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.backends.jinja2 import Template
from django.test.signals import template_rendered


def are_kept(patch: pytest.MonkeyPatch) -> None:
    """From now on."""
    render = Template.render

    def tell_and_render(self: Template, context: Any = None, request: Any = None) -> Any:
        template_rendered.send(sender=self, template=self, context=dict(context or {}))
        return render(self, context, request)

    patch.setattr(Template, "render", tell_and_render)

"""Printed matter: accessible PDF from plain data. Knows nothing of people, keys or the database;
whoever calls has opened the record through the door and hands over only what may be printed."""

from documents.rendering import LANGUAGES, RenderError, render, template_names

__all__ = ["LANGUAGES", "RenderError", "render", "template_names"]

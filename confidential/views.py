"""Error pages of the project."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was not ours, or too old."""
    return render(request, "403_csrf.html", status=403)

"""Whether the log is being sealed, for a monitor that holds no account: one word, no number."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from audit import health


@require_safe
@login_not_required
def health_show(request: HttpRequest) -> HttpResponse:
    """200, or 503 when an event has waited for over a minute."""
    late = health.check().alarm
    word, status = ("late", 503) if late else ("ok", 200)
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain")


health_show.before_undertaking = True  # type: ignore[attr-defined] # whoever asks, and however far they are

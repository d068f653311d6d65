"""The end of seeing the console as somebody, by the button that is on every page meanwhile."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.access.see_as import KEY


@require_POST
def see_as_end(request: HttpRequest) -> HttpResponse:
    """Back to the page of the person; the middleware writes it down, however a visit ends."""
    kept = request.session.pop(KEY, None)
    if kept is None:
        return HttpResponseRedirect(reverse("admin:index"))
    messages.success(request, "You are yourself again.")
    return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[kept["person"]]))

"""The page on which everybody chooses how they are told what."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.notifications.forms import WaysForm
from apps.notifications.queries import digest_time_of, ways_of
from apps.notifications.services import choose_ways


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    person = request.user
    form = WaysForm(
        request.POST if request.method == "POST" else None,
        person=person,
        chosen=ways_of(person),
        times=digest_time_of(person),
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            choose_ways(
                person,
                form.ways,
                by=person,
                hour=facts["hour"],
                weekday=facts["weekday"],
                time_zone=facts["time_zone"],
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, "Kept. From now on you are told like this.")
            return HttpResponseRedirect(reverse("notification_preferences"))
    profile = getattr(person, "profile", None)
    wants_no_mails = profile is not None and not profile.receive_email_notifications
    return render(request, "notifications/preferences.html", {"form": form, "wants_no_mails": wants_no_mails})

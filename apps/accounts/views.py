"""Pages of one's own account that differ from allauth's: second factors and sessions, each change written down."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.middleware import WANTED
from apps.accounts.second_factors import codes_left, factors_of, is_demanded_of, noting_changes
from apps.accounts.sessions import end_other_sessions, end_session

FEW_CODES = 3
View = Callable[..., Any]


def recorded(view: View) -> View:
    """The view changes factors: what it changes, the entry of it and the mail about it stand or fall together."""

    @wraps(view)
    def changing(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        with noting_changes(request):
            return view(request, *args, **kwargs)

    return changing


class SecondFactorsView(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.request.user
        left = codes_left(person)
        return {
            **super().get_context_data(**kwargs),
            "is_demanded": is_demanded_of(person),
            "is_waiting": WANTED in self.request.session,
            "codes_left": left,
            "few_codes": left is not None and left <= FEW_CODES,
        }


class RecoveryCodesView(ViewRecoveryCodesView):
    """The codes are shown by the first look at them and never again; no browser keeps the page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_waiting": WANTED in self.request.session}


class RemovePasskeyView(RemoveWebAuthnView):
    """Takes a passkey away, unless it is the only factor of somebody who needs one."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
            invalid: HttpResponse = self.form_invalid(form)
            return invalid
        response: HttpResponse = super().form_valid(form)
        return response


second_factors = login_required(SecondFactorsView.as_view())
recovery_codes = never_cache(login_required(RecoveryCodesView.as_view()))
remove_passkey = recorded(RemovePasskeyView.as_view())
sessions = require_safe(ListUserSessionsView.as_view())  # its own POST would end sessions and write nothing down


@login_required
def go_on(request: HttpRequest) -> HttpResponse:
    """To the page that had to wait for the second factor, or to the overview."""
    if not factors_of(request.user).exists():
        return HttpResponseRedirect(reverse("mfa_index"))
    address = request.session.pop(WANTED, "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(address if is_ours else reverse("admin:index"))


@require_POST
@login_required
def end_one_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    end_session(session, by=request.user)
    messages.success(request, "That session is over.")
    return HttpResponseRedirect(reverse("usersessions_list"))


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    number = end_other_sessions(request.user, request.session.session_key)
    messages.success(request, f"You were signed out in {number} other place{'' if number == 1 else 's'}.")
    return HttpResponseRedirect(reverse("usersessions_list"))

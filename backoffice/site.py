"""The console's site: signing in is allauth's, searching is ours."""

from typing import Any

from allauth.account.views import logout as sign_out
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite

from apps.access.explain.page import explain_page
from apps.access.see_as_end import see_as_end
from apps.subscriptions.figures_page import figures_page
from backoffice.dashboard import dashboard
from backoffice.dashboard.arranging import arrange_overview
from backoffice.search import MOST_RESULTS, found


class ConsoleSite(UnfoldAdminSite):
    """One door for staff. Everyone else is sent to sign in, or told in words that this is not for them."""

    index_title = "Overview"
    enable_nav_sidebar = True

    def extra_urls(self) -> list[URLPattern]:
        return [
            path("keys/", self.admin_view(self.keys), name="keys"),
            path("access/explain/", self.admin_view(explain_page), name="access_explain"),
            path("overview/", self.admin_view(arrange_overview), name="overview_arrange"),
            path("revenue/", self.admin_view(figures_page), name="subscription_figures"),
            path("see-as/end/", self.admin_view(see_as_end), name="see_as_end"),
        ]

    @property
    def urls(self) -> Any:
        return self.get_urls(), "admin", self.name

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # noqa: ARG002
        """Sends to allauth's login with a safe way back; says so to people who are no staff."""
        way_back = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(way_back, {request.get_host()}, require_https=request.is_secure()):
            way_back = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(way_back, resolve_url(settings.LOGIN_URL))
        if self.has_permission(request):
            return HttpResponseRedirect(way_back)
        return render(request, "admin_theme/not_staff.html", status=403)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:  # noqa: ARG002
        response: HttpResponseBase = sign_out(request)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(reverse("account_change_password"))

    def app_index(self, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002
        """Screens are found by task in the sidebar; there is no list of them by application."""
        return HttpResponseRedirect(reverse("admin:index"))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:  # noqa: ARG002
        return []

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "subtitle": None,
            "index": True,
            **dashboard(request),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/index.html", context)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:  # noqa: ARG002
        """What the palette shows: asked anew each time, so that a right taken away is gone at once."""
        term = request.GET.get("s", "").strip()
        results = found(request, term)
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            {"results": results, "term": term, "capped": len(results) >= MOST_RESULTS},
            headers={"HX-Trigger": "search"},
        )

    def keys(self, request: HttpRequest) -> TemplateResponse:
        """The keys of the console, on a page of their own for those who cannot open the dialog."""
        context = {**self.each_context(request), "title": "Keys"}
        return TemplateResponse(request, "admin_theme/keys.html", context)

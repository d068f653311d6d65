"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from backoffice import health

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/notifications/", include("apps.notifications.urls")),
    path("accounts/", include("allauth.urls")),
    path("verify/", include("apps.certificates.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "backoffice.errors.bad_request"
handler403 = "backoffice.errors.permission_denied"
handler404 = "backoffice.errors.not_found"
handler429 = "backoffice.errors.too_many_requests"
handler500 = "backoffice.errors.server_error"

"""Addresses below `accounts/` that answer before those of allauth, under the same names where the page is the same."""

from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, edit_webauthn
from django.urls import path
from django.views.generic import RedirectView

from apps.accounts import views

urlpatterns = [
    path("2fa/", views.second_factors, name="mfa_index"),
    path("2fa/go-on/", views.go_on, name="second_factor_go_on"),
    path("2fa/totp/activate/", views.recorded(activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", views.recorded(deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", views.recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", views.recorded(generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", views.recorded(add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", views.recorded(edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("sessions/", views.sessions, name="usersessions_list"),
    path("sessions/end-others/", views.end_others, name="end_other_sessions"),
    path("sessions/<int:pk>/end/", views.end_one_session, name="end_session"),
]

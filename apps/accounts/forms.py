"""What allauth's own pages may not do here, and the codes and passkeys they ask for: our ledger counts wrong ones."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import AddEmailForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.second_factors import factor_opened_by
from apps.accounts.sign_ins import NOBODY, Outcome, record_sign_in


class NoAddressForm(AddEmailForm):
    """People are known by their address, so only an administrator changes it."""

    def clean_email(self) -> str:
        raise ValidationError("Your address is how you are known here. Ask an administrator to change it.")


class CodeMixin(forms.Form):
    """A code of the app or a recovery code, which opens the door once. Wrong ones lock it as wrong passwords do."""

    user: Any
    authenticator: Authenticator
    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def clean_code(self) -> str:
        get_account_adapter().pre_authenticate(context.request, email=self.user.email)
        code: str = self.cleaned_data["code"]
        factor = factor_opened_by(self.user, code)
        if factor is None:
            record_sign_in(context.request, Outcome.FAILURE, email=self.user.email, user=self.user)
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = factor
        return code


class CodeForm(CodeMixin, AuthenticateForm):
    pass


class CodeAgainForm(CodeMixin, ReauthenticateForm):
    pass


class PasskeyMixin(forms.Form):
    """An answer of a passkey. One that opens nothing is written down; whom it claims to be is not believed."""

    user: Any

    def clean_credential(self) -> Authenticator:
        email = self.user.email if self.user else NOBODY
        get_account_adapter().pre_authenticate(context.request, email=email)
        try:
            factor: Authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            record_sign_in(context.request, Outcome.FAILURE, email=email, user=self.user)
            raise
        if self.user is None:
            get_account_adapter().pre_authenticate(context.request, email=factor.user.email)
        return factor


class PasskeyForm(PasskeyMixin, AuthenticateWebAuthnForm):
    pass


class PasskeySignInForm(PasskeyMixin, LoginWebAuthnForm):
    pass


class PasskeyAgainForm(PasskeyMixin, ReauthenticateWebAuthnForm):
    pass


class NewPasskeyForm(AddWebAuthnForm):
    """A key that can sign in by itself, unless the person wants it beside the password only."""

    name = forms.CharField(label="Name", required=False, max_length=60, help_text="So that you know which one it is.")
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without the password",
        required=False,
        initial=True,
        help_text="It asks for your fingerprint, face or PIN then. Leave this out for a plain security key.",
    )

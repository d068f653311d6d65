"""What allauth's own pages may not do here."""

from allauth.account.forms import AddEmailForm
from django.core.exceptions import ValidationError


class NoAddressForm(AddEmailForm):
    """People are known by their address, so only an administrator changes it."""

    def clean_email(self) -> str:
        raise ValidationError("Your address is how you are known here. Ask an administrator to change it.")

"""The screens of people and roles, in place of those Django and allauth bring along."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group

from apps.access.admin.people import PersonAdmin
from apps.access.admin.roles import RoleAdmin

for replaced in (Group, EmailAddress, EmailConfirmation, Authenticator):
    if admin.site.is_registered(replaced):
        admin.site.unregister(replaced)

__all__ = ["PersonAdmin", "RoleAdmin"]

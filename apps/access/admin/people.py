"""People: who works and learns here, what they may do, where they signed in."""

from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from admin_theme.actions import ActionForm, console_action
from admin_theme.displays import badge, quiet, relative_time, state_badge, two_lines
from admin_theme.gate import masked_here, may_here
from apps.access.admin.person_page import ROLE_TONES, PersonPage, factors_now, is_locked_now, status_of
from apps.access.admin.personal_data import PersonalDataActions
from apps.access.explain.page import address as question_about
from apps.access.models import Role
from apps.access.see_as import can_be_seen, start_visit
from apps.access.services import assign_role, withdraw_role
from apps.accounts.about import is_erased
from apps.accounts.models import User
from apps.accounts.second_factors import in_words
from apps.accounts.services import (
    archive_person,
    change_role,
    delete_person,
    reactivate_person,
    remove_second_factors,
    restore_person,
    save_person,
    send_password_reset,
    suspend_person,
    unlock_person,
)
from apps.accounts.sessions import end_sessions


class ChangeRoleForm(ActionForm):
    field_order = ("role", "reason")
    role = forms.ChoiceField(label="From now on they are", choices=User.Role.choices)


class GiveRoleForm(ActionForm):
    field_order = ("role", "reason")
    role = forms.ModelChoiceField(label="Role", queryset=Role.objects.all())


@admin.register(User)
class PersonAdmin(PersonalDataActions, PersonPage):
    list_display = ("person", "role_badge", "status_badge", "roles", "last_sign_in")
    list_filter = ("role", "status", "groups__role")
    lookups_allowed = ("groups__role__group_ptr__exact",)
    search_fields = ("email", "first_name", "last_name")
    search_help_text = "Name or e-mail address"
    ordering = ("email",)
    fieldsets = (
        ("Person", {"fields": ("email", ("first_name", "last_name"), "username")}),
        ("Account", {"fields": (("role", "status"), ("last_login", "created_at"), "sign_in_lock")}),
    )
    two_steps = ("Two-step sign-in", {"fields": ("second_factors",)})
    asked_about = ("Rights", {"fields": ("may_they",)})
    add_fieldsets = (("Person", {"fields": ("email", ("first_name", "last_name"), "role")}),)
    names_only = (("Person", {"fields": (("first_name", "last_name"),)}),)
    actions = ("suspend", "reactivate", "send_reset_mail", "archive", "restore")
    actions_detail: ClassVar[list[Any]] = [
        "send_reset_mail",
        "unlock",
        {
            "title": "More",
            "icon": "more_vert",
            "items": [
                "see_as",
                "give_role",
                "take_role",
                "change_account_role",
                "suspend",
                "reactivate",
                "end_all_sessions",
                "remove_factors",
                "archive",
                "restore",
                "hand_over",
                "erase",
            ],
        },
    ]
    empty_title = "Nobody is here yet"
    empty_text = "People appear here when they are added by hand or imported from a file."
    empty_action = ("Add a person", "admin:accounts_user_add")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("role_assignments__role")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["plain_name"] if masked_here(request, User) else super().get_list_display(request)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("last_name", "first_name", "pk") if masked_here(request, User) else ("email",)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [] if masked_here(request, User) else super().get_list_filter(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if masked_here(request, User):
            return self.names_only
        if obj is None:
            return self.add_fieldsets
        fieldsets = super().get_fieldsets(request, obj)
        if not fieldsets:
            return fieldsets
        more = [self.asked_about] if may_here(request, "explain", User) else []
        return (*fieldsets, *([self.two_steps] if may_here(request, "view", Authenticator) else []), *more)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.decided_elsewhere if obj and not masked_here(request, User) else ()

    told: ClassVar[tuple[str, ...]] = ("sign_in_lock", "second_factors", "may_they")
    decided_elsewhere: ClassVar[tuple[str, ...]] = ("role", "status", "last_login", "created_at", *told)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        save_person(obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_person(obj, by=request.user)

    @admin.display(description="person", ordering="email")
    def person(self, person: User) -> SafeString:
        return two_lines(person, person.email)

    @admin.display(description="name", ordering="last_name")
    def plain_name(self, person: User) -> SafeString | str:
        return person.get_full_name() or quiet("No name given")

    @admin.display(description="account", ordering="role")
    def role_badge(self, person: User) -> SafeString:
        return state_badge(person, "role", ROLE_TONES)

    @admin.display(description="status", ordering="status")
    def status_badge(self, person: User) -> SafeString:
        return status_of(person)

    @admin.display(description="roles")
    def roles(self, person: User) -> SafeString | str:
        return ", ".join(str(assignment.role) for assignment in person.role_assignments.all()) or quiet("-")

    @admin.display(description="last sign-in", ordering="last_login")
    def last_sign_in(self, person: User) -> SafeString:
        return relative_time(person.last_login, empty="Never")

    @admin.display(description="May they …?")
    def may_they(self, person: User) -> SafeString:
        words = "Ask what they may do to a record, and why"
        return format_html('<a class="text-link" href="{}">{}</a>', question_about(person=person.email), words)

    @admin.display(description="sign-in")
    def sign_in_lock(self, person: User) -> SafeString:
        return badge("Locked out", "bad", icon="lock") if is_locked_now(person) else badge("Open", "good")

    @admin.display(description="factors")
    def second_factors(self, person: User) -> SafeString:
        """Which factors, since when and when last used; what they hold is never shown."""
        lines = [
            (in_words(factor), relative_time(factor.created_at), relative_time(factor.last_used_at, empty="never"))
            for factor in factors_now(person)
        ]
        return format_html_join(mark_safe("<br>"), "{}: set up {}, last used {}", lines) or quiet("Not set up")

    @console_action(
        "Send password mail",
        verb="reset_password",
        icon="mail",
        done="sent a mail",
        ask_reason=True,
        fits=lambda person: person.is_active,
    )
    def send_reset_mail(self, request: HttpRequest, person: User, reason: str) -> str:
        send_password_reset(person, by=request.user, request=request, reason=reason)
        return f"{person} gets a mail with which to set a password."

    @console_action("Lift lock", verb="unlock", icon="lock_open", ask_reason=True, fits=is_locked_now)
    def unlock(self, request: HttpRequest, person: User, reason: str) -> str:
        unlock_person(person, by=request.user, reason=reason)
        return f"{person} can try to sign in again."

    @console_action(
        "See as them",
        verb="see_as",
        icon="visibility",
        ask_reason=True,
        fits=can_be_seen,
        leads_to="admin:index",
        confirm="For half an hour you see what they see and can change nothing. Each page is noted in both names.",
    )
    def see_as(self, request: HttpRequest, person: User, reason: str) -> str:
        start_visit(person, by=request.user, request=request, reason=reason)
        return f"This is what {person} sees."

    @console_action("Give a role", verb="set_role", icon="badge", form=GiveRoleForm, ask_reason=True)
    def give_role(self, request: HttpRequest, person: User, reason: str, *, data: dict[str, Any]) -> str:
        assign_role(person, data["role"], by=request.user, reason=reason)
        return f"{person} has the role {data['role']} now."

    @console_action("Take a role away", verb="set_role", icon="do_not_disturb_on", form=GiveRoleForm, ask_reason=True)
    def take_role(self, request: HttpRequest, person: User, reason: str, *, data: dict[str, Any]) -> str:
        withdraw_role(person, data["role"], by=request.user, reason=reason)
        return f"{person} does not have the role {data['role']} any more."

    @console_action(
        "Change what they are",
        verb="set_role",
        icon="manage_accounts",
        form=ChangeRoleForm,
        ask_reason=True,
        confirm="They are signed out everywhere and can sign in again at once.",
    )
    def change_account_role(self, request: HttpRequest, person: User, reason: str, *, data: dict[str, Any]) -> str:
        change_role(person, data["role"], by=request.user, reason=reason)
        return f"{person} is {person.get_role_display().lower()} now."

    @console_action(
        "Suspend",
        verb="suspend",
        icon="block",
        ask_reason=True,
        done="suspended",
        fits=lambda person: person.is_active,
        confirm="They are signed out everywhere and cannot sign in until somebody reactivates the account.",
    )
    def suspend(self, request: HttpRequest, person: User, reason: str) -> str:
        suspend_person(person, by=request.user, reason=reason)
        return f"{person} is suspended."

    @console_action(
        "Reactivate",
        verb="suspend",
        icon="check_circle",
        done="reactivated",
        fits=lambda person: person.status != User.Status.ACTIVE and not is_erased(person),
    )
    def reactivate(self, request: HttpRequest, person: User, reason: str) -> str:
        reactivate_person(person, by=request.user, reason=reason)
        return f"{person} may sign in again."

    @console_action("End all sessions", verb="end_sessions", icon="logout", confirm="They can sign in again at once.")
    def end_all_sessions(self, request: HttpRequest, person: User, reason: str) -> str:
        number = end_sessions(person, by=request.user, reason=reason)
        return f"{person} was signed out in {number} place{'' if number == 1 else 's'}."

    @console_action(
        "Remove second factors",
        verb="remove_factors",
        icon="phonelink_erase",
        ask_reason=True,
        fits=lambda person: bool(factors_now(person)),
        confirm="For somebody who lost their phone or passkey. Make sure that it is them who asks: afterwards their "
        "password alone opens the account, until they set up a new factor. They are signed out everywhere and told so.",
    )
    def remove_factors(self, request: HttpRequest, person: User, reason: str) -> str:
        remove_second_factors(person, by=request.user, reason=reason)
        return f"{person} signs in with the password alone until they set up a new second factor."

    @console_action(
        "Archive", verb="archive", icon="archive", done="archived", fits=lambda person: not person.is_archived
    )
    def archive(self, request: HttpRequest, person: User, reason: str) -> str:
        archive_person(person, by=request.user, reason=reason)
        return f"{person} is archived. Restore brings the account back."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        done="restored",
        fits=lambda person: person.is_archived and not is_erased(person),
    )
    def restore(self, request: HttpRequest, person: User, reason: str) -> str:
        restore_person(person, by=request.user, reason=reason)
        return f"{person} is back."

"""Roles: what each may do, and who has it."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.actions import console_action
from admin_theme.console import ConsoleAdmin, ConsoleInline
from admin_theme.displays import badge, number, two_lines
from admin_theme.widgets import dress
from apps.access.models import Role, RoleAssignment
from apps.access.permissions import by_subject, offered_permissions, words_of
from apps.access.services import delete_role, set_active, set_permissions


class PermissionBoxes(forms.CheckboxSelectMultiple):
    """Boxes to tick under a heading for each subject."""

    template_name = "access/permission_boxes.html"
    option_template_name = "django/forms/widgets/input.html"


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The facts of a role and, as boxes to tick, what it may do."""

    allowed = forms.MultipleChoiceField(label="What it may do", required=False, widget=PermissionBoxes)

    class Meta:
        model = Role
        fields = ("name", "display_name", "description", "priority")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self.fields["allowed"])
        self.fields["allowed"].choices = [  # type: ignore[attr-defined]
            (subject, [(str(one.pk), words_of(one)) for one in permissions])
            for subject, permissions in by_subject(offered_permissions())
        ]
        if self.instance.pk:
            self.initial["allowed"] = [str(key) for key in self.instance.permissions.values_list("pk", flat=True)]


class AssignmentInline(ConsoleInline):
    """Who has the role; it is given and taken on the person's page."""

    model = RoleAssignment
    verbose_name_plural = "People"
    fields = readonly_fields = ("user", "assigned_at", "assigned_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


@admin.register(Role)
class RoleAdmin(ConsoleAdmin[Role]):
    form = RoleForm
    list_display = ("role", "people", "permission_count", "active_badge")
    search_help_text = "Name or description"
    search_fields = ("display_name", "name", "description")
    inlines: ClassVar[list[type[Any]]] = [AssignmentInline]
    fieldsets = (
        ("Role", {"fields": ("name", "display_name", "description", "priority")}),
        ("What it may do", {"fields": ("allowed",)}),
    )
    actions_detail = ("deactivate", "activate")
    empty_title = "There are no roles"
    empty_text = "A role is a set of permissions that hold everywhere. Give people roles on their page."
    empty_action = ("Add a role", "admin:access_role_add")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        roles: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = roles.annotate(
            number_of_people=Count("assignments", distinct=True),
            number_of_permissions=Count("permissions", distinct=True),
        )
        return counted

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        return ("name",) if obj else ()

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        delete_role(obj, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        chosen = Permission.objects.filter(pk__in=form.cleaned_data["allowed"])
        set_permissions(form.instance, list(chosen), by=request.user)

    @admin.display(description="role", ordering="display_name")
    def role(self, role: Role) -> SafeString:
        return two_lines(role, role.description)

    @admin.display(description="people", ordering="number_of_people")
    def people(self, role: Any) -> SafeString:
        return number(role.number_of_people)

    @admin.display(description="permissions", ordering="number_of_permissions")
    def permission_count(self, role: Any) -> SafeString:
        return number(role.number_of_permissions)

    @admin.display(description="state", ordering="is_active")
    def active_badge(self, role: Role) -> SafeString:
        return badge("Active", "good") if role.is_active else badge("Not active", "warn")

    @console_action(
        "Deactivate",
        icon="toggle_off",
        fits=lambda role: role.is_active,
        confirm="Everybody who has this role loses what it allows at once. Activating it brings that back.",
    )
    def deactivate(self, request: HttpRequest, role: Role, reason: str) -> str:
        set_active(role, is_active=False, by=request.user, reason=reason)
        return f"{role} allows nothing until it is activated again."

    @console_action("Activate", icon="toggle_on", fits=lambda role: not role.is_active)
    def activate(self, request: HttpRequest, role: Role, reason: str) -> str:
        set_active(role, is_active=True, by=request.user, reason=reason)
        return f"{role} allows what its list says again."

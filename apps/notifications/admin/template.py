"""Mail templates: what each kind of mail says, shown with made-up facts as its reader sees it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from admin_theme.actions import console_action
from admin_theme.displays import badge, quiet, relative_time, two_lines
from admin_theme.tabs import Tab, TabbedAdmin
from apps.notifications import services
from apps.notifications.models import MailTemplate
from apps.notifications.services.writing import sample_of

WORDS, PREVIEW = "words", "preview"


def preview_panel(request: HttpRequest, template: MailTemplate) -> dict[str, Any]:  # noqa: ARG001
    words = sample_of(template)
    # Its tags are checked against a short list when it is saved, and every value in it is escaped.
    return {"words": words, "html": mark_safe(words.html)}


def placeholders_panel(request: HttpRequest, template: MailTemplate) -> dict[str, Any]:  # noqa: ARG001
    return {"placeholders": sorted(template.facts.placeholders.items())}


@admin.register(MailTemplate)
class MailTemplateAdmin(TabbedAdmin[MailTemplate]):
    tabs = (
        Tab(key=PREVIEW, title="Preview", place=5, template="notifications/preview_panel.html", context=preview_panel),
        Tab(
            key=WORDS,
            title="What it says",
            place=10,
            before="notifications/placeholders.html",
            context=placeholders_panel,
            has_fields=True,
        ),
    )
    verbs_asked = ("view", "change")
    list_display = ("template", "reader", "state", "updated")
    search_fields = ("kind", "subject", "text")
    search_help_text = "Words"
    sortable_by = ()
    fields = ("subject", "text", "html")
    actions_detail = ("restore",)
    actions = ("restore",)
    list_per_page = 100
    empty_title = "No templates"
    empty_text = "Every kind of mail has one; they are made when the platform is set up."

    class Media:
        css = {"all": ("notifications/notifications.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Each kind of mail has its own from the beginning."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    @admin.display(description="mail")
    def template(self, template: MailTemplate) -> SafeString:
        return two_lines(template, template.subject)

    @admin.display(description="to")
    def reader(self, template: MailTemplate) -> str:
        return "Learners" if template.facts.is_for_learners else "Everybody"

    @admin.display(description="state")
    def state(self, template: MailTemplate) -> SafeString:
        return badge("Changed", "info") if template.is_changed else quiet("As at first")

    @admin.display(description="updated")
    def updated(self, template: MailTemplate) -> SafeString:
        return relative_time(template.updated_at)

    def headline(self, request: HttpRequest, record: MailTemplate) -> dict[str, Any]:  # noqa: ARG002
        return {"badge": self.state(record), "line": record.facts.about or record.subject}

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: Any) -> None:  # noqa: ARG002
        if form.has_changed():
            services.change_template(obj, by=request.user)

    @console_action(
        "Restore the first words",
        verb="change",
        icon="restart_alt",
        confirm="It says again what it said at first. Its history keeps the words it has now.",
        done="restored",
        fits=lambda template: template.is_changed,
    )
    def restore(self, request: HttpRequest, template: MailTemplate, reason: str) -> str:
        services.restore_template(template, by=request.user, reason=reason)
        return f"“{template}” says what it said at first."

"""Review rules: what the desk points out, for those who may to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from admin_theme.displays import badge, quiet, relative_time, two_lines
from admin_theme.tabs import Tab, TabbedAdmin
from apps.catalog.admin.panels import history_tab
from apps.reviews.models import ReviewRule, RuleKind
from apps.reviews.tasks import mark_waiting


@admin.register(ReviewRule)
class ReviewRuleAdmin(TabbedAdmin[ReviewRule]):
    tabs = (Tab(key="facts", title="Facts", place=10, has_fields=True), history_tab())
    verbs_asked = ("view", "change")
    list_display = ("rule", "looks_for", "state", "updated")
    list_filter = ("kind", "is_active")
    list_filter_sheet = True
    search_fields = ("code", "sentence", "words")
    search_help_text = "Code or words"
    ordering = ("code",)
    sortable_by = ()
    fields = (("code", "kind"), "sentence", "words", ("limit", "within_hours"), "is_active")
    conditional_fields = {
        "words": "kind == 'words'",
        "limit": "['capitals', 'many_by_person', 'many_on_course'].includes(kind)",
        "within_hours": "['many_by_person', 'many_on_course'].includes(kind)",
    }
    empty_title = "No rules yet"
    empty_text = "A rule points out what a moderator should look at twice. It decides nothing."
    empty_action = ("Add a rule", "admin:reviews_reviewrule_add")

    @admin.display(description="rule")
    def rule(self, rule: ReviewRule) -> SafeString:
        return two_lines(rule.sentence, rule.code)

    @admin.display(description="looks for")
    def looks_for(self, rule: ReviewRule) -> SafeString:
        return two_lines(rule.get_kind_display(), details_of(rule))

    @admin.display(description="state")
    def state(self, rule: ReviewRule) -> SafeString:
        return badge("Active", "good") if rule.is_active else badge("Off")

    @admin.display(description="updated")
    def updated(self, rule: ReviewRule) -> SafeString:
        return relative_time(rule.updated_at)

    def headline(self, request: HttpRequest, record: ReviewRule) -> dict[str, Any]:  # noqa: ARG002
        return {
            "badge": self.state(record),
            "line": f"{record.get_kind_display()} · {record.code}",
            "figures": [("Marked", quiet(f"{record.marks.count():,} reviews"))],
        }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a rule is called by does not change any more."""
        return (*super().get_readonly_fields(request, obj), *(("code",) if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """A rule is switched off instead."""
        return False

    def save_model(self, request: HttpRequest, obj: ReviewRule, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        mark_waiting.later(by=request.user)


def details_of(rule: ReviewRule) -> str:
    if rule.kind == RuleKind.WORDS:
        return f"{len(rule.phrases()):,} words or phrases"
    if rule.kind == RuleKind.CAPITALS:
        return f"from {rule.limit} %"
    return f"from {rule.limit:,} within {rule.within_hours:,} hours" if rule.limit and rule.within_hours else ""

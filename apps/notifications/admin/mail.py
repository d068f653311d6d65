"""The outbox: what waits, what was sent and what failed; what a mail says is for whoever it goes to."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.console import ReadOnlyAdmin
from admin_theme.displays import Tone, number, relative_time, state_badge, two_lines
from admin_theme.filters import MomentRangeFilter
from apps.notifications import services
from apps.notifications.kinds import kind_of
from apps.notifications.models import Mail
from apps.notifications.states import MailState

TONES: dict[str, Tone] = {MailState.WAITING: "info", MailState.SENT: "good", MailState.FAILED: "bad"}


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin[Mail]):
    list_display = ("to_whom", "about", "state_shown", "tries", "what_happened", "written")
    list_filter = ("state", ("created_at", MomentRangeFilter))
    list_filter_sheet = True
    search_fields = ("to", "recipient__last_name", "recipient__first_name")
    search_help_text = "Address or name"
    list_select_related = ("recipient",)
    sortable_by = ()
    list_title = "Outbox"
    fields = ("to", "about", "state_shown", "tries", "error_shown", "written", "next_try", "sent", "message_id")
    readonly_fields = fields
    actions = ("send_again",)
    actions_detail = ("send_again",)
    empty_title = "No mails"
    empty_text = "Every mail stands here before it is sent, and for a month afterwards."

    @admin.display(description="to")
    def to_whom(self, mail: Mail) -> SafeString:
        return two_lines(mail.recipient or mail.to, mail.to if mail.recipient else "")

    @admin.display(description="about")
    def about(self, mail: Mail) -> str:
        """Its kind: the subject may tell what only its reader is to know."""
        return kind_of(mail.kind).title

    @admin.display(description="state")
    def state_shown(self, mail: Mail) -> SafeString:
        return state_badge(mail, "state", TONES)

    @admin.display(description="tries")
    def tries(self, mail: Mail) -> SafeString:
        return number(mail.attempts)

    @admin.display(description="what happened")
    def what_happened(self, mail: Mail) -> SafeString:
        if mail.state == MailState.SENT:
            return two_lines("Sent", self.sent(mail))
        if mail.state == MailState.FAILED:
            return two_lines("Refused", mail.error)
        return two_lines("Tried next", self.next_try(mail)) if mail.attempts else two_lines("Waits to be sent")

    @admin.display(description="what the mail server said")
    def error_shown(self, mail: Mail) -> str:
        return mail.error or "Nothing"

    @admin.display(description="written")
    def written(self, mail: Mail) -> SafeString:
        return relative_time(mail.created_at)

    @admin.display(description="tried next")
    def next_try(self, mail: Mail) -> SafeString:
        return relative_time(mail.due_at if mail.state == MailState.WAITING else None, empty="Not any more")

    @admin.display(description="sent")
    def sent(self, mail: Mail) -> SafeString:
        return relative_time(mail.sent_at, empty="Not yet")

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:  # noqa: ARG002
        return ("to_whom",)

    @console_action(
        "Send again",
        verb="resend",
        icon="forward_to_inbox",
        variant=ActionVariant.PRIMARY,
        confirm="It is tried again from the beginning. Put right first what the mail server complained about.",
        done="tried again",
        fits=lambda mail: mail.state == MailState.FAILED,
    )
    def send_again(self, request: HttpRequest, mail: Mail, reason: str) -> str:
        services.resend_mail(mail, by=request.user, reason=reason)
        return "It is tried again within a minute."

"""What the screens of modules, lessons and resources share: they belong to a course and come back to it."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.displays import badge, relative_time
from admin_theme.tabs import TabbedAdmin, tab_address
from apps.catalog.models import Course
from apps.catalog.services import delete_record
from apps.records.policy import scope

M = TypeVar("M", bound=Model)


def course_from_address(request: HttpRequest) -> dict[str, Any]:
    """The course an "add" link names, when the person may see it."""
    key = request.GET.get("course", "")
    found = key.isdecimal() and scope(request.user, "view", Course).filter(pk=key, archived_at=None).exists()
    return {"course": int(key)} if found else {}


class PieceAdmin(TabbedAdmin[M]):
    """A screen of a piece of a course. Its code is fixed once it is there; it is archived and restored by services."""

    list_filter_sheet = True
    course_tab: ClassVar[str] = "curriculum"
    parent_field: ClassVar[str]
    archive_service: ClassVar[Callable[..., Any]]
    restore_service: ClassVar[Callable[..., Any]]
    actions_detail = ("restore", {"title": "More", "icon": "more_horiz", "items": ["archive"]})
    actions = ("archive", "restore")

    def course_of(self, piece: Any) -> Course:
        course: Course = piece.course
        return course

    def state_of(self, piece: Any) -> SafeString:
        return badge("Archived") if piece.is_archived else badge("In the course", "good")

    def side_facts(self, request: HttpRequest, record: Any) -> list[tuple[str, SafeString | str]]:  # noqa: ARG002
        course = self.course_of(record)
        return [
            ("Course", format_html('<a href="{}">{}</a>', tab_address(course, self.course_tab), course)),
            ("Created", relative_time(record.created_at)),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "course", "code") if obj else fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if isinstance(obj, self.model) and obj.is_archived:  # type: ignore[attr-defined]
            return False
        return super().has_change_permission(request, obj)

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """A select of the course's own pieces is short; without a course there is a search."""
        known = self.record_of(request) is not None or bool(course_from_address(request))
        return () if known else (self.parent_field,)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked = {self.parent_field: request.GET[self.parent_field]} if self.parent_field in request.GET else {}
        return {**super().get_changeform_initial_data(request), **asked, **course_from_address(request)}

    def chosen_course(self, request: HttpRequest) -> int | None:
        """The course whose pieces are offered: that of the record, or the one the "add" link names."""
        record: Any = self.record_of(request)
        return self.course_of(record).pk if record else course_from_address(request).get("course")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_record(obj, by=request.user)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(tab_address(self.course_of(obj), self.course_tab))

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It disappears from the course with everything below it. Restore brings it back.",
        done="archived",
        fits=lambda piece: not piece.is_archived,
    )
    def archive(self, request: HttpRequest, piece: Any, reason: str) -> str:
        type(self).archive_service(piece, by=request.user, reason=reason)
        return f"{piece} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It comes back with what was archived together with it.",
        done="restored",
        fits=lambda piece: piece.is_archived,
    )
    def restore(self, request: HttpRequest, piece: Any, reason: str) -> str:
        type(self).restore_service(piece, by=request.user, reason=reason)
        return f"{piece} is back."

"""What can be done to a course from its page and from the list."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.enums import ActionVariant

from admin_theme.actions import console_action
from admin_theme.tabs import tab_address
from apps.catalog import services
from apps.catalog.forms import CategoryChoiceForm, PublishForm, VersionForm
from apps.catalog.models import Course
from apps.catalog.states import CourseStatus

Status = CourseStatus


def is_in(*statuses: str) -> Callable[[Course], bool]:
    return lambda course: course.status in statuses


def is_current(course: Course) -> bool:
    return not course.is_archived


class CourseActions:
    """The actions of `CourseAdmin`; each is one service."""

    @console_action(
        "Publish",
        verb="publish",
        icon="visibility",
        variant=ActionVariant.PRIMARY,
        form=PublishForm,
        confirm="Learners will find it in the catalog. Unpublish takes it out again.",
        done="published",
        fits=is_in(Status.DRAFT, Status.UNPUBLISHED),
    )
    def publish(self, request: HttpRequest, course: Course, reason: str, data: dict[str, Any]) -> str:  # noqa: ARG002
        services.publish_course(course, by=request.user, reason=reason)
        return f"{course} is published."

    @console_action(
        "Unpublish",
        verb="publish",
        ask_reason=True,
        icon="visibility_off",
        confirm="It leaves the catalog; its learners keep it. Publish brings it back.",
        done="unpublished",
        fits=is_in(Status.PUBLISHED),
    )
    def unpublish(self, request: HttpRequest, course: Course, reason: str) -> str:
        services.unpublish_course(course, by=request.user, reason=reason)
        return f"{course} is no longer in the catalog."

    @console_action(
        "Feature", icon="star", done="featured", fits=lambda course: is_current(course) and not course.is_featured
    )
    def feature(self, request: HttpRequest, course: Course, reason: str) -> str:
        services.feature_course(course, by=request.user, reason=reason)
        return f"{course} is featured."

    @console_action(
        "Stop featuring",
        icon="star_border",
        done="no longer featured",
        fits=lambda course: is_current(course) and course.is_featured,
    )
    def unfeature(self, request: HttpRequest, course: Course, reason: str) -> str:
        services.unfeature_course(course, by=request.user, reason=reason)
        return f"{course} is no longer featured."

    @console_action(
        "Change category",
        verb="grant",
        icon="drive_file_move",
        form=CategoryChoiceForm,
        done="moved to the category",
        fits=is_current,
    )
    def change_category(self, request: HttpRequest, course: Course, reason: str, data: dict[str, Any]) -> str:
        services.change_category(course, data["category"], by=request.user, reason=reason)
        return f"{course} is now in {data['category']}."

    @console_action(
        "New version",
        icon="content_copy",
        form=VersionForm,
        verb="add",
        confirm="Its facts, instructors, modules, lessons and resources are copied into a draft. Learners stay here.",
        fits=is_current,
    )
    def new_version(self, request: HttpRequest, course: Course, reason: str, data: dict[str, Any]) -> SafeString:
        copy = services.clone_course(course, by=request.user, reason=reason, **data)
        return format_html('Version {} is a draft: <a href="{}">{}</a>.', copy.version, tab_address(copy), copy.code)

    @console_action(
        "Archive",
        verb="archive",
        ask_reason=True,
        icon="archive",
        confirm="It disappears with its modules, lessons and resources; enrollments are kept. Restore brings all back.",
        done="archived",
        fits=is_current,
    )
    def archive(self, request: HttpRequest, course: Course, reason: str) -> str:
        services.archive_course(course, by=request.user, reason=reason)
        return f"{course} is archived."

    @console_action(
        "Restore",
        verb="archive",
        icon="unarchive",
        variant=ActionVariant.PRIMARY,
        confirm="It comes back with what was archived together with it, and waits to be published.",
        done="restored",
        fits=lambda course: course.is_archived,
    )
    def restore(self, request: HttpRequest, course: Course, reason: str) -> str:
        services.restore_course(course, by=request.user, reason=reason)
        return f"{course} is back."

"""Courses as workbooks: from the page of one, from a selection, and from the whole list as it is narrowed."""

from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate

from admin_theme.console.rights import as_key
from admin_theme.gate import may_here
from admin_theme.offers import ListOffer, SelectionOffer, list_offers, record_offers, selection_offers
from apps.catalog.models import Course
from apps.records.listed import listed_rows
from apps.records.policy import policy_for, scope
from apps.records.rules import RuleBroken
from imports.exporter import workbook
from imports.exporter.course_workbook import WORKBOOK, export_courses, rows_in
from imports.tasks import make_workbook

AT_ONCE = 5_000
FORMAT = "format"


def list_view(request: HttpRequest) -> HttpResponseBase:
    """The courses of the list whose query string the address carries."""
    query = request.GET.urlencode()
    back = reverse("admin:catalog_course_changelist")
    return answered(request, lambda: hand_over(request, listed_rows(Course, query, request.user), query), back)


def course_view(request: HttpRequest, course_id: int) -> HttpResponseBase:
    """One course; to whoever may not see it, it is not there."""
    course = scope(request.user, "view", Course).filter(pk=as_key(str(course_id))).first()
    if course is None:
        raise Http404
    rows = Course.with_archived.filter(pk=course_id)
    back = reverse("admin:catalog_course_change", args=[course_id])
    return answered(request, lambda: hand_over(request, rows, f"code={course.code}", name=course.code), back)


def answered(request: HttpRequest, make: Any, back: str) -> HttpResponseBase:
    if not may_export(request, Course):
        raise PermissionDenied
    try:
        answer: HttpResponseBase = make()
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
        return HttpResponseRedirect(back)
    return answer


def hand_over(
    request: HttpRequest, courses: QuerySet[Any], listing: str, *, name: str = WORKBOOK.key
) -> HttpResponseBase:
    """The workbook, or for many rows a word that it is being made."""
    courses = Course.with_archived.filter(pk__in=courses.order_by().values("pk"))
    courses = courses.filter(pk__in=scope(request.user, "export", Course).values("pk"))
    if (number := rows_in(courses)) > AT_ONCE:
        ids = list(courses.values_list("pk", flat=True))
        make_workbook.later(
            by=request.user, title=f"Export {len(ids):,} courses as a workbook", courses=ids, listing=listing
        )
        messages.success(request, f"{number:,} rows are being written. The file will stand here.")
        return HttpResponseRedirect(reverse("admin:imports_exportrecord_changelist"))
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    export_courses(by=request.user, to=out, among=courses, listing=listing)
    return FileResponse(out, as_attachment=True, filename=f"{name}-{localdate():%Y-%m-%d}.{workbook.FORMAT}")


def may_export(request: HttpRequest, model: type[Model]) -> bool:
    return model is Course and policy_for(Course).may_ever(request.user, "export")


def offers_of_list(request: HttpRequest, model: type[Model]) -> list[ListOffer]:
    if not may_export(request, model):
        return []
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    address = reverse("admin:imports_exportrecord_workbooks")
    return [ListOffer("Export as course workbook", f"{address}{query}", FORMAT, workbook.FORMAT)]


def offers_of_record(request: HttpRequest, record: Model) -> list[ListOffer]:
    """Whoever may export this very course, as long as it is not archived."""
    if not isinstance(record, Course) or record.is_archived or not may_here(request, "export", Course, record):
        return []
    address = reverse("admin:imports_exportrecord_workbook", args=[record.pk])
    return [ListOffer("Download as workbook", address, FORMAT, workbook.FORMAT)]


def act_on_selection(screen: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
    if not may_export(request, screen.model):
        raise PermissionDenied
    try:
        return hand_over(request, rows, request.GET.urlencode())
    except RuleBroken as broken:
        messages.error(request, broken.sentence)
        return None


list_offers.append(offers_of_list)
record_offers.append(offers_of_record)
selection_offers.append(
    SelectionOffer(
        "export_selected_workbook", "Export the chosen courses as a workbook", may_export, act_on_selection, Course
    )
)

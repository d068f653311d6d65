"""The ways to a report and to its schedule: below every list, on a report's page, and beside a ready-made one."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from admin_theme.gate import gate, may_here
from admin_theme.offers import ListOffer, list_offers
from admin_theme.tabs import Tab
from apps.reports.forms.schedule import READY_MADE, SAVED
from apps.reports.models import Report, ReportSchedule
from apps.reports.queries import in_words, with_recipient_count
from apps.reports.sources import source_of

BEGIN, WHAT = "begin", "what"


def offers_of_list(request: HttpRequest, model: type[Model]) -> list[ListOffer]:
    source = source_of(model)
    if source is None or not source.is_open_to(request.user):
        return []
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    address = reverse("admin:reports_report_begin", args=[source.key])
    return [ListOffer("Save as report", f"{address}{query}", BEGIN, "1")]


list_offers.append(offers_of_list)


def way_to_schedule(kind: str, key: object) -> str:
    return f"{reverse('admin:reports_reportschedule_add')}?{urlencode({WHAT: f'{kind}:{key}'})}"


def asked_for(request: HttpRequest) -> dict[str, Any]:
    """What the address of the form begins with."""
    return {WHAT: request.GET[WHAT]} if WHAT in request.GET else {}


def schedules_of(request: HttpRequest, report: Report) -> QuerySet[ReportSchedule]:
    rows: QuerySet[ReportSchedule] = gate.scope(request.user, "view", ReportSchedule).filter(report=report.pk)
    return rows.order_by()


def schedules_panel(request: HttpRequest, report: Report) -> dict[str, Any]:
    found = list(with_recipient_count(schedules_of(request, report)).select_related("report").order_by("pk"))
    return {
        "schedules": [(schedule, in_words(schedule)) for schedule in found],
        "add_address": way_to_schedule(SAVED, report.pk),
    }


schedules_tab = Tab(
    key="schedules",
    title="Schedules",
    place=30,
    template="reports/schedules.html",
    context=schedules_panel,
    count=schedules_of,
    opens=lambda request, report: may_here(request, "add", ReportSchedule),  # noqa: ARG005
)


def way_to_schedule_ready_made(key: str) -> str:
    return way_to_schedule(READY_MADE, key)

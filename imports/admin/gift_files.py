"""The questions of an assessment as a GIFT file, from its page."""

from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from admin_theme.console.rights import as_key
from admin_theme.gate import may_here
from admin_theme.offers import ListOffer, record_offers
from apps.assessments.models import Assessment
from apps.records.policy import scope
from imports.exporter.gift_file import FORMAT, export_gift


def assessment_view(request: HttpRequest, assessment_id: int) -> HttpResponseBase:
    """One assessment; to whoever may not see it, it is not there."""
    if not may_here(request, "view", Assessment):
        raise PermissionDenied
    rows = scope(request.user, "view", Assessment).select_related("lesson__course")
    assessment = rows.filter(pk=as_key(str(assessment_id))).first()
    if assessment is None:
        raise Http404
    if not may_here(request, "export", Assessment, assessment):
        raise PermissionDenied
    out = TemporaryFile()  # noqa: SIM115 - the response closes it
    export_gift(assessment, by=request.user, to=out)
    lesson = assessment.lesson
    return FileResponse(out, as_attachment=True, filename=f"{lesson.course.code}-{lesson.code}-questions.txt")


def offers_of_record(request: HttpRequest, record: Model) -> list[ListOffer]:
    """Whoever may export this very assessment, as long as it is not archived."""
    if not isinstance(record, Assessment) or record.is_archived or not may_here(request, "export", Assessment, record):
        return []
    address = reverse("admin:imports_exportrecord_gift", args=[record.pk])
    return [ListOffer("Export as GIFT", address, "format", FORMAT)]


record_offers.append(offers_of_record)

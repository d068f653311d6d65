"""The history page of any record of the console: every version, by whom and why, and a way back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from admin_theme.gate import leave_alone, may_here
from apps.audit.queries import entries, versions_of
from apps.audit.services import NotTheirs, revert_record
from apps.records.policy import policy_for

PAGE_SIZE = 25


def object_history_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows the versions of a record in the person's scope; POST with `version` restores one."""
    record = model_admin.require_record(request, object_id)
    if not hasattr(record, "history"):
        raise Http404
    may_change = may_here(request, "change", type(record), record)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        return _restore(model_admin, request, record)
    page = Paginator(versions_of(record), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = entries(list(page.object_list), request.user)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"History of {record}",
        "opts": model_admin.opts,
        "original": record,
        "object": record,
        "entries": shown,
        "page_obj": page,
        "newest": page.number == 1,
        "may_revert": may_change and not getattr(record, "is_archived", False),
        "kind": capfirst(str(model_admin.opts.verbose_name)),
    }
    return TemplateResponse(request, "audit/object_history.html", context)


def _restore(model_admin: Any, request: HttpRequest, record: Any) -> HttpResponse:
    number = request.POST.get("version", "")
    version = record.history.filter(pk=number).first() if number.isdecimal() and len(number) < 19 else None
    if version is None:
        raise Http404
    allowed = _changeable_fields(model_admin, request, record)
    try:
        restored = revert_record(
            record,
            version,
            by=request.user,
            allowed=allowed,
            reason=request.POST.get("reason", "").replace("\0", "").strip()[:500],
        )
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        if isinstance(refused, NotTheirs):
            leave_alone(request, "revert", type(record), " ".join(refused.messages), record.pk)
    else:
        messages.success(request, f"Set back: {', '.join(restored)}. The history shows it as a change of its own.")
    return HttpResponseRedirect(request.path)


def _changeable_fields(model_admin: Any, request: HttpRequest, record: Any) -> set[str]:
    form = model_admin.get_form(request, record, change=True)
    masked = policy_for(type(record)).masked_fields(request.user)
    return set(form.base_fields) - set(model_admin.get_readonly_fields(request, record)) - set(masked)

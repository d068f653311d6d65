"""The list of imports, and the addresses of the steps of one."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from admin_theme.console import ConsoleAdmin
from admin_theme.displays import EMPTY, quiet, relative_time, state_badge, two_lines
from imports.admin import (
    discussion_pages,
    files,
    mapping_pages,
    plan_pages,
    repair_pages,
    result_pages,
    running_pages,
    upload_pages,
)
from imports.admin.downloads import found_or_nothing
from imports.admin.steps import TONES, address, page_of
from imports.models import ImportJob
from imports.policy import may_import_anything
from imports.words import counted, faulty_rows, kind_title, open_changes

View = Callable[[HttpRequest, ImportJob], HttpResponseBase]

PAGES: dict[str, tuple[View, tuple[str, ...]]] = {
    "map": (mapping_pages.map_page, ("GET", "POST")),
    "reread": (mapping_pages.read_again, ("POST",)),
    "use-mapping": (mapping_pages.use_mapping, ("POST",)),
    "values": (mapping_pages.values_page, ("GET", "POST")),
    "choices": (mapping_pages.allowed_options, ("GET",)),
    "progress": (running_pages.progress_page, ("GET",)),
    "cancel": (running_pages.cancel, ("POST",)),
    "stopped": (running_pages.stopped_page, ("GET",)),
    "next": (running_pages.next_page, ("GET",)),
    "plan": (plan_pages.plan_page, ("GET", "POST")),
    "fix": (repair_pages.fix_value, ("POST",)),
    "correct": (repair_pages.correct_cells, ("POST",)),
    "as-in-file": (repair_pages.take_back_corrections, ("POST",)),
    "continue": (repair_pages.continue_with_file, ("POST",)),
    "discuss": (discussion_pages.discussion_page, ("GET", "POST")),
    "ask": (discussion_pages.ask, ("POST",)),
    "decide": (discussion_pages.decide, ("POST",)),
    "withdraw": (discussion_pages.withdraw, ("POST",)),
    "apply": (plan_pages.apply, ("POST",)),
    "result": (result_pages.result_page, ("GET",)),
    "objects": (result_pages.objects_page, ("GET",)),
    "undo": (result_pages.undo_page, ("GET", "POST")),
    "file": (files.uploaded_file, ("GET",)),
    "errors": (files.errors_file, ("GET",)),
    "plan-file": (files.plan_file, ("GET",)),
}

# What a list of many imports leaves aside.
WIDE = ("headers", "samples", "mapping", "value_mapping", "constants", "unknown_values", "messages")
# Pages that take more than seeing the import; who was asked to approve a plan sees it and does no more.
VERBS = dict.fromkeys(
    ("map", "reread", "use-mapping", "values", "choices", "cancel", "fix", "correct", "as-in-file", "continue", "file"),
    "change",
) | {"apply": "apply", "undo": "undo", "ask": "apply", "withdraw": "apply", "decide": "decide"}


@admin.register(ImportJob)
class ImportJobAdmin(ConsoleAdmin[ImportJob]):
    list_display = ("file_and_kind", "state", "what_it_does", "by", "uploaded")
    list_filter = ("status",)
    search_fields = ("original_name",)
    list_select_related = ("uploader",)
    list_disable_select_all = True
    add_words = "Import a file"
    empty_title = "No file has been imported yet"
    empty_text = (
        "Upload a spreadsheet and see, row by row, what it would change. Nothing is written before you apply it, and "
        "every import can be taken back."
    )
    empty_action = ("Import a file", "admin:imports_importjob_add")
    actions = ()

    @admin.display(description="File", ordering="original_name")
    def file_and_kind(self, job: ImportJob) -> SafeString:
        return two_lines(job.original_name, kind_title(job.kind))

    @admin.display(description="State", ordering="status")
    def state(self, job: ImportJob) -> SafeString:
        return state_badge(job, "status", TONES)  # type: ignore[arg-type]

    @admin.display(description="Rows")
    def what_it_does(self, job: ImportJob) -> SafeString:
        counts = job.applied_counts if sum(job.applied_counts.values()) else job.counts
        if "create" not in counts:
            return quiet(counted(job.counts["rows"], "row") if job.counts.get("rows") else EMPTY)
        faults = faulty_rows(job.counts)
        what = ("row left out", "rows left out") if job.applied_at else ("row cannot be read", "rows cannot be read")
        return two_lines(counted(open_changes(counts), "change"), counted(faults, *what) if faults else "")

    @admin.display(description="Who", ordering="uploader__email")
    def by(self, job: ImportJob) -> str:
        return str(job.uploader)

    @admin.display(description="When", ordering="created_at")
    def uploaded(self, job: ImportJob) -> SafeString:
        return relative_time(job.created_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ImportJob]:
        jobs = super().get_queryset(request)
        return jobs.defer(*WIDE) if request.path == reverse("admin:imports_importjob_changelist") else jobs

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_import_anything(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(f"<str:object_id>/{name}/", self._page(name, view, methods), name=f"imports_importjob_{name}")
            for name, (view, methods) in PAGES.items()
        ]
        template = path(
            "templates/<slug:kind>/",
            self.admin_site.admin_view(files.template_file),
            name="imports_importjob_template",
        )
        # First, because lesson progress is a kind and the progress of an import is a page.
        return [template, *pages, *super().get_urls()]

    def _page(self, name: str, view: View, methods: tuple[str, ...]) -> Callable[..., HttpResponseBase]:
        """A page of one import: found in the person's scope only, opened by these methods only."""

        @require_http_methods([*methods, *(["HEAD"] if "GET" in methods else [])])
        def page(request: HttpRequest, object_id: str) -> HttpResponseBase:
            job = self.require_record(request, object_id)
            if (verb := VERBS.get(name)) and not self.may(request, verb, job):
                raise PermissionDenied
            return view(request, job)

        guarded = self.admin_site.admin_view(page)
        return update_wrapper(found_or_nothing(self, guarded) if name == "file" else guarded, view)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponseBase:  # noqa: ARG002
        if not self.has_add_permission(request):
            raise PermissionDenied
        return upload_pages.upload_page(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002
        extra_context: Any = None,  # noqa: ARG002
    ) -> HttpResponseBase:
        job = self.require_record(request, object_id)
        return HttpResponseRedirect(address(job, page_of(job)))

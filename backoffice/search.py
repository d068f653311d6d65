"""What the command palette finds: screens by name, and records within the person's scope."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model, Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from unfold.dataclasses import SearchResult

from admin_theme.gate import gate, hides, may_here
from backoffice.navigation import screens

MOST_RESULTS = 50
MOST_OF_A_KIND = 10
SHORTEST_TERM = 2


@dataclass(frozen=True)
class Kind:
    """A model that is searched, by the start of words in these fields, and what its second line says."""

    model: str
    fields: tuple[str, ...]
    icon: str
    about: str = ""


KINDS = (
    Kind("catalog.course", ("title", "code"), "school", "code"),
    Kind("accounts.user", ("email", "first_name", "last_name"), "person", "email"),
    Kind("catalog.lesson", ("title",), "play_lesson", "course"),
    Kind("assessments.assessment", ("title",), "quiz"),
    Kind("enrollments.enrollment", ("user__email", "user__last_name", "user__first_name"), "how_to_reg", "course"),
    Kind(
        "subscriptions.subscription", ("user__email", "user__last_name", "user__first_name"), "card_membership", "plan"
    ),
    Kind("certificates.certificate", ("learner_name", "number"), "workspace_premium", "number"),
    Kind("reports.report", ("name", "description"), "table_chart"),
    Kind("reviews.review", ("title", "user__last_name", "user__first_name"), "reviews", "course"),
)


def found(request: HttpRequest, term: str) -> list[SearchResult]:
    """At most fifty hits, never kept: the scope is asked each time."""
    if not term:
        return []
    results = [*screens_named(request, term)]
    if len(term) >= SHORTEST_TERM:
        for kind in KINDS:
            results += records_named(request, kind, term)
    return results[:MOST_RESULTS]


def screens_named(request: HttpRequest, term: str) -> Iterable[SearchResult]:
    for group, lines in screens(request):
        for line, address in lines:
            if term.lower() in line.title.lower():
                yield SearchResult(title=line.title, description=group, link=address, icon=line.icon)


def records_named(request: HttpRequest, kind: Kind, term: str) -> list[SearchResult]:
    model = apps.get_model(kind.model)
    if not may_here(request, "view", model):
        return []
    fields = [name for name in kind.fields if not hides(request, model, name)]
    if not fields:
        return []
    rows = gate.scope(request.user, "view", model)
    for word in term.split():
        hits = Q()
        for name in fields:
            hits |= Q((f"{name}__icontains", word))
        rows = rows.filter(hits)
    if "archived_at" in {field.name for field in model._meta.get_fields()}:
        rows = rows.filter(archived_at=None)
    relations = [field.name for field in model._meta.fields if field.is_relation and field.name in {"course", "user"}]
    rows = rows.select_related(*relations) if relations else rows
    about = "" if kind.about and hides(request, model, kind.about) else kind.about
    return [hit for row in rows[:MOST_OF_A_KIND] if (hit := result_of(row, kind, about))]


def result_of(row: Model, kind: Kind, about: str) -> SearchResult | None:
    name = row._meta
    try:
        link = reverse(f"admin:{name.app_label}_{name.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return None
    words = [str(name.verbose_name).capitalize(), *([str(getattr(row, about))] if about else [])]
    return SearchResult(title=str(row), description=" · ".join(words), link=link, icon=kind.icon)

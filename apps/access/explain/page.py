"""The screen "May they …?": a question in an address, so that its answer can be linked and shared."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from admin_theme.gate import gate, may_here
from apps.access.explain.answer import Explanation, link_of
from apps.access.explain.asking import VERBS_FOR_NEW, explain_all, explain_found, explain_new, person_with
from apps.access.explain.form import QuestionForm
from apps.access.explain.keys import find, key_in_words, key_of
from apps.access.explain.words import words_for
from apps.accounts.models import User
from apps.records.policy import policy_for
from apps.records.reasons import Kind, Stop

MOST_SUGGESTIONS = 8
KINDS_IN_WORDS = {
    Kind.ADMINISTRATOR: "Administrator",
    Kind.ROLE: "Role",
    Kind.GRANT: "Right",
    Kind.INSTRUCTOR: "Teaching",
    Kind.OWNER: "Their own",
    Kind.RULE: "Rule",
    Kind.ACCOUNT: "Account",
    Kind.EXPIRED: "Ended",
    Kind.INACTIVE: "Not active",
    Kind.MISSING: "Missing",
    Kind.NOBODY: "Nobody",
    Kind.MASKED: "Hidden",
}


def address(**question: str) -> str:
    """Where this question is answered; what is not given is asked there."""
    asked = {name: value for name, value in question.items() if value}
    return f"{reverse('admin:access_explain')}{f'?{urlencode(asked)}' if asked else ''}"


@require_safe
def explain_page(request: HttpRequest) -> TemplateResponse:
    """The form, and below it an answer, a table of all verbs, or what might have been meant."""
    if not may_here(request, "explain", User):
        raise PermissionDenied
    form = QuestionForm(request.GET or None)
    context = {
        **admin.site.each_context(request),
        "title": "May they …?",
        "form": form,
        **(answer_to(request, form) if form.is_bound and form.is_valid() else {}),
    }
    return TemplateResponse(request, "access/explain.html", context)


def answer_to(request: HttpRequest, form: QuestionForm) -> dict[str, Any]:
    """What the page shows for a question as far as it was asked."""
    asked = form.cleaned_data
    person = person_with(asked["person"])
    if person is None:
        return {"people_meant": people_meant(asked)}
    context: dict[str, Any] = {"person": person, "person_link": link_of(Stop("", person))}
    if not asked["model"]:
        return context
    model = apps.get_model(asked["model"])
    record = find(model, asked["key"])
    context |= {"kind": str(model._meta.verbose_name), "key_in_words": key_in_words(model)}
    if record is None and not (asked["key"] and asked["verb"] in VERBS_FOR_NEW):
        return {**context, "nothing_found": True, "records_meant": records_meant(request, model, asked)}
    if record is not None:
        context |= {"record": record, "record_link": link_of(Stop("", record))}
    if not asked["verb"]:
        return {**context, "table": table(person, record, asked) if record else []}
    if record is None:
        answer = explain_new(person, asked["verb"], policy_for(model), asked["key"])
    else:
        answer = explain_found(person, asked["verb"], record, asked["field"])
    field = dict(form.fields["field"].choices).get(asked["field"], "")  # type: ignore[attr-defined]
    return {**context, **in_words(answer, asked), "field_name": field[:1].lower() + field[1:] if asked["field"] else ""}


def in_words(answer: Explanation, asked: dict[str, str]) -> dict[str, Any]:
    return {
        "answer": answer,
        "verb": words_for(asked["verb"]),
        "ways": sum(reason.kind is not Kind.MASKED for reason in answer.chain),
        "steps": [
            {
                "kind": KINDS_IN_WORDS[reason.kind],
                "tone": reason.kind.value,
                "text": reason.text,
                "trail": [(stop.text, link_of(stop)) for stop in reason.trail],
            }
            for reason in answer.chain
        ],
        "needed": [(cure.text, link_of(cure), cure.about) for cure in answer.needed],
        "everything_link": address(person=asked["person"], model=asked["model"], key=asked["key"]),
    }


@dataclass(frozen=True)
class Meant:
    """Something that may have been meant, and the question with it."""

    name: str
    detail: str
    link: str


def people_meant(asked: dict[str, str]) -> list[Meant]:
    """People whose name or address holds these words."""
    found = Q()
    for word in asked["person"].split():
        found &= Q(email__icontains=word) | Q(first_name__icontains=word) | Q(last_name__icontains=word)
    people: Iterable[User] = User.with_archived.filter(found).order_by("-is_staff", "last_name")[:MOST_SUGGESTIONS]
    return [Meant(str(one), one.email, address(**{**asked, "person": one.email})) for one in people]


def records_meant(request: HttpRequest, model: type[Model], asked: dict[str, str]) -> list[Meant]:
    """Records the kind's own screen finds by these words, or its first ones when there are none."""
    screen: Any = admin.site._registry.get(model)
    if screen is None:
        return []
    rows = gate.scope(request.user, "view", model).order_by(*(screen.get_ordering(request) or ("pk",)))
    if asked["key"]:
        rows, _many = screen.get_search_results(request, rows, asked["key"].replace("/", " "))
    keys = list(dict.fromkeys(rows.values_list("pk", flat=True)[: MOST_SUGGESTIONS * 4]))[:MOST_SUGGESTIONS]
    found = model._base_manager.in_bulk(keys)
    return [
        Meant(str(found[pk]), key_of(found[pk]), address(**{**asked, "key": key_of(found[pk])}))
        for pk in keys
        if pk in found
    ]


def table(person: User, record: Model, asked: dict[str, str]) -> list[dict[str, Any]]:
    """All that can be done to the record, each with the first thing that decides."""
    names = policy_for(type(record)).model._meta.verbose_name
    return [
        {
            "verb": capfirst(f"{words_for(verb)} this {names}"),
            "allowed": allowed,
            "text": text,
            "link": address(**{**asked, "verb": verb, "field": ""}),
        }
        for verb, allowed, text in explain_all(person, record)
    ]

"""Actions: what a person does to a record, asked for by POST, one record at a time, in the scope of its verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from unfold.enums import ActionVariant

from admin_theme.displays import counted
from admin_theme.gate import current_only, gate, leave_alone
from admin_theme.widgets import dress

MOST_RECORDS = 1_000
NAMES_SHOWN = 5
NOT_ALLOWED = "you may not do this to it."


class ActionForm(forms.Form):
    """What an action asks before it runs. Choices of records are limited to the person's scope.

    `record` is what the action is about, or None when it is about a selection.
    """

    def __init__(self, *args: Any, request: HttpRequest, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.record = record
        for asked in self.fields.values():
            if isinstance(asked, forms.ModelChoiceField) and asked.queryset is not None:
                scope = current_only(gate.scope(request.user, "view", asked.queryset.model))
                asked.queryset = asked.queryset.filter(pk__in=scope.values("pk"))
            dress(asked)

    def render_before_template(self) -> str:
        return ""

    def render_after_template(self) -> str:
        return ""


class ReasonForm(ActionForm):
    """Asks why; the words go into the history."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        help_text="Kept in the history, where colleagues read it.",
    )


@dataclass(frozen=True)
class ConsoleAction:
    """The facts of one action, read by the screens."""

    label: str
    verb: str
    ask_reason: bool
    form: type[ActionForm] | None
    confirm: str
    done: str
    leads_to: str = ""
    in_bulk: str = ""
    most: int = MOST_RECORDS
    fits: Callable[[Any], bool] = field(default=lambda record: True)  # noqa: ARG005

    def asked_form(self, request: HttpRequest, data: Any = None, record: Any = None) -> ActionForm:
        bases = [kind for kind in (self.form, ReasonForm if self.ask_reason else None) if kind]
        form_class = bases[0] if len(bases) == 1 else type("AskedForm", tuple(bases) or (ActionForm,), {})
        form: ActionForm = form_class(data, request=request, record=record)
        return form


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a selection: how many were done, and a sentence for each that was left alone, or their number and
    the page that says why."""

    done: int
    refused: Sequence[str] = ()
    left: int = 0
    page: str = ""


def console_action(
    label: str,
    *,
    verb: str = "change",
    ask_reason: bool = False,
    icon: str = "",
    variant: ActionVariant | str | None = None,
    form: type[ActionForm] | None = None,
    confirm: str = "",
    done: str = "",
    leads_to: str = "",
    in_bulk: str = "",
    most: int = MOST_RECORDS,
    fits: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a method `(self, request, record, reason)` an action of a page, a row and a selection.

    It returns the sentence shown, or None. With `form` it also gets the cleaned data as the keyword `data`.
    `confirm` says what will happen and how to take it back; `done` is the participle for "12 courses published";
    `leads_to` names the address to go to afterwards, where that is not the record's page. `in_bulk` names the method
    that does it to a whole selection of at most `most` by a few statements: `(self, request, chosen, reason)`, with the
    keyword `data` like the action itself. It asks `parted` which of the chosen it may do, and returns an `Outcome`.
    `fits` hides the button where it makes no sense (the service still refuses).
    """
    more: dict[str, Any] = {"leads_to": leads_to, "in_bulk": in_bulk, "most": most}
    more |= {"fits": fits} if fits else {}
    facts = ConsoleAction(label, verb, ask_reason, form, confirm, done, **more)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def view(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
            first = args[0] if args else kwargs["object_id"]
            if isinstance(first, QuerySet):
                return act_on_selection(self, request, function, facts, first)
            return act_on_record(self, request, function, facts, str(first))

        view.console = facts  # type: ignore[attr-defined]
        view.short_description = label  # type: ignore[attr-defined]
        view.icon = icon or None  # type: ignore[attr-defined]
        view.variant = ActionVariant(variant) if variant else ActionVariant.DEFAULT  # type: ignore[attr-defined]
        view.attrs = {}  # type: ignore[attr-defined]
        view.url_path = function.__name__.replace("_", "-")  # type: ignore[attr-defined]
        view.dialog = {"title": label}  # type: ignore[attr-defined]
        return view

    return decorate


def is_console_action(method: Any) -> bool:
    return isinstance(getattr(method, "console", None), ConsoleAction)


def verb_of(method: Any) -> str:
    verb: str = method.console.verb
    return verb


def act_on_record(
    admin: Any, request: HttpRequest, function: Callable[..., Any], facts: ConsoleAction, object_id: str
) -> HttpResponse:
    """The dialog for a GET the dialog script makes, the deed for a POST, 405 for anything else."""
    record = admin.require_record(request, object_id)
    asks_for_dialog = request.method == "GET" and request.headers.get("HX-Request") == "true"
    if request.method != "POST" and not asks_for_dialog:
        return HttpResponseNotAllowed(["POST"])
    if not admin.may(request, facts.verb, record):
        raise PermissionDenied
    form = facts.asked_form(request, request.POST if request.method == "POST" else None, record)
    if request.method == "POST" and form.is_valid():
        try:
            sentence = run(admin, request, function, facts, form, [record])
        except (ValidationError, ProtectedError) as broken:
            form.add_error(None, words_of(broken))
        else:
            messages.success(request, sentence or f"{facts.label}: done.")
            return follow(request, reverse(facts.leads_to)) if facts.leads_to else back_to(admin, request, record)
    if request.headers.get("HX-Request") != "true":
        messages.error(request, first_error(form))
        return back_to(admin, request, record)
    context = {"form": form, "record": record, "facts": facts, "name": admin.opts.verbose_name}
    return render(request, "admin_theme/dialog.html", context)


def run(
    admin: Any,
    request: HttpRequest,
    function: Callable[..., Any],
    facts: ConsoleAction,
    form: ActionForm,
    records: list[Any],
) -> str | None:
    """Does it to one record inside one operation."""
    data = dict(form.cleaned_data)
    reason = data.pop("reason", "")
    extra = {"data": data} if facts.form else {}
    title = f"{facts.label}: {records[0]}"[:200]
    with gate.operation(by=request.user, reason=reason, title=title):
        sentence: str | None = function(admin, request, records[0], reason, **extra)
    return sentence


def act_on_selection(
    admin: Any, request: HttpRequest, function: Callable[..., Any], facts: ConsoleAction, queryset: QuerySet[Any]
) -> HttpResponse | None:
    """Asks once for all, then does it to each record on its own and says what became of each."""
    number = queryset.count()
    if number > facts.most:
        messages.error(request, f"At most {facts.most:,} records at a time. Narrow the list down.")
        return None
    confirmed = "_confirmed" in request.POST
    form = facts.asked_form(request, request.POST if confirmed else None)
    if not confirmed or not form.is_valid():
        return ask_about_selection(admin, request, facts, form, queryset, number)
    data = dict(form.cleaned_data)
    reason = data.pop("reason", "")
    extra = {"data": data} if facts.form else {}
    in_bulk = getattr(admin, facts.in_bulk) if facts.in_bulk else partial(one_by_one, admin, function, facts)
    try:
        outcome: Outcome = in_bulk(request, queryset, reason, **extra)
    except ValidationError as broken:
        messages.error(request, words_of(broken))
        return None
    tell_outcome(admin, request, facts, outcome)
    return HttpResponseRedirect(outcome.page) if outcome.page else None


def parted(request: HttpRequest, verb: str, chosen: QuerySet[Any]) -> tuple[list[Any], list[str]]:
    """The records this person may do it to, and a sentence for each other one, of which the audit hears."""
    within = gate.scope(request.user, verb, chosen.model).filter(pk__in=[record.pk for record in chosen])
    allowed = set(within.values_list("pk", flat=True))
    forbidden = [record for record in chosen if record.pk not in allowed]
    if forbidden:
        words = f"{counted(chosen.model, len(forbidden))} of {len(chosen):,} left alone."
        leave_alone(request, verb, chosen.model, words, forbidden[0].pk if len(forbidden) == 1 else None)
    theirs = [record for record in chosen if record.pk in allowed]
    return theirs, [f"{record}: {NOT_ALLOWED}" for record in forbidden]


def one_by_one(
    admin: Any,
    function: Callable[..., Any],
    facts: ConsoleAction,
    request: HttpRequest,
    chosen: QuerySet[Any],
    reason: str,
    **extra: Any,
) -> Outcome:
    """What is done to a selection where nobody has written how to do it faster."""
    theirs, forbidden = parted(request, facts.verb, chosen)
    done: int = 0
    refused: list[str] = []
    title = f"{facts.label}: {len(chosen):,} {admin.opts.verbose_name_plural}"
    with gate.operation(by=request.user, reason=reason, title=title):
        for record in theirs:
            try:
                with transaction.atomic():
                    function(admin, request, record, reason, **extra)
                done += 1
            except (ValidationError, ProtectedError) as broken:
                refused.append(f"{record}: {words_of(broken)}")
    return Outcome(done, [*refused, *forbidden])


def tell_outcome(admin: Any, request: HttpRequest, facts: ConsoleAction, outcome: Outcome) -> None:
    """One sentence for what was done, one for what was left alone and why."""
    if outcome.done:
        words = facts.done or f"done ({facts.label.lower()})"
        messages.success(request, f"{counted(admin.model, outcome.done)} {words}.")
    refused = outcome.refused
    if number := outcome.left or len(refused):
        more = f" And {len(refused) - NAMES_SHOWN:,} more." if len(refused) > NAMES_SHOWN else ""
        why = " ".join(refused[:NAMES_SHOWN]) or "Below stands why."
        messages.warning(request, f"{counted(admin.model, number)} left alone. {why}{more}")


def ask_about_selection(
    admin: Any, request: HttpRequest, facts: ConsoleAction, form: ActionForm, queryset: QuerySet[Any], number: int
) -> HttpResponse:
    """The page between choosing an action and doing it; it changes nothing."""
    return TemplateResponse(
        request,
        "admin_theme/confirm_selection.html",
        {
            **admin.admin_site.each_context(request),
            "title": f"{facts.label}: {counted(admin.model, number)}",
            "opts": admin.opts,
            "facts": facts,
            "form": form,
            "records": list(queryset[: NAMES_SHOWN * 2]),
            "number": number,
            "counted": counted(admin.model, number),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "selection_name": ACTION_CHECKBOX_NAME,
            "select_across": request.POST.get("select_across", "0"),
            "action_name": request.POST.get("action", ""),
        },
    )


def back_to(admin: Any, request: HttpRequest, record: Model) -> HttpResponse:
    """To the record's page, or to the list when the record is gone; the dialog script follows a header."""
    names = f"{admin.admin_site.name}:{admin.opts.app_label}_{admin.opts.model_name}"
    try:
        exists = record.pk is not None and admin.get_queryset(request).filter(pk=record.pk).exists()
        address = reverse(f"{names}_change", args=[record.pk]) if exists else reverse(f"{names}_changelist")
    except NoReverseMatch:
        address = reverse(f"{admin.admin_site.name}:index")
    return follow(request, address, stay=True)


def follow(request: HttpRequest, address: str, *, stay: bool = False) -> HttpResponse:
    """To the address; a dialog stays on the page that it was opened from when told so."""
    if request.headers.get("HX-Request") != "true":
        return HttpResponseRedirect(address)
    here = request.headers.get("HX-Current-URL") if stay else ""
    return HttpResponse(headers={"HX-Redirect": here or address})


def words_of(broken: Exception) -> str:
    """The sentence of a refusal."""
    if isinstance(broken, ValidationError):
        return " ".join(broken.messages)
    return "Other records need it. Archive it instead."


def first_error(form: ActionForm) -> str:
    for name, errors in form.errors.items():
        label = form.fields[name].label or capfirst(name) if name in form.fields else ""
        return f"{label}: {errors[0]}" if label else str(errors[0])
    return "Nothing was done."

"""Writing down who was refused, who found nothing, and who saw the console as somebody else."""

from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest

from admin_theme.gate import Refusal, left_alone_of, refusal_of
from apps.audit.models import AccessEvent

Kind = AccessEvent.Kind
NO_PAGES = {"jsi18n"}
"""Asked for by every page itself, and the same for everybody."""


def record_event(kind: str, *, actor: Any, seen_as: Any = None, **facts: Any) -> AccessEvent:
    """One row of the ledger, with the address and the request id of what is being done now."""
    return AccessEvent.objects.create(kind=kind, actor_id=actor.pk, seen_as_id=getattr(seen_as, "pk", None), **facts)


def record_request(request: HttpRequest, status: int, *, actor: Any, seen_as: Any = None) -> AccessEvent | None:
    """The one row of this request, when it leaves any: what was refused, not found, or seen as somebody."""
    if request.resolver_match and request.resolver_match.url_name in NO_PAGES:
        return None
    left_alone = left_alone_of(request)
    if status == 403 or left_alone:
        kind, what = Kind.REFUSED, left_alone or refusal_of(request) or what_was_asked(request)
    elif status == 404:
        kind, what = Kind.NOT_FOUND, what_was_asked(request)
    elif seen_as is not None:
        kind, what = Kind.SEEN_AS, what_was_asked(request)
    else:
        return None
    return record_event(
        kind,
        actor=actor,
        seen_as=seen_as,
        method=str(request.method)[:10],
        path=request.path.replace("\0", "")[:500],
        status=status,
        verb=what.verb,
        model_label=what.model._meta.label_lower if what.model else "",
        object_key=str(what.key if what.key is not None else "").replace("\0", "")[:100],
        detail=what.detail,
    )


def what_was_asked(request: HttpRequest) -> Refusal:
    """The kind of record and its key as the address names them, whether they exist or not."""
    match = request.resolver_match
    key = match.kwargs.get("object_id") if match else None
    return Refusal("", model_in(request.path), key)


def model_in(path: str) -> type[Model] | None:
    """The model of an address of the console, `/admin/app/model/...`."""
    parts = path.split("/")
    for app_label, name in pairwise(parts):
        try:
            return apps.get_model(app_label, name)
        except (LookupError, ValueError):
            continue
    return None

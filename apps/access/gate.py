"""The console's gate: every screen asks the policies, and every change it makes is one operation."""

from contextlib import AbstractContextManager
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from apps.audit.object_history import object_history_view
from apps.audit.recording import change_set
from apps.records.policy import has_policy, policy_for, scope


class PolicyGate:
    """What `admin_theme` asks, answered by the policies and the audit."""

    def scope(self, user: Any, verb: str, model: type[Model]) -> QuerySet[Any]:
        return scope(user, verb, model)

    def may(self, user: Any, verb: str, model: type[Model], record: Model | None = None) -> bool:
        return policy_for(model).may(user, verb, record)

    def masked_fields(self, user: Any, model: type[Model]) -> frozenset[str]:
        return policy_for(model).masked_fields(user) if has_policy(model) else frozenset()

    def operation(self, *, by: Any, reason: str, title: str) -> AbstractContextManager[Any]:
        return change_set(by=by, reason=reason, title=title, channel="screen")

    def history_view(self, model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        return object_history_view(model_admin, request, object_id)

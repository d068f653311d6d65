"""Which kind the rows of a list are exported as."""

from django.db.models import Model

from imports.types import KINDS
from imports.types.base import ImportKind


def kind_of(model: type[Model]) -> ImportKind | None:
    """The kind a model is exported as, if there is one."""
    return next((kind for kind in KINDS.values() if kind.model is model), None)

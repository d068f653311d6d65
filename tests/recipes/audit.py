"""Change sets, refusals, and the switch that lets a reset through."""

from model_bakery.recipe import Recipe, foreign_key

from apps.audit.models import AccessEvent, AppendOnlySwitch, ChangeSet
from tests.recipes.accounts import person

change_set = Recipe(ChangeSet, actor=None, title="Something was changed", counts=dict)
append_only_switch = Recipe(AppendOnlySwitch, reason="A test needs it.")
access_event = Recipe(
    AccessEvent,
    kind=AccessEvent.Kind.REFUSED,
    actor=foreign_key(person),
    method="POST",
    path="/admin/catalog/course/1/publish/",
    status=403,
    verb="publish",
    model_label="catalog.course",
    object_key="1",
)

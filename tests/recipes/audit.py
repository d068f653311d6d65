"""Change sets, and the switch that lets a reset through."""

from model_bakery.recipe import Recipe

from apps.audit.models import AppendOnlySwitch, ChangeSet

change_set = Recipe(ChangeSet, actor=None, title="Something was changed", counts=dict)
append_only_switch = Recipe(AppendOnlySwitch, reason="A test needs it.")

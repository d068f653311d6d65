"""Other people's headers and values: what they probably mean, what may not stand, and what was chosen before."""

from imports.mapping.checking import check_mapping
from imports.mapping.names import exact_mapping, suggest_kind, suggest_mapping
from imports.mapping.saved import fitted, offered_mappings, save_mapping
from imports.mapping.values import suggest_value

__all__ = [
    "check_mapping",
    "exact_mapping",
    "fitted",
    "offered_mappings",
    "save_mapping",
    "suggest_kind",
    "suggest_mapping",
    "suggest_value",
]

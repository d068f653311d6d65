"""What narrows a list, as chips that can be taken away one by one."""

from typing import Any, NamedTuple

from django.contrib.admin import BooleanFieldListFilter, ChoicesFieldListFilter, RelatedFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

TRUTH = {"1": "Yes", "0": "No", "True": "Yes", "False": "No"}


class Chip(NamedTuple):
    title: str
    value: str
    link: str


def chips_of(changelist: ChangeList, request: HttpRequest) -> list[Chip]:
    """One chip for each filter in force, in the order of the filters."""
    chips = []
    for spec in changelist.filter_specs:
        for name in filter(None, spec.expected_parameters()):
            values = [value for value in request.GET.getlist(name) if value]
            if values:
                shown = ", ".join(words_for(spec, value) for value in values)
                link = changelist.get_query_string(remove=[name])
                chips.append(Chip(title_of(spec, name), shown, link))
    return chips


def title_of(spec: Any, name: str) -> str:
    title = str(spec.title)
    ends = {"_from": "from", "_to": "up to"}
    return next((f"{title} {words}" for end, words in ends.items() if name.endswith(end)), title)


def words_for(spec: Any, value: str) -> str:
    """The value in the words the filter offers it in."""
    if isinstance(spec, ChoicesFieldListFilter):
        return {str(key): str(words) for key, words in spec.field.flatchoices}.get(value, value)
    if isinstance(spec, BooleanFieldListFilter):
        return TRUTH.get(value, value)
    offered = getattr(spec, "lookup_choices", None)
    if offered is None or not isinstance(offered, list | tuple):
        return value
    words = {str(key): str(label) for key, label in offered}
    return words.get(value, "chosen" if isinstance(spec, RelatedFieldListFilter) else value)

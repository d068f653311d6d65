"""Finding a record by what people type for it, whatever they type, and saying what that is."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import CharField, Field, Model, TextField

from apps.records.models import NaturalKeyModel
from apps.records.policy import policy_for

LARGEST_NUMBER = 2**63 - 1
LONGEST_KEY = 500
SHORT = ("code", "slug", "name", "number")


def key_paths(model: type[Model]) -> tuple[str, ...]:
    """The paths to the parts of a record's key: its natural key, what its policy says, or its number."""
    if issubclass(model, NaturalKeyModel):
        return model.natural_key_fields
    return policy_for(model).key_paths or ("pk",)


def find(model: type[Model], key: str) -> Model | None:
    """The record with this key, its parts joined by `/`, compared without case; None for anything else."""
    paths = key_paths(model)
    parts = parts_of(key, paths)
    lookup = dict(lookups(model, paths, parts)) if parts else {}
    if len(lookup) != len(paths):
        return None
    return model._base_manager.filter(**lookup).order_by("pk").first()


def key_by_path(model: type[Model], key: str) -> dict[str, str]:
    """The parts of a key under their paths; empty when it has not as many as it should."""
    paths = key_paths(model)
    return dict(zip(paths, parts_of(key, paths), strict=False))


def parts_of(key: str, paths: tuple[str, ...]) -> list[str]:
    """One part for each path, or none; only an e-mail address may hold a slash itself."""
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        return []
    if len(paths) == 1:
        return [key.strip()]
    parts = [part.strip() for part in key.split("/")]
    surplus = len(parts) - len(paths)
    place = next((number for number, path in enumerate(paths) if path.endswith("email")), None)
    if surplus > 0 and place is not None:
        parts[place : place + surplus + 1] = ["/".join(parts[place : place + surplus + 1])]
    return parts if len(parts) == len(paths) else []


def lookups(model: type[Model], paths: tuple[str, ...], parts: list[str]) -> Any:
    for path, part in zip(paths, parts, strict=True):
        field = field_at(model, path)
        if isinstance(field, CharField | TextField):
            yield f"{path}__iexact", part
            continue
        try:
            value = field.to_python(part)
        except (ValidationError, ValueError):
            continue
        if not isinstance(value, int) or 0 <= value <= LARGEST_NUMBER:
            yield path, value


def field_at(model: type[Model], path: str) -> "Field[Any, Any]":
    *way, last = path.split("__")
    for name in way:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model._meta.pk if last == "pk" else model._meta.get_field(last)  # type: ignore[return-value]


def key_of(record: Model) -> str:
    """What to type to find this record again."""
    parts = []
    for path in key_paths(type(record)):
        value: Any = record
        for name in path.split("__"):
            value = getattr(value, name)
        parts.append(str(value))
    return "/".join(parts)


def key_in_words(model: type[Model]) -> str:
    """What the parts of a key are called: "course code / module code"."""
    words = []
    for path in key_paths(model):
        *way, last = path.split("__")
        field = field_at(model, path)
        name = "number" if last == "pk" else str(field.verbose_name)
        words.append(f"{field.model._meta.verbose_name} {name}" if way or name in SHORT else name)
    return " / ".join(words)

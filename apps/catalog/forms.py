"""Fields and forms of the catalog's screens."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.widgets import UnfoldAdminTextareaWidget

from admin_theme.actions import ActionForm
from admin_theme.displays import EMPTY, quiet
from admin_theme.widgets import dress
from apps.catalog.models import Category, Course
from apps.catalog.queries import categories_below, category_tree
from apps.catalog.services import suggest_version_code, warnings_before_publication

MOST_LINES, LONGEST_LINE = 50, 300


class LinesWidget(UnfoldAdminTextareaWidget):
    """A text to write lines in; where they may only be read, the page asks it for the list as it is."""

    read_only = True
    """It shows itself to those who may only read."""

    def render(self, name: str, value: Any, *args: Any, **kwargs: Any) -> SafeString:
        if isinstance(value, list):
            return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in value)) or quiet(EMPTY)
        written: SafeString = super().render(name, value, *args, **kwargs)
        return written


class LinesField(forms.Field):
    """A list of short texts, one on each line."""

    widget = LinesWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "One on each line.")
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"At most {MOST_LINES} lines; these are {len(lines)}.")
        if longest := next((line for line in lines if len(line) > LONGEST_LINE), ""):
            raise forms.ValidationError(f"At most {LONGEST_LINE} characters on a line; “{longest[:40]}…” has more.")
        return lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


def tree_choices(categories: QuerySet[Category], empty: str) -> list[tuple[Any, str]]:
    """The choices of a select: categories in the order of the tree, indented."""
    rows = category_tree(categories, Course.objects.none())
    return [("", empty), *((row.pk, "\u2003" * row.depth + row.name) for row in rows)]  # type: ignore[attr-defined]


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; it is not offered itself or anything below it as its parent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (parent := self.fields.get("parent")) is None:
            return
        if self.instance.pk:
            below = categories_below(self.instance).values("pk")
            parent.queryset = parent.queryset.exclude(pk__in=below)  # type: ignore[attr-defined]
        parent.widget.choices = tree_choices(parent.queryset, "At the top")  # type: ignore[attr-defined]


class CourseForm(forms.ModelForm):  # type: ignore[type-arg]
    """The facts of a course. Its status and its learners change by actions."""

    requirements = LinesField()
    skills = LinesField()
    learning_objectives = LinesField()
    tags = LinesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (category := self.fields.get("category")) is not None:
            category.widget.choices = tree_choices(category.queryset, "No category yet")  # type: ignore[attr-defined]


class PublishForm(ActionForm):
    """Asks to confirm what a course is short of, when it is short of anything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None and (warnings := warnings_before_publication(self.record)):
            self.fields["confirmed"] = dress(
                forms.BooleanField(
                    label="Publish it all the same",
                    help_text=" ".join(warnings),
                    error_messages={"required": "Tick the box to publish it all the same."},
                )
            )


class CategoryChoiceForm(ActionForm):
    """Asks for a category."""

    category = forms.ModelChoiceField(queryset=Category.objects.all())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        category.widget.choices = tree_choices(category.queryset, "Choose a category")  # type: ignore[attr-defined]


class VersionForm(ActionForm):
    """Asks for the code and the title of a new version."""

    code = forms.CharField(max_length=60, help_text="What people will type.")
    title = forms.CharField(max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.initial = {"code": suggest_version_code(self.record), "title": self.record.title}

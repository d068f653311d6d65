"""The builder: columns in their order, groups, figures and a period, chosen from what is open to the person."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from admin_theme.widgets import dress
from apps.access.models import Role
from apps.reports.definition import MOST_GROUPS, ROWS, Definition, Step, narrowing
from apps.reports.making import table_for
from apps.reports.models import Report
from apps.reports.periods import Period
from apps.reports.policy import roles_of
from apps.reports.sources import Source
from apps.reports.sources.base import Column

FIGURE_WORDS = {"sum": "Sum", "average": "Average", "least": "Least", "most": "Most"}
NOTHING = ("", "—")


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick, in columns."""

    template_name = "reports/boxes.html"


class OrderedColumns(forms.CheckboxSelectMultiple):
    """Boxes in the order in which the columns stand in the file: the chosen ones first, and a way to move each."""

    template_name = "reports/columns.html"

    class Media:
        js = (forms.Script("reports/builder.js", defer=True),)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        chosen = [str(one) for one in value or ()]
        choices = list(self.choices)
        places = {one: at for at, one in enumerate(chosen)}
        self.choices = sorted(choices, key=lambda choice: places.get(str(choice[0]), len(places)))
        try:
            return super().get_context(name, value, attrs)
        finally:
            self.choices = choices


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    """`user` and `list_source` are given by the screen; nothing can be chosen that is not open to the person."""

    user: ClassVar[Any]
    list_source: ClassVar[Source]

    columns = forms.MultipleChoiceField(
        label="In this order",
        required=False,
        widget=OrderedColumns,
        help_text="Where rows are grouped, the groups and figures below take their place.",
    )
    group_1 = forms.ChoiceField(label="Group by", required=False)
    group_2 = forms.ChoiceField(label="then by", required=False)
    group_3 = forms.ChoiceField(label="and by", required=False)
    figures = forms.MultipleChoiceField(
        required=False,
        widget=Boxes,
        help_text="For each group; without groups they stand below the rows.",
    )
    order = forms.ChoiceField(label="Order", required=False)
    period_column = forms.ChoiceField(label="Only rows whose", required=False)
    period = forms.ChoiceField(label="lies in", required=False, choices=[NOTHING, *Period.choices])
    shared_with = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        label="Share with",
        required=False,
        widget=Boxes,
        help_text=str(Report._meta.get_field("shared_with").help_text),
    )

    class Meta:
        model = Report
        fields = ("name", "description", "listing", "shared_with")
        widgets: ClassVar[dict[str, Any]] = {"listing": forms.HiddenInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_columns = self.list_source.columns_for(self.user)
        self._offer()
        if self.instance.pk:
            self._begin_with(self.instance.definition)
        elif not self.is_bound:
            self.initial.setdefault("columns", list(self.list_source.first))
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                dress(field)
        self.fields["shared_with"].queryset = self._roles()  # type: ignore[attr-defined]

    def _offer(self) -> None:
        columns = self.open_columns
        offered: dict[str, list[tuple[Any, Any]]] = {
            "columns": [(name, column.label) for name, column in columns.items()],
            "figures": [(ROWS, "Number of rows"), *figure_choices(columns)],
            "period_column": [NOTHING, *((one.name, one.label) for one in columns.values() if one.is_date)],
            "order": order_choices(columns),
        }
        offered |= {f"group_{at + 1}": [NOTHING, *group_choices(columns)] for at in range(MOST_GROUPS)}
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _begin_with(self, definition: Definition) -> None:
        groups = (*definition.groups, "", "", "")
        self.initial.update({f"group_{at + 1}": groups[at] for at in range(MOST_GROUPS)})
        for name in ("columns", "figures"):
            self.initial[name] = list(getattr(definition, name))
        for name in ("order", "period_column", "period", "listing"):
            self.initial[name] = getattr(definition, name)
        self.initial["columns"] = self.initial["columns"] or list(self.list_source.first)

    def _roles(self) -> Any:
        """Their own roles, and those it is shared with already; administrators choose any."""
        roles = Role.objects.filter(is_active=True)
        if not self.user.is_superuser:
            roles = roles.filter(pk__in=roles_of(self.user).values("pk"))
        if self.instance.pk:
            roles = roles | Role.objects.filter(pk__in=self.instance.shared_with.values("pk"))
        return roles.distinct()

    def clean_listing(self) -> str:
        return narrowing(self.cleaned_data.get("listing") or "")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = Report.objects.filter(owner=self.instance.owner_id or self.user.pk, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError("You have a report of this name already. Choose another one.")
        return name

    def clean(self) -> dict[str, Any]:
        """Everything a report needs to be made is tried: what the person gets is what they saved."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if bool(data.get("period")) != bool(data.get("period_column")):
            self.add_error("period", "Choose both what lies in a period, and which period.")
        elif data.get("group_1") and not data.get("figures"):
            self.add_error("figures", "Choose what to tell of each group, for example the number of rows.")
        else:
            try:
                self.table = table_for(self.definition(), self.user)
            except ValidationError as broken:
                self.add_error(None, broken)
        return data

    def definition(self) -> Definition:
        data = self.cleaned_data
        groups = [data[f"group_{at + 1}"] for at in range(MOST_GROUPS)]
        return Definition(
            self.list_source.key,
            columns=tuple(data["columns"]),
            listing=data["listing"],
            period_column=data["period_column"],
            period=data["period"],
            groups=tuple(dict.fromkeys(one for one in groups if one)),
            figures=tuple(data["figures"]),
            order=data["order"],
        )

    def save(self, commit: bool = True) -> Report:  # noqa: FBT001, FBT002
        self.instance.take(self.definition())
        if not self.instance.pk:
            self.instance.owner = self.user
        report: Report = super().save(commit)
        return report


def group_choices(columns: dict[str, Column]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, column in columns.items():
        if column.is_date:
            found += [(f"{name}:{step.value}", f"{column.label} by {step.label}") for step in Step]
        else:
            found.append((name, column.label))
    return found


def figure_choices(columns: dict[str, Column]) -> list[tuple[str, str]]:
    return [
        (f"{function}:{name}", f"{words} of {column.label.lower()}")
        for name, column in columns.items()
        if column.is_number
        for function, words in FIGURE_WORDS.items()
    ]


def order_choices(columns: dict[str, Column]) -> list[tuple[str, str]]:
    """By any column, group or figure, either way; what the file does not show is passed over."""
    named = [
        *((name, column.label) for name, column in columns.items()),
        *((name, words) for name, words in group_choices(columns) if ":" in name),
        (ROWS, "Number of rows"),
        *figure_choices(columns),
    ]
    both = ((f"{mark}{name}", f"{label}, {way}") for name, label in named for mark, way in WAYS)
    return [("", "As the list is"), *both]


WAYS = (("", "smallest or first at the top"), ("-", "largest or last at the top"))

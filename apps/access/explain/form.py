"""The form of "May they …?": who, may do what, of which kind, to which record, and to which field of it."""

from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst

from admin_theme.widgets import dress
from apps.access.explain.fields import VERBS_OF_FIELDS, fields_of
from apps.access.explain.keys import key_in_words
from apps.access.explain.words import words_for
from apps.accounts.models import User
from apps.records.policy import Policy, all_policies, policy_for

MOST_COLLEAGUES = 300
FIRST_VERBS = ("view", "add", "change", "delete", "archive", "publish", "grant", "import", "export")


def kinds() -> list[Policy]:
    """Every kind of record a policy guards, by name."""
    return sorted(all_policies(), key=lambda one: str(one.model._meta.verbose_name_plural).lower())


def verbs() -> list[str]:
    """Everything that can be asked about, what is asked most first."""
    known = {verb for one in all_policies() for verb in one.verbs}
    return [*FIRST_VERBS, *sorted(known - set(FIRST_VERBS), key=words_for)]


class SuggestingInput(forms.TextInput):
    """A text field with suggestions below it."""

    template_name = "access/suggesting_input.html"
    suggestions: Any = ()

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}-suggestions"
        return {**context, "suggestions": self.suggestions}


class SelectOfVerbs(forms.Select):
    """Each verb says on which kinds it makes sense; the page's script leaves the others out."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        option = super().create_option(name, value, *args, **kwargs)
        fitting = [one.model._meta.label_lower for one in all_policies() if value in one.verbs]
        if value:
            option["attrs"]["data-kinds"] = " ".join(fitting)
        return option


class SelectOfKinds(forms.Select):
    """Each kind says what its records are called by."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"]["data-key"] = key_in_words(apps.get_model(value))
        return option


class QuestionForm(forms.Form):
    """Everything but the person may be left open; the page then says what can be asked."""

    person = forms.CharField(label="May", max_length=254, widget=SuggestingInput)
    verb = forms.ChoiceField(label="do what", required=False, widget=SelectOfVerbs)
    model = forms.ChoiceField(label="to which kind of record", required=False, widget=SelectOfKinds)
    key = forms.CharField(label="to which one", max_length=500, required=False)
    field = forms.ChoiceField(label="only this field of it", required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in ("person", "verb", "model", "key", "field"):
            dress(self.fields[name])
        colleagues = User.objects.filter(is_staff=True, is_active=True).order_by("last_name", "first_name")
        self.fields["person"].widget.suggestions = [(one.email, str(one)) for one in colleagues[:MOST_COLLEAGUES]]
        self.fields["person"].widget.attrs |= {"placeholder": "Name or e-mail address", "autocomplete": "off"}
        self.fields["verb"].choices = [("", "Everything"), *((verb, words_for(verb)) for verb in verbs())]  # type: ignore[attr-defined]
        names = [(one.model._meta.label_lower, capfirst(str(one.model._meta.verbose_name))) for one in kinds()]
        self.fields["model"].choices = [("", "Choose a kind"), *names]  # type: ignore[attr-defined]
        self.fields["key"].widget.attrs["placeholder"] = self.placeholder(data or {})
        self.fields["field"].choices = self.choices_of_field(data or {})  # type: ignore[attr-defined]

    def placeholder(self, data: Any) -> str:
        model = self.model_in(data)
        return capfirst(key_in_words(model)) if model else "Its code or name"

    def choices_of_field(self, data: Any) -> list[tuple[str, str]]:
        model = self.model_in(data)
        if model is None or data.get("verb") not in VERBS_OF_FIELDS:
            return [("", "The whole record")]
        names = [(field.name, capfirst(str(field.verbose_name))) for field in fields_of(model)]
        return [("", "The whole record"), *sorted(names, key=lambda pair: pair[1])]

    def model_in(self, data: Any) -> type[Model] | None:
        label = data.get("model", "")
        return next((one.model for one in all_policies() if one.model._meta.label_lower == label), None)

    def asks_about_field(self) -> bool:
        """Whether there is a choice of fields to show."""
        return len(self.fields["field"].choices) > 1  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        model, verb = self.model_in(asked), asked.get("verb", "")
        if verb and model is None and "model" not in self.errors:
            self.add_error("model", "Say on which kind of record.")
        elif model is not None and verb and verb not in policy_for(model).verbs:
            names = model._meta.verbose_name_plural
            self.add_error("verb", f"There is no “{words_for(verb)}” for {names}. Choose something else.")
        if asked.get("key") and model is None and not self.errors:
            self.add_error("model", "Say which kind of record this is.")
        return asked

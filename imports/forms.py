"""What people fill in on the way of an import; the pages show these, the services decide."""

from typing import Any

from django import forms

from imports.readers import ENCODINGS
from imports.readers.csv_table import DELIMITERS


class UploadForm(forms.Form):
    """A file, and what is known about it beforehand. What is wrong with the file itself is said by the guard."""

    file = forms.FileField(
        allow_empty_file=True,
        error_messages={"required": "Choose a file to upload.", "missing": "Choose a file to upload."},
    )
    kind = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Choose what the rows are."})
    encoding = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds)
        offer(self, "encoding", list(ENCODINGS.items()))


class ReadingForm(forms.Form):
    """How the file is to be read, where the first reading was not right; only what is posted is changed."""

    kind = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Choose what the rows are."})
    encoding = forms.ChoiceField(required=False, error_messages={"invalid_choice": "Choose one of the encodings."})
    delimiter = forms.CharField(required=False, max_length=1, strip=False)
    sheet = forms.CharField(required=False, max_length=100, strip=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", kinds)
        offer(self, "encoding", list(ENCODINGS.items()))

    def clean_delimiter(self) -> str:
        delimiter: str = self.cleaned_data["delimiter"]
        if delimiter and delimiter not in DELIMITERS:
            raise forms.ValidationError("Choose what stands between the cells.")
        return delimiter

    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}

    def faults(self) -> str:
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


class ApplyForm(forms.Form):
    """How the plan is applied."""

    ALL, GOOD = "all", "good"

    rows = forms.ChoiceField(choices=[(ALL, "All or nothing"), (GOOD, "Good rows only")])
    notify = forms.BooleanField(required=False)
    confirmation = forms.CharField(required=False, max_length=40)


def offer(form: forms.Form, field: str, choices: list[tuple[str, str]]) -> None:
    """The choices of a field that may also be left to the program."""
    form.fields[field].choices = [("", "Recognize it"), *choices]  # type: ignore[attr-defined]

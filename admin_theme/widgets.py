"""Form controls of our own forms in the look of the console."""

from django import forms
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES, RADIO_CLASSES, SELECT_CLASSES, TEXTAREA_CLASSES

CLASSES: tuple[tuple[type[forms.Widget], list[str]], ...] = (
    (forms.CheckboxInput, CHECKBOX_CLASSES),
    (forms.CheckboxSelectMultiple, CHECKBOX_CLASSES),
    (forms.RadioSelect, RADIO_CLASSES),
    (forms.Select, SELECT_CLASSES),
    (forms.Textarea, TEXTAREA_CLASSES),
    (forms.widgets.Input, INPUT_CLASSES),
)


def dress(field: forms.Field) -> forms.Field:
    """Gives a plain form field the classes of the console's own controls."""
    for kind, names in CLASSES:
        if isinstance(field.widget, kind):
            if "class" not in field.widget.attrs:
                field.widget.attrs["class"] = " ".join(names)
            break
    return field

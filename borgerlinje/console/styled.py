"""How the console's forms look and behave: the design's controls, every fault beside its field, no CPR number in a text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from borgerlinje.kit.errors import BorgerlinjeError
from borgerlinje.kit.personal_data import check_no_cpr

_CLASSES = ((forms.CheckboxInput, ""), (forms.Textarea, "bl-area bl-area--low"), (forms.Select, "bl-select"))


def no_cpr(text: str) -> None:
    """Refuse a text that holds what looks like a CPR number. Raises ValidationError."""
    try:
        check_no_cpr(text)
    except BorgerlinjeError as error:
        raise ValidationError(str(error)) from error


def text_field(
    label: Any, length: int, *, rows: int = 0, required: bool = False, help_text: Any = "", missing: Any = ""
) -> forms.CharField:
    """Return a field for at most `length` characters, of `rows` lines (0: a single one); `missing` is said when it is left empty."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=help_text,
        validators=[no_cpr],
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={
            "required": missing or _("Feltet skal udfyldes."),
            "max_length": _("Teksten er for lang. Skriv højst %(limit_value)d tegn."),
        },
    )


def number_field(
    label: Any, *, least: int, most: int, required: bool = True, help_text: Any = ""
) -> forms.IntegerField:
    """Return a field for a whole number in [least, most]."""
    fault = _("Skriv et helt tal fra %(least)d til %(most)d.") % {"least": least, "most": most}
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), fault),
    )


class Styled(forms.Form):
    """A form drawn with the design's controls; a fault is named by the field it belongs to."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)


def style(form: forms.BaseForm) -> None:
    """Give each field of a form its control. Django itself says to screen readers where help (`_helptext`) and faults (`_error`) stand."""
    for field in form.fields.values():
        drawn = next((css for widget, css in _CLASSES if isinstance(field.widget, widget)), "bl-input")
        if drawn:
            field.widget.attrs.setdefault("class", drawn)
        if isinstance(field, forms.CharField) and field.max_length:
            field.widget.attrs.setdefault("maxlength", field.max_length)

"""The guide's four forms: as few fields as a first call needs, the rest has a good answer already."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from borgerlinje.console.centres.forms import AuthorityFields
from borgerlinje.console.lines.numbering import NumbersField, check_free
from borgerlinje.console.staff.forms import INITIAL, NAME
from borgerlinje.console.styled import Styled, no_cpr, text_field
from borgerlinje.cooperation.models import Centre
from borgerlinje.staff.models import User


class FirstCentreForm(AuthorityFields):
    """The centre, and the authority that houses it."""

    centre_name = text_field(
        gettext_lazy("Centrets navn"), 80, required=True, missing=gettext_lazy("Skriv, hvad centret skal hedde.")
    )
    field_order = ("centre_name", "kind", "code", "name", "cvr")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="center")
        self.fields["name"].label = gettext_lazy("Værtens navn")
        self.fields["code"].label = gettext_lazy("Værtens kode")
        self.fields["kind"].label = gettext_lazy("Værten er en")
        del self.fields["cvr"]

    def clean_cvr(self) -> str:
        """Return nothing: it can be written later."""
        return ""

    def authority_values(self) -> dict[str, Any]:
        """Return what is stored of the host."""
        return {name: self.cleaned_data[name] for name in ("kind", "code", "name")}


class FirstMemberForm(AuthorityFields):
    """Another member, with the centre from today on."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="medlem")
        del self.fields["cvr"]

    def authority_values(self) -> dict[str, Any]:
        """Return what is stored of the member."""
        return {name: self.cleaned_data[name] for name in ("kind", "code", "name")}


class FirstLineForm(Styled):
    """A line by its name and its number; it is open on weekdays, and everybody who works for the centre may answer."""

    name = text_field(
        gettext_lazy("Linjens navn"),
        80,
        required=True,
        help_text=gettext_lazy("Det siges, når borgeren ringer."),
        missing=gettext_lazy("Skriv, hvad linjen hedder. Det siges, når borgeren ringer."),
    )
    numbers = NumbersField(
        gettext_lazy("Nummer"),
        required=True,
        help_text=gettext_lazy(
            "Det nummer, borgerne ringer til: otte cifre eller et kort nummer. Flere skilles med komma."
        ),
        missing=gettext_lazy("Skriv nummeret."),
    )

    def __init__(self, data: Any = None, *, centre: Centre | None) -> None:
        super().__init__(data, prefix="linje", initial={"name": centre.name if centre else ""})

    def clean_numbers(self) -> list[str]:
        """Return digits that no line has."""
        digits: list[str] = self.cleaned_data["numbers"]
        check_free(digits)
        return digits


class FirstEmployeeForm(Styled):
    """The person themselves as an employee."""

    given_name = forms.CharField(
        label=gettext_lazy("Dit fornavn"),
        max_length=40,
        validators=[NAME, no_cpr],
        help_text=gettext_lazy("Borgeren får det at vide."),
        error_messages={"required": gettext_lazy("Skriv fornavnet. Det er det, borgeren får at vide.")},
    )
    letter = forms.CharField(
        label=gettext_lazy("Forbogstav i efternavn"),
        max_length=2,
        validators=[INITIAL],
        error_messages={
            "required": gettext_lazy("Skriv forbogstavet, så to med samme fornavn kan kendes fra hinanden."),
        },
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        names = user.name.split()
        first, last = (names[0] if names else ""), (names[-1][:1] if len(names) > 1 else "")
        super().__init__(data, prefix="dig", initial={"given_name": first, "letter": last.upper()})

    def clean_letter(self) -> str:
        """Return the letters as capitals begin a name."""
        return str(self.cleaned_data["letter"]).capitalize()

"""A centre and an authority; every fault at once, each beside its field."""

import re
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import Styled, text_field
from borgerlinje.cooperation.cvr import is_cvr
from borgerlinje.cooperation.models import Authority, Centre

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,11}")
_MUNICIPALITY: Final = re.compile(r"\d{3}")
_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})


class AuthorityFields(Styled):
    """What an authority is called, and by which code it is known."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Type"),
        choices=Authority.Kind.choices,
        initial=Authority.Kind.MUNICIPALITY,
        error_messages={"required": gettext_lazy("Vælg en type."), "invalid_choice": gettext_lazy("Vælg en type.")},
    )
    code = text_field(
        gettext_lazy("Kode"),
        12,
        required=True,
        help_text=gettext_lazy("En kommunes tre cifre, fx 370. For andre en kort forkortelse, fx digst."),
        missing=gettext_lazy("Skriv koden. En kommunes er dens kommunekode med tre cifre."),
    )
    name = text_field(
        gettext_lazy("Navn"),
        80,
        required=True,
        help_text=gettext_lazy("En kommune uden ordet Kommune, fx Næstved."),
        missing=gettext_lazy("Skriv, hvad myndigheden hedder."),
    )
    cvr = text_field(gettext_lazy("CVR-nummer"), 11, help_text=gettext_lazy("Otte cifre. Kan udfyldes senere."))

    def __init__(self, *args: Any, authority: Authority | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority = authority

    def clean_code(self) -> str:
        """Return the code in small letters. Raises ValidationError for one that is another's, or that no address can hold."""
        code = str(self.cleaned_data["code"]).strip().lower()
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(_("Koden må kun have tal, bogstaverne a–z og bindestreg."))
        others = Authority.objects.exclude(pk=self.authority.pk) if self.authority else Authority.objects.all()
        other = others.filter(code=code).first()
        if other is not None:
            raise forms.ValidationError(
                _("Koden %(code)s bruges af %(name)s. Find myndigheden på listen, eller ret koden.")
                % {"code": code, "name": other.full_name}
            )
        return code

    def clean_name(self) -> str:
        """Return the name without the word that is written after every municipality's."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        is_municipality = self.data.get(self.add_prefix("kind")) == Authority.Kind.MUNICIPALITY
        return name.removesuffix(" Kommune").removesuffix(" kommune") if is_municipality else name

    def clean_cvr(self) -> str:
        """Return the eight digits. Raises ValidationError for a number whose check digit does not fit."""
        digits = "".join(str(self.cleaned_data["cvr"]).removeprefix("DK").split())
        if digits and not is_cvr(digits):
            raise forms.ValidationError(
                _("%(digits)s er ikke et CVR-nummer: cifrene passer ikke sammen. Se efter en tastefejl.")
                % {"digits": digits}
            )
        return digits

    def clean(self) -> dict[str, Any]:
        """Refuse a municipality without the three digits of its code."""
        values: dict[str, Any] = super().clean() or {}
        is_municipality = values.get("kind") == Authority.Kind.MUNICIPALITY
        if is_municipality and "code" in values and not _MUNICIPALITY.fullmatch(values["code"]):
            self.add_error("code", _("En kommunekode er tre cifre, fx 370."))
        return values

    def authority_values(self) -> dict[str, Any]:
        """Return what is stored of the valid form's authority."""
        return {name: self.cleaned_data[name] for name in ("kind", "code", "name", "cvr")}


class AuthorityForm(AuthorityFields):
    """An authority that is made or changed."""


class NewAuthorityForm(AuthorityFields):
    """A new authority, and who keeps its people until it has somebody of its own."""

    keeps = forms.BooleanField(
        label=gettext_lazy("Jeg administrerer dens medarbejdere, til den selv har nogen"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Ellers kan ingen oprette dens første konto. Rollen kan tages fra dig igen."),
    )


class CentreForm(Styled):
    """What a centre is called, and who houses it."""

    name = text_field(gettext_lazy("Navn"), 80, required=True, missing=gettext_lazy("Skriv, hvad centret hedder."))
    host = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Vært"),
        help_text=gettext_lazy("Den myndighed, der huser centret. Dens sekretariat sætter centrets linjer op."),
        error_messages={
            "required": gettext_lazy("Vælg den myndighed, der huser centret."),
            "invalid_choice": gettext_lazy("Vælg en af myndighederne på listen."),
        },
    )
    editors_approve_own = forms.BooleanField(
        label=gettext_lazy("Redaktører må godkende deres egne ændringer i guiderne"),
        required=False,
        help_text=gettext_lazy(
            "Ellers skal en anden redaktør læse teksten, før borgerne gør. Er I kun én, så sæt kryds."
        ),
    )

    def __init__(self, *args: Any, hosts: "QuerySet[Authority]", centre: Centre | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.centre = centre
        field: Any = self.fields["host"]
        field.queryset = hosts

    def clean_name(self) -> str:
        """Return the name. Raises ValidationError for one that another centre has."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = Centre.objects.exclude(pk=self.centre.pk) if self.centre else Centre.objects.all()
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(
                _("Et andet center hedder det samme. Vælg et navn, de kan kendes fra hinanden på.")
            )
        return name


def slug_of(name: str) -> str:
    """Return an address for a centre that no other has."""
    wanted = slugify(name.lower().translate(_LETTERS))[:40] or "center"
    taken = set(Centre.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    tried = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in tried if slug not in taken)

"""Who somebody is, where they work and which roles they hold; every fault at once, each beside its field."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from borgerlinje.console.styled import Styled, no_cpr
from borgerlinje.cooperation.models import Authority, Centre
from borgerlinje.kit import clock
from borgerlinje.staff.models import Clearance, Employee, EmployeeCentre, RoleAssignment, User
from borgerlinje.staff.roles import ROLE_NAMES, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

LETTERS = r"[^\W\d_]"
NAME = RegexValidator(
    rf"^{LETTERS}(?:{LETTERS}|[ '’.-])*$",
    gettext_lazy("Et navn begynder med et bogstav og har kun bogstaver, mellemrum, punktum, bindestreg og apostrof."),
)
INITIAL = RegexValidator(rf"^{LETTERS}{{1,2}}$", gettext_lazy("Skriv ét eller to bogstaver, fx H."))


def date_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """Return a field for a date."""
    fault = gettext_lazy("Vælg en dato.")
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": fault, "invalid": fault},
    )


def clearance_field() -> forms.ChoiceField:
    """Return a field for how far help may go."""
    fault = gettext_lazy("Vælg, hvor langt hjælpen må gå.")
    return forms.ChoiceField(
        label=gettext_lazy("Omfang"),
        choices=Clearance.choices,
        initial=Clearance.LIGHT_CASEWORK,
        error_messages={"required": fault, "invalid_choice": fault},
    )


def offer(field: Any, choices: "QuerySet[Any]") -> None:
    """Give a field of a form what can be chosen: the only one beforehand, of several none."""
    field.queryset = choices
    field.empty_label = _("Vælg …") if field.required or len(choices) > 1 else _("Ingen")
    if len(choices) == 1:
        field.initial = choices[0].pk


class PersonForm(Styled):
    """Name, employer, first day and e-mail address."""

    given_name = forms.CharField(
        label=gettext_lazy("Fornavn"),
        max_length=40,
        validators=[NAME, no_cpr],
        error_messages={
            "required": gettext_lazy("Skriv fornavnet. Det er det, borgeren får at vide."),
            "max_length": gettext_lazy("Fornavnet er for langt. Skriv højst 40 tegn."),
        },
    )
    initial = forms.CharField(  # type: ignore[assignment] # Django takes fields out of the class
        label=gettext_lazy("Forbogstav i efternavn"),
        max_length=2,
        validators=[INITIAL],
        error_messages={
            "required": gettext_lazy("Skriv forbogstavet, så to med samme fornavn kan kendes fra hinanden."),
            "max_length": gettext_lazy("Skriv ét eller to bogstaver, fx H."),
        },
    )
    employer = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Ansat hos"),
        error_messages={
            "required": gettext_lazy("Vælg den myndighed, der har ansat personen."),
            "invalid_choice": gettext_lazy("Vælg en af dine egne myndigheder."),
        },
    )
    from_on = date_field(gettext_lazy("Ansat fra"))
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Personen logger på med den. Tomt: ingen konto."),
        error_messages={
            "invalid": gettext_lazy("Det ligner ikke en e-mailadresse. Skriv den som navn@myndighed.dk."),
            "max_length": gettext_lazy("Adressen er for lang. Skriv højst 254 tegn."),
        },
    )

    def __init__(
        self, *args: Any, employers: "QuerySet[Authority]", employee: Employee | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.employee = employee
        offer(self.fields["employer"], employers)

    def clean_initial(self) -> str:
        """Return the letters as capitals begin a name."""
        return str(self.cleaned_data["initial"]).capitalize()

    def clean_email(self) -> str:
        """Return the address in small letters. Raises ValidationError for one that is another's, or that is in use."""
        email = str(self.cleaned_data["email"]).lower()
        user = self.employee.user if self.employee else None
        if user is not None and not email:
            raise forms.ValidationError(_("Kontoen har brug for en adresse. Skriv en, eller stop kontoen i stedet."))
        if user is not None and email != user.email and user.has_usable_password():
            raise forms.ValidationError(
                _("Kontoen er i brug, så adressen kan kun skiftes af personen selv under Min konto. Behold %(email)s.")
                % {"email": user.email}
            )
        others = User.objects.exclude(pk=user.pk) if user is not None else User.objects.all()
        if email and others.filter(email=email).exists():
            raise forms.ValidationError(
                _("En anden konto bruger allerede adressen. Find personen på listen, eller skriv en anden adresse.")
            )
        return email


class NewPersonForm(PersonForm):
    """A new employee: who, and where they begin."""

    centre = forms.ModelChoiceField(
        Centre.objects.none(),
        label=gettext_lazy("Arbejder for centret"),
        required=False,
        help_text=gettext_lazy("Uden et center får personen ingen henvendelser. Flere kan lægges til bagefter."),
        error_messages={"invalid_choice": gettext_lazy("Vælg et center, som din myndighed er med i.")},
    )
    clearance = clearance_field()
    role = forms.ChoiceField(
        label=gettext_lazy("Rolle"),
        required=False,
        initial=Role.EMPLOYEE.value,
        help_text=gettext_lazy("Rollen gælder hos den myndighed, der har ansat personen."),
        error_messages={"invalid_choice": gettext_lazy("Vælg en rolle, du må give.")},
    )

    def __init__(self, *args: Any, centres: "QuerySet[Centre]", administers: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.administers = administers
        offer(self.fields["centre"], centres)
        self.fields["role"].choices = [("", _("Ingen")), *_role_choices(bool(administers))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a role without an account, and one that the person may not give."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("role") and "email" in values and not values["email"]:
            self.add_error("email", _("En rolle hører til en konto. Skriv en e-mailadresse, eller vælg ingen rolle."))
        employer = values.get("employer")
        if values.get("role") == Role.ADMINISTRATOR and employer and employer.pk not in self.administers:
            self.add_error("role", _("Kun en administrator hos myndigheden kan gøre andre til administrator."))
        return values


class WorkForm(Styled):
    """Work for a centre in an interval."""

    centre = forms.ModelChoiceField(
        Centre.objects.none(),
        label=gettext_lazy("Center"),
        error_messages={
            "required": gettext_lazy("Vælg et center."),
            "invalid_choice": gettext_lazy("Vælg et center, som din myndighed er med i."),
        },
    )
    clearance = clearance_field()
    from_on = date_field(gettext_lazy("Fra og med"))
    to_on = date_field(
        gettext_lazy("Til (ikke med)"), required=False, help_text=gettext_lazy("Tomt: til det afsluttes.")
    )

    def __init__(self, data: Any = None, *, employee: Employee, centres: "QuerySet[Centre]") -> None:
        super().__init__(data, prefix="work", initial={"from_on": max(clock.today(), employee.from_on)})
        self.employee = employee
        offer(self.fields["centre"], centres)

    def clean(self) -> dict[str, Any]:
        """Refuse an interval outside the employment, the wrong way round, or beside another for the same centre."""
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("from_on"), values.get("to_on")
        check_span(self, self.employee, first, last)
        if first and values.get("centre"):
            same = EmployeeCentre.objects.filter(employee=self.employee, centre=values["centre"])
            if _overlaps(same, first, last):
                self.add_error("centre", _("Personen arbejder allerede for centret i den tid. Afslut det først."))
        return values

    def save(self) -> EmployeeCentre:
        """Store the valid form's work."""
        return EmployeeCentre.objects.create(employee=self.employee, **self.cleaned_data)


class RoleForm(Styled):
    """A role at an authority in an interval."""

    role = forms.ChoiceField(
        label=gettext_lazy("Rolle"),
        error_messages={
            "required": gettext_lazy("Vælg en rolle."),
            "invalid_choice": gettext_lazy("Vælg en rolle, du må give."),
        },
    )
    authority = forms.ModelChoiceField(
        Authority.objects.none(),
        label=gettext_lazy("Hos"),
        error_messages={
            "required": gettext_lazy("Vælg den myndighed, rollen gælder hos."),
            "invalid_choice": gettext_lazy("Vælg en af dine egne myndigheder."),
        },
    )
    from_on = date_field(gettext_lazy("Fra og med"))
    to_on = date_field(
        gettext_lazy("Til (ikke med)"), required=False, help_text=gettext_lazy("Tomt: til den afsluttes.")
    )

    def __init__(
        self, data: Any = None, *, employee: Employee, authorities: "QuerySet[Authority]", administers: frozenset[int]
    ) -> None:
        first = max(clock.today(), employee.from_on)
        super().__init__(data, prefix="role", initial={"from_on": first, "authority": employee.employer_id})
        self.employee, self.administers = employee, administers
        offer(self.fields["authority"], authorities)
        self.fields["role"].choices = [("", _("Vælg …")), *_role_choices(bool(administers))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a role without an account, one the person may not give, and one that is held already."""
        values: dict[str, Any] = super().clean() or {}
        first, last, authority = values.get("from_on"), values.get("to_on"), values.get("authority")
        check_span(self, self.employee, first, last)
        if self.employee.user is None:
            self.add_error(None, _("En rolle hører til en konto. Giv personen en e-mailadresse først."))
            return values
        if values.get("role") == Role.ADMINISTRATOR and authority and authority.pk not in self.administers:
            self.add_error("role", _("Kun en administrator hos myndigheden kan gøre andre til administrator."))
        if first and authority and values.get("role"):
            same = RoleAssignment.objects.filter(user=self.employee.user, authority=authority, role=values["role"])
            if _overlaps(same, first, last):
                self.add_error("role", _("Personen har allerede rollen hos myndigheden i den tid. Afslut den først."))
        return values

    def save(self) -> RoleAssignment:
        """Store the valid form's role. Needs an employee with an account."""
        assert self.employee.user is not None  # noqa: S101 - for the type: `clean` has refused it
        return RoleAssignment.objects.create(user=self.employee.user, **self.cleaned_data)


class LeavingForm(Styled):
    """The last day of work."""

    last_on = date_field(gettext_lazy("Sidste arbejdsdag"))

    def __init__(self, data: Any = None, *, employee: Employee) -> None:
        super().__init__(data, prefix="leaving")
        self.employee = employee

    def clean_last_on(self) -> date:
        """Return the day. Raises ValidationError for one that is over, or before the first."""
        day: date = self.cleaned_data["last_on"]
        if day < clock.today():
            raise forms.ValidationError(_("Dagen er gået. Vælg i dag eller en senere dag."))
        if day < self.employee.from_on:
            raise forms.ValidationError(_("Dagen ligger før ansættelsen begynder. Vælg en senere dag."))
        return day


def check_span(form: forms.Form, employee: Employee, first: date | None, last: date | None) -> None:
    """Add what is wrong with an interval of work to a form."""
    if first and last and last <= first:
        form.add_error("to_on", _("Det slutter, før det begynder. Vælg en senere dag."))
    if first and first < employee.from_on:
        form.add_error("from_on", _("Personen er ikke ansat endnu den dag. Vælg ansættelsens første dag eller senere."))
    if first and employee.to_on and first >= employee.to_on:
        form.add_error("from_on", _("Personen er holdt op den dag. Vælg en dag før."))
    elif employee.to_on and (last is None or last > employee.to_on):
        form.add_error("to_on", _("Personen holder op før det. Vælg højst dagen efter den sidste arbejdsdag."))


def _overlaps(rows: Any, first: date, last: date | None) -> bool:
    found = rows.exclude(to_on__lte=first)
    return bool((found.filter(from_on__lt=last) if last else found).exists())


def _role_choices(administers: bool) -> list[tuple[str, Any]]:  # noqa: FBT001 - private, and called beside its meaning
    roles = [role for role in Role if administers or role is not Role.ADMINISTRATOR]
    return [(role.value, ROLE_NAMES[role]) for role in roles]

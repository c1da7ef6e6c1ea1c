"""A new guide: its title and its name in addresses; the rest is written in the editor."""

import re
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from borgerlinje.console.guides.access import EDITS, edits_common
from borgerlinje.console.standing import user_of
from borgerlinje.console.styled import no_cpr
from borgerlinje.guides.actions import do_add_guide
from borgerlinje.guides.carrying.checks import RESERVED
from borgerlinje.guides.clean import one_line
from borgerlinje.guides.content import Channel, Content, Text
from borgerlinje.guides.markdown import Read
from borgerlinje.guides.models import Guide
from borgerlinje.kit import clock
from borgerlinje.kit.errors import NotAllowedError
from borgerlinje.staff.permission import allowed

_LONGEST: Final = 80
_LETTERS: Final = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_TAKEN: Final = _("Der er allerede en guide med det navn. Skriv et andet navn, eller ret den guide, der er.")


class NewGuideForm(forms.Form):
    """What a guide begins with."""

    title = forms.CharField(
        label=_("Titel"),
        max_length=120,
        help_text=_("Det, borgeren vil: fx »Bestil nyt sundhedskort«."),
        validators=[no_cpr],
        error_messages={
            "required": _("Skriv en titel: det, borgeren vil."),
            "max_length": _("Titlen er for lang. Skriv højst 120 tegn."),
        },
        widget=forms.TextInput(attrs={"class": "bl-input", "autofocus": True}),
    )
    slug = forms.CharField(
        label=_("Navn i adressen"),
        max_length=_LONGEST,
        required=False,
        help_text=_(
            "Små bogstaver, tal og bindestreger. Lad det stå tomt, så laves det af titlen. Det kan ikke ændres senere."
        ),
        error_messages={"max_length": _("Navnet er for langt. Skriv højst 80 tegn.")},
        widget=forms.TextInput(attrs={"class": "bl-input", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_title(self) -> str:
        """Return the title without markup."""
        title = one_line(self.cleaned_data["title"])
        if not title:
            raise ValidationError(_("Skriv en titel: det, borgeren vil."))
        return title

    def clean(self) -> None:
        """Make the name in addresses of the title where none is given, and see that no other guide has it."""
        title = self.cleaned_data.get("title")
        if title is None or "slug" in self.errors:
            return
        given = self.cleaned_data.get("slug", "")
        slug = given or slug_of(title)
        if not _SLUG.fullmatch(slug):
            self.add_error(
                "slug", _("Navnet må kun have små bogstaver fra a til z, tal og bindestreger: fx »nyt-sundhedskort«.")
            )
        elif slug in RESERVED:
            self.add_error("slug", _("Navnet bruges af siderne selv. Skriv et andet."))
        elif Guide.objects.filter(slug=slug).exists():
            self.add_error("slug", _TAKEN)
        self.cleaned_data["slug"] = slug


def slug_of(title: str) -> str:
    """Return a title as it stands in an address; Danish letters as they are written where there are none."""
    return slugify(title.lower().translate(_LETTERS))[:_LONGEST].strip("-")


@allowed(*EDITS)
@require_http_methods(["GET", "HEAD", "POST"])
def guide_new(request: HttpRequest) -> HttpResponse:
    """Begin a guide: a draft with nothing but its title. Raises NotAllowedError for who writes no common text."""
    if not edits_common(request):
        raise NotAllowedError
    form = NewGuideForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        content = Content({"da": Text(form.cleaned_data["title"], "")}, channels=(Channel.SELF_SERVICE, Channel.PHONE))
        try:
            with transaction.atomic():
                do_add_guide(Read(form.cleaned_data["slug"], "", content), now=clock.now(), by=user_of(request))
        except IntegrityError:
            form.add_error("slug", _TAKEN)
        else:
            return redirect("console:guide_edit", slug=form.cleaned_data["slug"])
    return render(request, "console/guides/edit_new.html", {"form": form}, status=422 if form.is_bound else 200)

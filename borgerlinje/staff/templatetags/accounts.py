"""Whether anybody can sign in, for the page where one does."""

from django import template

from borgerlinje.staff.first_account import is_without_accounts

register = template.Library()


@register.simple_tag
def no_accounts() -> bool:
    """Tell whether there is no account yet."""
    return is_without_accounts()

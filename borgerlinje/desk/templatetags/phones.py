"""The employee's own telephones, as a desk shows them."""

from django import template

from borgerlinje.contacts.models import Contact
from borgerlinje.desk.phone_state import Moving, moving_of

register = template.Library()


@register.simple_tag
def moving(contact: Contact) -> Moving:
    """Return which of the employee's own telephones a conversation can be moved to, and is being moved to."""
    return moving_of(contact)

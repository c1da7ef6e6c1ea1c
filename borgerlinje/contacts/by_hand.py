"""Conversations on a telephone of the employee's own: no channel, and no browser, of ours carries them."""

from typing import Final

# An SQL condition on a contact called `c`.
REACHED_BY_HAND: Final = """c.state = 'connected'
   AND EXISTS (SELECT 1 FROM contacts_contactevent e
                WHERE e.contact_id = c.id AND e.name = 'citizen_reached' AND e.data ->> 'by' = 'hand')"""

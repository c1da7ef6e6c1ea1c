"""What an employee says of a contact when closing it. Pure; the values are those of `contacts.models`' choices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Closing:
    """The answers of the closing form.

    `home_check` is what the employee says of the home authority; with "corrected" `home_authority_id` is the right one, with
    "outside" it may be. `subject_item_id` is the subject's row when the text names one. `note` None leaves it as it was saved last.
    """

    outcome: str
    subject: str = ""
    subject_item_id: int | None = None
    nature: str = ""
    home_check: str = ""
    home_authority_id: int | None = None
    help_reason: str = ""
    note: str | None = None

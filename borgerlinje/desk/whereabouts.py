"""On which of an employee's own telephones they are, or are rung."""

from borgerlinje.channels.phone.models import EmployeePhone
from borgerlinje.contacts.models import Contact
from borgerlinje.dispatch.models import Transfer, TransferEnd
from borgerlinje.staff.models import Employee


def is_in_browser(employee: Employee, conversation: Contact | None) -> bool:
    """Tell whether the employee's conversation is in the browser, or (None: there is none) whether their calls ring there."""
    last = _last_move(employee, conversation) if conversation else None
    if last is not None:
        return last.digits == EmployeePhone.Kind.BROWSER
    phone: EmployeePhone | None = getattr(employee, "phone", None)
    return phone is None or phone.kind == EmployeePhone.Kind.BROWSER


def _last_move(employee: Employee, conversation: Contact) -> Transfer | None:
    moves = Transfer.objects.filter(contact=conversation, employee=employee, mode=Transfer.Mode.MOVE)
    return moves.filter(ended_as=TransferEnd.HANDED_OVER).order_by("ended_at").last()

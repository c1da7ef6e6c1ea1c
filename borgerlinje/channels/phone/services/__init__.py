"""What a citizen meets in each state of a call: the greeting, the menu, the waiting room, the voicemail."""

from collections.abc import Callable
from typing import Final

from borgerlinje.channels.phone.services.base import Service, Talk
from borgerlinje.channels.phone.services.greeting import Greeting
from borgerlinje.channels.phone.services.menu_session import MenuSession
from borgerlinje.channels.phone.services.recorder import Recorder
from borgerlinje.channels.phone.services.voicemail import VoicemailSession
from borgerlinje.channels.phone.services.waiting_room import WaitingRoom
from borgerlinje.contacts.lifecycle import State

_SERVICES: Final[dict[State, Callable[[Talk], Service]]] = {
    State.ARRIVED: Greeting,
    State.IN_MENU: MenuSession,
    State.WAITING: WaitingRoom,
    State.OFFERED: WaitingRoom,
    State.VOICEMAIL: VoicemailSession,
    State.CONNECTED: Recorder,
}


def service_of(state: State, talk: Talk) -> Service | None:
    """Return a new service for a call in a state; None where nobody but people talks with the citizen."""
    make = _SERVICES.get(state)
    return make(talk) if make else None

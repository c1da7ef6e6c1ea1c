"""The rows of the telephone."""

from borgerlinje.channels.phone.models.accounts import EmployeePhone, PhoneCheck, PhoneEndpoint
from borgerlinje.channels.phone.models.network import Server, Trunk, TrunkState
from borgerlinje.channels.phone.models.outgoing import DoNotCall, OutgoingCall, OutgoingPolicy, Text
from borgerlinje.channels.phone.models.recordings import Recording, RecordingAccess

__all__ = [
    "DoNotCall",
    "EmployeePhone",
    "OutgoingCall",
    "OutgoingPolicy",
    "PhoneCheck",
    "PhoneEndpoint",
    "Recording",
    "RecordingAccess",
    "Server",
    "Text",
    "Trunk",
    "TrunkState",
]

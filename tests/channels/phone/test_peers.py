"""How telephone servers know one another."""

from borgerlinje.channels.phone.network import peers
from borgerlinje.channels.phone.network.peers import Peer

SECRET = b"installation"
A, B = Peer("a", "10.0.0.11", 5060, SECRET), Peer("b", "b.example", 5062, SECRET)


def test_phone_at_another_server_is_dialled_by_way_of_it() -> None:
    assert peers.address("bl-e-1", "b", own="a") == "bl-e-1@bl-peer-b"
    assert peers.address("bl-e-1", "a", own="a") == "bl-e-1"
    assert peers.address("bl-r-1", "", own="a") == "bl-r-1"


def test_each_proves_to_be_itself_with_what_the_other_asks_for() -> None:
    asked_by_b = peers.objects(A, own="b")["auth"]
    assert peers.own_objects("a", SECRET)["auth"] == asked_by_b
    assert peers.objects(A, own="b")["endpoint"]["auth"] == "bl-peer-a"
    assert peers.objects(B, own="a")["endpoint"]["outbound_auth"] == peers.own_auth("a")
    assert peers.objects(B, own="a")["endpoint"]["from_user"] == "bl-peer-a"


def test_password_differs_for_each_server_and_installation() -> None:
    made = {peers.password(secret, name) for secret in (SECRET, b"other") for name in ("a", "b")}
    assert len(made) == 4
    assert "installation" not in repr(A)


def test_server_is_believed_from_its_own_address_only() -> None:
    assert peers.objects(A, own="b")["endpoint"]["permit"] == "10.0.0.11/32"
    assert peers.objects(A, own="b")["endpoint"]["deny"] == "0.0.0.0/0,::/0"
    # A name is resolved by Asterisk when it calls; who calls is known by the password alone.
    assert "permit" not in peers.objects(B, own="a")["endpoint"]


def test_nobody_transfers_through_another_server() -> None:
    endpoint = peers.objects(A, own="b")["endpoint"]
    assert (endpoint["allow_transfer"], endpoint["context"], endpoint["identify_by"]) == (
        "no",
        "from-peers",
        "username",
    )

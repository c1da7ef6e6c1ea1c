"""A telephone provider for tests: a real Asterisk of its own, which takes a customer's registration and has a network behind it."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from borgerlinje.channels.phone.pbx.configuration import Reach
from borgerlinje.kit import clock, unprivileged
from tests.support.telephone import Telephone, running_asterisk

USER, PASSWORD = "kunde", "hemmelig-nok"
HOST, CUSTOMER_HOST, WORLD_HOST = "127.0.0.11", "127.0.0.10", "127.0.0.2"

# The customer is known by name when it registers and by its address when it calls; it is called over the connection it opened.
_PJSIP = """
[{user}]
type=endpoint
context=from-customer
auth={user}
aors={user}
disallow=all
allow=alaw
direct_media=no
media_encryption={encryption}
identify_by=username,ip
trust_id_inbound=yes
rewrite_contact=yes
[{user}]
type=auth
auth_type=userpass
username={user}
password={password}
[{user}]
type=aor
max_contacts=1
remove_existing=yes
[{user}]
type=identify
endpoint={user}
match={customer}
[world]
type=endpoint
context=from-world
aors=world
disallow=all
allow=alaw
direct_media=no
identify_by=ip
[world]
type=aor
contact=sip:{world}:{world_port}
[world]
type=identify
endpoint=world
match={world}
"""

# The short form of a number comes to the registered name with the number beside it, the long form in the number's own name.
_DIALPLAN = """
[from-customer]
exten => _[+0-9].,1,Dial(PJSIP/${EXTEN}@world)
 same => n,Hangup(${HANGUPCAUSE})
[from-world]
exten => _XXXXXXXX,1,Dial(PJSIP/kunde,,b(told^s^1(${EXTEN})))
 same => n,Hangup(${HANGUPCAUSE})
exten => _45XXXXXXXX,1,Dial(PJSIP/${EXTEN}@kunde)
 same => n,Hangup(${HANGUPCAUSE})
[told]
exten => s,1,Set(PJSIP_HEADER(add,P-Called-Party-ID)=<sip:${ARG1}@udbyder.example>)
 same => n,Return()
"""


def make_certificate(file: Path) -> None:
    """Write a certificate for the provider's address with its key, readable to the account that works here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = clock.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    unprivileged.give(file)


@contextmanager
def running_provider(folder: Path, *, encrypts: bool, world_port: int, tls_port: int) -> Iterator[Telephone]:
    """Run a provider for the block; the telephone at WORLD_HOST and `world_port` is the network behind it."""
    pjsip = _PJSIP.format(
        user=USER,
        password=PASSWORD,
        encryption="sdes" if encrypts else "no",
        customer=CUSTOMER_HOST,
        world=WORLD_HOST,
        world_port=world_port,
    )
    # Its own trunk is nobody's: whoever calls is the customer or the world.
    reach = Reach(HOST, ("127.0.0.99/32",), ("127.0.0.99/32",), tls_port=tls_port)
    with running_asterisk(
        folder, reach=reach, extra_files=(("pjsip.conf", pjsip), ("extensions.conf", _DIALPLAN))
    ) as one:
        yield one


def contacts_of(provider: Telephone) -> str:
    """Return what the provider's console says of who has registered."""
    return provider.ask(f"pjsip show aor {USER}")

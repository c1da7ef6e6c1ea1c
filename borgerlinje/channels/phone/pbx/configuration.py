"""The configuration files Asterisk is started with, as text. Pure: values in, files out.

Only the modules the product needs are loaded, by name: `chan_pjsip` declines without `res_pjsip_pubsub`, `res_srtp` without
`res_crypto`, and a module that declines is an error at start (see `asterisk.py`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from borgerlinje.channels.phone.pbx import dialplan

ARI_USER = "borgerlinje"
TRUNK = "bl-trunk"
STRANGER = "bl-stranger"
# Channel variables that come with every channel in every event: enough to find a call's place again after a crash.
CHANNEL_VARIABLES = ("BL_CONTACT", "BL_DIALLED")

MODULES: Final = """
res_timing_timerfd
codec_alaw codec_ulaw codec_a_mu codec_g722 codec_resample codec_opus_open_source res_format_attr_opus
format_wav format_pcm format_sln
bridge_simple bridge_native_rtp bridge_softmix bridge_builtin_features
res_sorcery_config res_sorcery_memory res_sorcery_astdb
res_pjproject res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_rfc3326 res_pjsip_dtmf_info
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip
res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_registrar res_pjsip_caller_id
res_pjsip_nat res_pjsip_refer res_pjsip_header_funcs res_pjsip_transport_websocket res_pjsip_diversion
res_pjsip_acl res_pjsip_path res_pjsip_empty_info res_pjsip_pubsub res_pjsip_outbound_registration chan_pjsip
res_crypto res_srtp res_rtp_asterisk res_http_websocket res_websocket_client
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop res_stasis_device_state app_stasis
res_ari res_ari_model res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels
res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings
res_musiconhold pbx_config app_dial app_echo app_playback app_verbose app_stack
func_callerid func_channel func_cut func_logic func_strings func_hangupcause func_timeout
""".split()  # noqa: SIM905 - read and changed as a text
BROADCAST_MODULES = ("res_stasis_broadcast", "app_stasis_broadcast")
# Asterisk complains about each of these when it is missing.
_EMPTY_FILES = [
    "acl",
    "ccss",
    "features",
    "udptl",
    "pjproject",
    "websocket_client",
    "res_stasis_device_state",
    "pjsip_notify",
    "codecs",
]


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one Asterisk: SIP over UDP, HTTP (ARI and the browsers' websocket), and the media range [first, last]."""

    sip: int
    http: int
    rtp_first: int
    rtp_last: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Who may call in: the address SIP listens on, and the addresses a trunk's calls come from (networks or hosts).

    `own_matches` may always: the self-test calls from this machine itself. `external_address` is what the network knows this machine by
    where that is another address than its own; `tls_port` is where it takes calls over TLS.
    """

    bind_address: str = "127.0.0.1"
    trunk_matches: tuple[str, ...] = ("127.0.0.0/8",)
    own_matches: tuple[str, ...] = ("127.0.0.0/8",)
    external_address: str = ""
    tls_port: int = 0


@dataclass(frozen=True, slots=True)
class Tls:
    """Files for calls over TLS: our certificate, its key, and the authorities that a provider's certificate must be signed by."""

    certificate: Path
    key: Path
    authorities: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the files are made of. `system_name` stands before each channel's id: two servers count from 0 in the same second."""

    folder: Path
    modules_dir: Path
    ports: Ports
    ari_password: str
    has_broadcast: bool
    reach: Reach = Reach()
    tls: Tls | None = None
    system_name: str = ""
    run_folder: Path | None = None
    extra_modules: tuple[str, ...] = ()
    extra_files: tuple[tuple[str, str], ...] = ()


def files(plan: Plan) -> dict[str, str]:
    """Return the text of each file of the configuration folder by its name.

    `extra_files` are appended to the file of that name.
    """
    texts = {f"{name}.conf": "" for name in _EMPTY_FILES} | {
        "asterisk.conf": _asterisk(plan),
        "modules.conf": _modules(plan),
        "logger.conf": _LOGGER,
        "indications.conf": "[general]\ncountry=dk\n[dk]\ndescription=Danmark\nringcadence=1000,4000\ndial=425\nring=425/1000,0/4000\n"
        "busy=425/500,0/500\ncongestion=425/500,0/500\n",
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        "manager.conf": "[general]\nenabled=no\n",
        "http.conf": _http(plan.ports),
        "ari.conf": _ari(plan.ari_password),
        "rtp.conf": _rtp(plan.ports),
        "musiconhold.conf": "".join(
            f"[{name}]\nmode=files\ndirectory={plan.folder}/data/{folder}\nsort=alpha\n"
            for name, folder in (("default", "moh"), (dialplan.ANNOUNCED_MUSIC, "technical"))
        ),
        "sorcery.conf": _SORCERY,
        "pjsip.conf": _pjsip(plan),
        "extensions.conf": dialplan.text(
            has_broadcast=plan.has_broadcast,
            sip_port=plan.ports.sip,
            http_port=plan.ports.http,
            binds_all=plan.reach.bind_address in {"0.0.0.0", "::"},  # noqa: S104 - compared
        ),
    }
    for name, more in plan.extra_files:
        texts[name] = texts.get(name, "") + more
    return texts


def _asterisk(plan: Plan) -> str:
    folder = plan.folder
    return f"""[directories]
astetcdir => {folder}/etc
astmoddir => {plan.modules_dir}
astvarlibdir => {folder}/lib
astdbdir => {folder}/lib/db
astkeydir => {folder}
astdatadir => {folder}/data
astagidir => {folder}/data/agi
astspooldir => {folder}/spool
astrundir => {plan.run_folder or folder / "run"}
astlogdir => {folder}/log
astcachedir => {folder}/cache
[options]
verbose = 1
nocolor = yes
defaultlanguage = da
documentation_language = en_US
transmit_silence = yes
{f"systemname = {plan.system_name}" if plan.system_name else ""}
"""


def _modules(plan: Plan) -> str:
    names = [*MODULES, *(BROADCAST_MODULES if plan.has_broadcast else ()), *plan.extra_modules]
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in dict.fromkeys(names))


def _http(ports: Ports) -> str:
    # Always the loopback: in production a proxy with TLS stands in front and publishes /ws, never /ari.
    return (
        f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={ports.http}\n"
        "sessionlimit=1000\nsession_keep_alive=60000\nservername=borgerlinje\n"
    )


def _ari(password: str) -> str:
    # The default write time-out of 100 ms would drop a process that was slow for a moment.
    return (
        f"[general]\nenabled=yes\npretty=no\nchannelvars={','.join(CHANNEL_VARIABLES)}\nwebsocket_write_timeout=5000\n"
        f"[{ARI_USER}]\ntype=user\nread_only=no\npassword={password}\n"
    )


def _rtp(ports: Ports) -> str:
    return (
        f"[general]\nrtpstart={ports.rtp_first}\nrtpend={ports.rtp_last}\nstrictrtp=yes\nicesupport=yes\n"
        "rtcpinterval=5000\n"
    )


# Notices and warnings quote callers' numbers. Errors go to standard output, a log file of ours that is kept small.
_LOGGER = "[general]\ndateformat=%F %T.%3q\nqueue_log=no\n[logfiles]\nconsole => error\n"

_SORCERY = """[res_pjsip]
endpoint=config,pjsip.conf,criteria=type=endpoint
endpoint=memory
aor=config,pjsip.conf,criteria=type=aor
aor=memory
auth=config,pjsip.conf,criteria=type=auth
auth=memory
contact=memory
[res_pjsip_endpoint_identifier_ip]
identify=config,pjsip.conf,criteria=type=identify
identify=memory
[res_pjsip_outbound_registration]
registration=memory
"""
# Behind a translated address these are told our own address, everybody else the external one.
_LOCAL_NETWORKS = ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def _pjsip(plan: Plan) -> str:
    """Write the static SIP objects; accounts, providers' trunks and other telephone servers are pushed at run time.

    A request is identified by the account it names, and only then by address as the trunk's; `identify_by` keeps anybody from
    being the trunk by naming it. A browser without an account comes from the proxy's address too: the stranger's password,
    which nobody has, keeps it out, and the dialplan does when it lies about its transport.
    """
    matches = "".join(
        f"match={match}\n" for match in dict.fromkeys((*plan.reach.trunk_matches, *plan.reach.own_matches))
    )
    return f"""[global]
type=global
user_agent=Borgerlinje
endpoint_identifier_order=auth_username,username,header,ip
unidentified_request_count=20
unidentified_request_period=5
[system]
type=system
timer_t1=500
timer_b=32000
{_transports(plan)}[ws]
type=transport
protocol=ws
bind=127.0.0.1
[{TRUNK}]
type=endpoint
context=from-trunk
identify_by=ip
allow_transfer=no
disallow=all
allow=alaw,ulaw,g722
direct_media=no
rtp_symmetric=yes
trust_id_inbound=yes
rtp_timeout=60
rtp_timeout_hold=0
language=da
[{TRUNK}]
type=identify
endpoint={TRUNK}
srv_lookups=no
{matches}[{STRANGER}]
type=endpoint
context=from-employees
identify_by=header
allow_transfer=no
auth={STRANGER}
disallow=all
allow=alaw
[{STRANGER}]
type=auth
auth_type=userpass
username={STRANGER}
password={plan.ari_password[::-1]}
[{STRANGER}]
type=identify
endpoint={STRANGER}
match_header=Via: /^SIP.2.0.WS/
"""


def _transports(plan: Plan) -> str:
    """Write where SIP is spoken. TLS also serves a machine that only calls out, with a certificate of its own making."""
    external = plan.reach.external_address
    more = "".join(
        (
            f"external_media_address={external}\nexternal_signaling_address={external}\n",
            *(f"local_net={network}\n" for network in _LOCAL_NETWORKS),
        )
    )
    ports = {"udp": plan.ports.sip, "tcp": plan.ports.sip} | ({"tls": plan.reach.tls_port} if plan.tls else {})
    return "".join(
        f"[{protocol}]\ntype=transport\nprotocol={protocol}\nbind={plan.reach.bind_address}:{port}\n"
        f"{_tls(plan.tls) if protocol == 'tls' and plan.tls else ''}{more if external else ''}"
        for protocol, port in ports.items()
    )


def _tls(tls: Tls) -> str:
    authorities = f"ca_list_file={tls.authorities}\n" if tls.authorities else ""
    return f"cert_file={tls.certificate}\npriv_key_file={tls.key}\n{authorities}verify_server=yes\nverify_client=no\n"

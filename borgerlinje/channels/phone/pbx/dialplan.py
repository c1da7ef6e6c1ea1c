"""The dialplan: hands each call to the phone process, and looks after it while there is none.

With `StasisBroadcast` a call goes only to a process that claims it within half a second, so that a frozen process gets none.
Without it (before Asterisk 20.17 and 22.7) `Stasis` fails at once when no process is connected. Either way the citizen then
hears music, and when that lasts some seconds that help is on its way; meanwhile the call is offered again several times a second,
so that it loses no time once there is somebody to take it. What is heard comes from the hold music's player, which goes on beside
the attempts: an announcement played here would have to end first. Each call is answered before it is handed over, for whoever
calls is told something, and it saves the process a command.
"""

APPLICATION = "bl-phone"
ANNOUNCEMENT = "borgerlinje/technical"
ECHO = "echo"
# A class of hold music: the announcement, then the music, again and again.
ANNOUNCED_MUSIC = "technical"

# A process that died or froze is back within these rounds, as a rule, and then there is nothing to announce.
ROUNDS_OF_MUSIC = 10
_TEMPLATE = """[general]
static=yes
writeprotect=yes

[from-trunk]
; A browser comes from the proxy's address, which may be one of the trunk's, and may write any transport into its request: only
; what came in at the SIP port is from the network. Bound to every address, Asterisk names none for a datagram.
exten => _[+0-9].,1,GotoIf($[{is_from_network}]?from-net,${{EXTEN}},1)
 same => n,Hangup(21)

[from-provider]
; A trunk of the rows, which may have come in over a connection that we opened: at any port but the browsers'.
exten => _[+0-9].,1,GotoIf($[{is_from_browser}]?refused)
 same => n,Goto(from-net,${{EXTEN}},1)
 same => n(refused),Hangup(21)
; A provider we are registered with may send every call to the name we registered, and say in a header whom it is for.
exten => _bldid.,1,Set(BL_TO=${{PJSIP_HEADER(read,P-Called-Party-ID)}})
 same => n,GotoIf($[${{LEN(${{BL_TO}})}} > 0]?told)
 same => n,Set(BL_TO=${{PJSIP_HEADER(read,To)}})
 same => n(told),Set(BL_TO=${{CUT(BL_TO,@,1)}})
 same => n,Set(BL_TO=${{FILTER(+0-9,${{CUT(BL_TO,:,2)}})}})
 same => n,GotoIf($[${{LEN(${{BL_TO}})}} > 1]?from-provider,${{BL_TO}},1)
 same => n,Hangup(1)

[from-peers]
; Another telephone server of ours, which has proved to be one, rings a phone that is signed in here.
exten => _bl.,1,GotoIf($[${{REGEX("^bl-[ers]-[a-z0-9]+$" ${{EXTEN}})}}]?ring)
 same => n,Hangup(1)
 same => n(ring),Dial(PJSIP/${{EXTEN}})
 same => n,Hangup(${{HANGUPCAUSE}})

[from-net]
; A network we trust says a withheld number all the same, marked as not to be shown: nobody here is to know it.
exten => _[+0-9].,1,Set(BL_DIALLED=${{EXTEN}})
 same => n,GotoIf($["${{CALLERID(num-pres):0:6}}" != "prohib"]?shown)
 same => n,Set(CALLERID(num)=)
 same => n,Set(CALLERID(name)=)
 same => n(shown),Set(ROUND=0)
 same => n,Answer(,i)
 same => n(try),{hand_over}
 same => n,GotoIf($["${{STASISSTATUS}}"="SUCCESS"]?end)
 same => n,Set(ROUND=$[${{ROUND}}+1])
 same => n,GotoIf($[${{ROUND}} = 1]?music)
 same => n,GotoIf($[${{ROUND}} = {rounds}]?announce)
 same => n(wait),Wait(0.3)
 same => n,Goto(try)
 same => n(music),StartMusicOnHold(default)
 same => n,Goto(wait)
 same => n(announce),StartMusicOnHold({announced_music})
 same => n,Goto(wait)
 same => n(end),Hangup()

[from-citizens]
; The number a browser may call is its account's, looked up by the phone process: what it dials does not matter.
exten => _[+0-9].,1,Goto(from-net,000,1)

[from-employees]
exten => _[+0-9].,1,Hangup(21)

[from-tests]
; An employee hears in the browser what the microphone says, for a minute at most.
exten => {echo},1,Set(TIMEOUT(absolute)=60)
 same => n,Answer(,i)
 same => n,Echo()
"""


def text(*, has_broadcast: bool, sip_port: int, http_port: int, binds_all: bool) -> str:
    """Return extensions.conf. `binds_all`: SIP listens on every address of the machine."""
    hand_over = f"StasisBroadcast(500,^{APPLICATION}$,inbound)" if has_broadcast else f"Stasis({APPLICATION},inbound)"
    port, browsers = f":{sip_port}", f":{http_port}"
    is_from_network = f'"${{CHANNEL(pjsip,local_addr):-{len(port)}}}" = "{port}"'
    if binds_all:
        is_from_network += ' | "${CHANNEL(pjsip,local_addr)}" = ""'
    return _TEMPLATE.format(
        hand_over=hand_over,
        announced_music=ANNOUNCED_MUSIC,
        rounds=ROUNDS_OF_MUSIC,
        echo=ECHO,
        is_from_network=is_from_network,
        is_from_browser=f'"${{CHANNEL(pjsip,local_addr):-{len(browsers)}}}" = "{browsers}"',
    )

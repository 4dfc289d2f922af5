"""Pages that try to have a crawl fetch what it must not: private addresses in every spelling, other schemes."""

from random import Random

from tests.hostile.cases import ANSWER, LANDING, LISTED, PORTAL, SEARCH, kind
from tests.hostile.internet import Visit
from tests.hostile.text import offers, page, portal


def private(visit: Visit) -> tuple[str, ...]:
    """Addresses that lead into this machine or its network, by number, by spelling and by name."""
    trap = visit.trap
    hosts = (
        f"127.0.0.1:{trap}", f"localhost:{trap}", f"LOCALHOST.:{trap}", f"x.localhost:{trap}", f"[::1]:{trap}", f"[::]:{trap}",
        f"[::ffff:127.0.0.1]:{trap}", f"[::ffff:7f00:1]:{trap}", f"[0:0:0:0:0:0:0:1]:{trap}", f"[::127.0.0.1]:{trap}",
        f"0.0.0.0:{trap}", f"0:{trap}", f"127.1:{trap}", f"127.0.1:{trap}", f"127.127.127.127:{trap}", f"2130706433:{trap}",
        f"0x7f000001:{trap}", f"0x7f.0.0.1:{trap}", f"0177.0.0.1:{trap}", f"017700000001:{trap}", f"127.000.000.001:{trap}",
        f"①②⑦.⓪.⓪.①:{trap}", f"127。0。0。1:{trap}", f"１２７.0.0.1:{trap}", f"%31%32%37.0.0.1:{trap}",
        "169.254.169.254/latest/meta-data/", "[fd00:ec2::254]/latest/", "100.100.100.200/latest/", "169.254.170.2/v2/",
        "2852039166/latest/", "10.0.0.1", "192.168.1.1", "172.16.0.1:8080", "100.64.0.1", "[fe80::1]", "[fc00::1]", "224.0.0.1",
        "255.255.255.255", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "192.0.0.192",
        f"loop.hostile.example:{trap}", f"loop6.hostile.example:{trap}", f"mapped.hostile.example:{trap}", "ten.hostile.example",
        "home.hostile.example", "cloud.hostile.example/latest/", f"zero.hostile.example:{trap}", f"nat64.hostile.example:{trap}",
        f"turn-{visit.mark}.hostile.example:{trap}",
    )  # fmt: skip
    return tuple(f"http://{host}{'' if '/' in host else '/'}" for host in hosts)


_CLAIMS = ("user@", "www.hostile.example@", "a:b@", "")


@kind(PORTAL)
def private_ads(visit: Visit, chance: Random) -> None:
    links = chance.sample(private(visit), 8)
    visit.answer(portal(*(link.replace("http://", f"http://{chance.choice(_CLAIMS)}") for link in links)))


@kind(LISTED, ANSWER, LANDING)
def private_redirect(visit: Visit, chance: Random) -> None:
    visit.answer("", status=chance.choice((301, 302, 303, 307, 308)), Location=chance.choice(private(visit)))


@kind(LISTED, LANDING)
def private_by_script(visit: Visit, chance: Random) -> None:
    to = chance.choice(private(visit))
    way = chance.choice((f"<meta http-equiv=refresh content='0;url={to}'>", f"<script>location='{to}'</script>",
                         f"<script>location.replace('{to}')</script>", f"<script>open('{to}','_self')</script>",
                         f"<form id=f method=post action='{to}'><input name=a value=b></form><script>f.submit()</script>",
                         f"<a id=a href='{to}'>x</a><script>a.click()</script>"))  # fmt: skip
    visit.answer(page(way))


@kind(LISTED, PORTAL, SEARCH)
def private_parts(visit: Visit, chance: Random) -> None:
    """Pictures, frames, styles, scripts, sockets, beacons to private addresses: all of them on one page."""
    parts = []
    for to in private(visit):
        parts.append(
            chance.choice(
                (
                    "<img src='{0}'>",
                    "<iframe src='{0}' width=300 height=99></iframe>",
                    "<link rel=stylesheet href='{0}'>",
                    "<script src='{0}'></script>",
                    "<object data='{0}'></object>",
                    "<embed src='{0}'>",
                    "<video src='{0}'></video>",
                    "<link rel=preconnect href='{0}'><link rel=dns-prefetch href='{0}'>",
                    "<link rel=prefetch href='{0}'>",
                    "<script>fetch('{0}',{{mode:'no-cors'}}).catch(()=>0)</script>",
                    "<script>navigator.sendBeacon('{0}','x')</script>",
                    "<style>@import '{0}';@font-face{{font-family:x;src:url({0})}}</style>",
                    "<svg><image href='{0}'/></svg>",
                    "<script>try{{new WebSocket('{0}'.replace('http','ws'))}}catch(e){{}}</script>",
                    "<script>try{{new EventSource('{0}')}}catch(e){{}}</script>",
                    "<img srcset='{0} 2x'>",
                    "<script>try{{new Worker(URL.createObjectURL(new Blob([`fetch('{0}').catch(()=>0)`])))}}catch(e){{}}</script>",
                    "<script>new Image().src='{0}'</script>",
                    "<a ping='{0}' href='#x' class=p>x</a>",
                    '<script type=speculationrules>{{"prerender":[{{"source":"list","urls":["{0}"]}}]}}</script>',
                )
            ).format(to)
        )
    visit.answer(
        page("".join(parts) + "<script>document.querySelectorAll('.p').forEach(a=>a.click())</script>")
    )


@kind(LISTED, LANDING)
def turning_names(visit: Visit, chance: Random) -> None:
    """The name's first answer is public, the next are 127.0.0.1."""
    name = f"turn-{visit.mark}.hostile.example"
    if visit.host.startswith("turn-"):
        visit.answer(
            page(
                f"<img src=/a.png><iframe src=/b width=300 height=90></iframe><script>setTimeout(()=>location='http://{name}:{visit.trap}/',50)</script>"
            )
        )
    else:
        visit.answer("", status=302, Location=f"http://{name}/")


@kind(LISTED)
def webrtc(visit: Visit, chance: Random) -> None:
    to = f"127.0.0.1:{visit.trap}"
    visit.answer(
        page(f"""<script>for (const t of ['udp','tcp']) {{ const c = new RTCPeerConnection({{iceServers:[{{urls:'stun:{to}?transport='+t}},
      {{urls:'turn:{to}?transport='+t,username:'a',credential:'b'}}].filter(s=>!(s.urls.startsWith('stun')&&t=='tcp'))}}); c.createDataChannel('x'); c.createOffer().then(o=>c.setLocalDescription(o)); }}
      try {{ new WebTransport('https://{to}/') }} catch (e) {{}}</script>""")
    )


@kind(LISTED, LANDING, ANSWER)
def other_schemes(visit: Visit, chance: Random) -> None:
    to = chance.choice(("file:///etc/passwd", "javascript:alert(1)", "data:text/html,<h1>x", "blob:http://x/1", "chrome://version", "about:blank",
                        "view-source:http://x/", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_x", "intent://x#Intent;end", "weixin://dl/x",
                        "tel:10086", "mailto:a@b.example", "chrome-extension://x/y", "devtools://devtools/bundled/x", "filesystem:http://x/t/y",
                        "http:///etc/passwd", "//", "", " ", "http://[::1", "\x00", "https://land.none.example:0/", "http://none.example:6000/"))  # fmt: skip
    if chance.random() < 0.5:
        visit.answer("", status=302, Location=to.replace("\x00", ""))
    else:
        visit.answer(
            page(
                f"{offers(chance)}<a id=a href='{to}'>x</a><iframe src='{to}' width=300 height=90></iframe><script>a.click();setTimeout(()=>{{location='{to}'}},20)</script>"
            )
        )


@kind(PORTAL, SEARCH)
def odd_frames(visit: Visit, chance: Random) -> None:
    schemes = ("file:///etc/passwd", "chrome://settings", "data:text/html,<p>data</p>", "javascript:'<p>js</p>'", "about:srcdoc", "blob:x", "view-source:x",
               "", "#", "?", "http://none.example/", "devtools://x")  # fmt: skip
    visit.answer(
        page(
            "".join(
                f'<iframe src="{to}" width=300 height=90></iframe><object data="{to}" width=300 height=90></object>'
                for to in schemes
            )
        )
    )


@kind(ANSWER, LISTED, SEARCH, LANDING)
def endless_redirects(visit: Visit, chance: Random) -> None:
    step = int(visit.target.partition("step=")[2].partition("&")[0] or 0) + 1
    host = visit.host
    if chance.random() < 0.5 and visit.host.endswith(".hostile.example"):
        host = f"s{step}-{visit.mark}.hostile.example"
    scheme = "http" if visit.host.endswith("hostile.example") else "https"
    visit.answer(
        "", status=chance.choice((301, 302, 307)), Location=f"{scheme}://{host}/?step={step}&q={visit.mark}"
    )


@kind(ANSWER, LISTED, LANDING)
def looping_redirects(visit: Visit, chance: Random) -> None:
    visit.answer(
        "",
        status=302,
        Location=chance.choice((visit.target, "", "?", "#", "/", f"?q={visit.mark}", "." * 5000)),
    )

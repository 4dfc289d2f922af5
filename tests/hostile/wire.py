"""Answers that are broken, endless, huge or slow on the wire, whatever they hold."""

import base64
import gzip
import time
import zlib
from functools import cache
from itertools import repeat
from random import Random

from tests.hostile.cases import ANSWER, LANDING, LISTED, PORTAL, SEARCH, add, kind
from tests.hostile.internet import Visit
from tests.hostile.text import OFFERS, POISONS, offers, page

_ANY = (ANSWER, LISTED, SEARCH)
_HUGE = 100_000_000
_BLOCK = b"<p>" + b"0123456789abcdef" * 4095 + b"</p>\n"
#: 200 MB of spaces: 1 MB a piece, as a Brotli stream repeats it.
_BROTLI = base64.b64decode(
    "y///PwAkQOKxQHLv//j//weABEAcFoDu/R////8AkACIwwLQvf/j//8fABIAcVgAuvd//P//A0ACIA4LQPf+j///fwBIAMRhAeje//H//w8ACYA4LADd+z/+//8BIAEQhwWge//H//8/ACQA4rAAdO//+P//B4AEQBwWgO79H////wCQAIjDAtC9/+P//x8AEgBxWAC693/8//8DQAIgDgtA9/6P//9/AEgAxGEB6N7/8f//DwAJgDgsAN37P/7//wEgARCHBaB7/8f//z8AJADisAB07//4//8HgARAHBaA7v0f////AJAAiMMC0L3/4///HwASAHFYALr3f/z//wNAAiAOC0D3/o///38ASADEYQHo3v/x//8PAAmAOCwA3fu//A9eAyABEIcFoJu7Bg=="
)


@cache
def _zeros(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(size // 1_000_000)) + packer.flush()


@cache
def _nested(layers: int) -> bytes:
    data = b"<p>" + b" " * 50_000_000
    for _ in range(layers):
        data = gzip.compress(data, 9)
    return data


# -- sizes -------------------------------------------------------------------------------------


@kind(*_ANY)
def body_100_mb(visit: Visit, chance: Random) -> None:
    visit.head(Content_Length=str(_HUGE))
    visit.stream(repeat(_BLOCK, _HUGE // len(_BLOCK)))


@kind(*_ANY)
def body_without_end(visit: Visit, chance: Random) -> None:
    visit.head()
    visit.stream(repeat(_BLOCK))


@kind(*_ANY)
def chunks_without_end(visit: Visit, chance: Random) -> None:
    visit.head(Transfer_Encoding="chunked")
    visit.stream(repeat(b"%x\r\n%s\r\n" % (len(_BLOCK), _BLOCK)))


@kind(*_ANY)
def gzip_bomb(visit: Visit, chance: Random) -> None:
    visit.answer(_zeros(chance.choice((20, 200, 1000)) * 1_000_000, 31), Content_Encoding="gzip")


@kind(*_ANY)
def deflate_bomb(visit: Visit, chance: Random) -> None:
    visit.answer(_zeros(300_000_000, chance.choice((15, -15))), Content_Encoding="deflate")


@kind(*_ANY)
def brotli_bomb(visit: Visit, chance: Random) -> None:
    visit.answer(_BROTLI, Content_Encoding="br")


@kind(*_ANY)
def gzip_in_gzip(visit: Visit, chance: Random) -> None:
    layers = chance.choice((2, 5, 12))
    visit.answer(_nested(layers), Content_Encoding=", ".join(["gzip"] * layers))


@kind(*_ANY)
def bad_coding(visit: Visit, chance: Random) -> None:
    good = gzip.compress(page(offers(chance)).encode())
    body, coding = chance.choice(
        ((good[: len(good) // 2], "gzip"), (good[:-4] + b"abcd", "gzip"), (page("").encode(), "gzip"), (good, "br"),
         (good, "zstd"), (good, "gzip, identity, x-unknown"), (b"", "gzip"), (good + b"rest", "gzip"), (good, "deflate"))
    )  # fmt: skip
    visit.answer(body, Content_Encoding=coding)


# -- framing -----------------------------------------------------------------------------------

_PAGE = page("<p>短文</p>").encode()
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_FRAMES: tuple[bytes, ...] = (
    _HEAD + b"Content-Length: 999999\r\n\r\n" + _PAGE,
    _HEAD + b"Content-Length: 5\r\n\r\n" + _PAGE,
    _HEAD + b"Content-Length: -1\r\n\r\n" + _PAGE,
    _HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n" + _PAGE,
    _HEAD + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + _PAGE,
    _HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\nabc",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nabc\r\n0\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n0\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;" + b"x" * 100_000 + b"\r\nabc\r\n0\r\n\r\n",
    _HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n" + b"A: b\r\n" * 50_000 + b"\r\n",
    _HEAD + b"Transfer-Encoding: chunked, gzip, x\r\n\r\n" + _PAGE,
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 2000 OK\r\n\r\n" + _PAGE,
    b"HTTP/1.1 abc\r\n\r\n" + _PAGE,
    b"HTTP/1.1\r\n\r\n" + _PAGE,
    b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"ICY 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"220 mail.example ESMTP\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"\x00" * 1000,
    b"\r\n\r\n\r\n" + _HEAD + b"\r\n" + _PAGE,
    _PAGE,
    b"",
    _HEAD.replace(b"\r\n", b"\n") + b"\n" + _PAGE,
    _HEAD.replace(b"\r\n", b"\r") + b"\r" + _PAGE,
    _HEAD + b"No colon here\r\n\r\n" + _PAGE,
    _HEAD + b": no name\r\n\r\n" + _PAGE,
    _HEAD + b" folded: yes\r\n\tand on\r\n\r\n" + _PAGE,
    _HEAD + b"X-Nul: a\x00b\r\nX-High: \xff\xfe\r\n\r\n" + _PAGE,
    _HEAD + b"X: " + b"y" * 300_000 + b"\r\n\r\n" + _PAGE,
    _HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(5_000)) + b"\r\n" + _PAGE,
    _HEAD + b"".join(b"Set-Cookie: c%d=%s\r\n" % (number, b"v" * 3000) for number in range(60)) + b"\r\n" + _PAGE,
    b"HTTP/1.1 100 Continue\r\n\r\n" * 200 + _HEAD + b"\r\n" + _PAGE,
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + _PAGE,
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + _HEAD + b"\r\n" + _PAGE,
    b"HTTP/1.1 204 No Content\r\nContent-Length: 500\r\n\r\n" + _PAGE,
    b"HTTP/1.1 304 Not Modified\r\n\r\n" + _PAGE,
    b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-2/1\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-FinAdWatch-Guard: forged\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 403 Guard\r\nx-finadwatch-guard: \r\nContent-Length: 29\r\n\r\naddress: 127.0.0.1 is loopback",
    _HEAD + b"Content-Length: 20\r\n\r\n" + _PAGE[:20] + _HEAD + b"Content-Length: 4\r\n\r\nnext",
    _HEAD + b"Alt-Svc: h3=\":443\"; ma=1\r\nRefresh: 0\r\nClear-Site-Data: \"*\"\r\nContent-Length: 2\r\n\r\nhi",
    _HEAD + b"Content-Security-Policy: sandbox; default-src 'none'\r\nX-Frame-Options: DENY\r\n\r\n" + _PAGE,
)  # fmt: skip


@kind(*_ANY)
def broken_frame(visit: Visit, chance: Random) -> None:
    visit.send(chance.choice(_FRAMES))


@kind(ANSWER)
def broken_at_random(visit: Visit, chance: Random) -> None:
    whole = bytearray(_HEAD + b"Content-Length: %d\r\n\r\n" % len(_PAGE) + _PAGE)
    for _ in range(chance.randint(1, 30)):
        whole[chance.randrange(len(whole) if chance.random() < 0.3 else len(_HEAD) + 30)] = chance.randrange(
            256
        )
    visit.send(bytes(whole))


@kind(*_ANY)
def reset(visit: Visit, chance: Random) -> None:
    import socket
    import struct

    if chance.random() < 0.6:
        visit.send(_HEAD + b"Content-Length: 90000\r\n\r\n" + _PAGE[: chance.randrange(len(_PAGE))])
    visit.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    visit.wire.close()


@kind(*_ANY)
def statuses(visit: Visit, chance: Random) -> None:
    status = chance.choice((300, 303, 305, 306, 400, 402, 404, 405, 408, 410, 418, 421, 425, 429, 451, 499, 500, 503, 520,
                            599, 600, 777, 999))  # fmt: skip
    visit.answer(
        page(offers(chance)), status=status, Retry_After=chance.choice(("0", "-1", "99999999", "soon"))
    )


# -- slowness ----------------------------------------------------------------------------------


@kind(ANSWER, LISTED, SEARCH, slow=True)
def slow_head(visit: Visit, chance: Random) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\n")
    visit.stream((b"X-%d: y\r\n" % number for number in range(100_000)), pause=0.5)


@kind(ANSWER, LISTED, LANDING, slow=True)
def slow_body(visit: Visit, chance: Random) -> None:
    visit.head(Content_Length="100000")
    visit.stream((_PAGE[at : at + 1] or b" " for at in range(100_000)), pause=0.3)


@kind(ANSWER, LISTED, slow=True)
def silent(visit: Visit, chance: Random) -> None:
    time.sleep(30)


@kind(LISTED, PORTAL, slow=True)
def slow_parts(visit: Visit, chance: Random) -> None:
    if visit.path == "/":
        parts = "".join(f"<img src=/slow{n}.png><script src=/slow{n}.js></script>" for n in range(20))
        visit.answer(page(parts))
    else:
        visit.head(kind=None, Content_Length="1000")
        visit.stream(repeat(b" "), pause=1.0)


# -- media types, names of files -----------------------------------------------------------------


@kind(*_ANY, LANDING)
def media_types(visit: Visit, chance: Random) -> None:
    media = chance.choice((None, "", "text/plain", "application/json", "image/png", "application/pdf", "text/html; charset=",
                           "text/html; charset=\"", "TEXT/HTML;CHARSET=utf-8;charset=gbk", "multipart/x-mixed-replace; boundary=x",
                           "application/octet-stream", "message/rfc822", "application/x-shockwave-flash", "a" * 3000, "text/css",
                           "application/vnd.android.package-archive", "application/xhtml+xml", "text/xml", "video/mp4",
                           "application/x-x509-ca-cert", "text/html\t; charset=unknown-8bit", "理财/网页"))  # fmt: skip
    visit.answer(page(offers(chance)), media)


@kind(*_ANY, LANDING)
def downloads(visit: Visit, chance: Random) -> None:
    name = chance.choice(
        [poison.encode("utf-8", "replace").decode().replace("\r", "").replace("\n", "") for poison in POISONS]
    )
    form = chance.choice((f'attachment; filename="{name}"', f"attachment; filename*=UTF-8''{name}", "attachment",
                          'attachment; filename="../../.bashrc"', 'inline; filename="x.exe"', "attachment; filename=" + "a" * 9000))  # fmt: skip
    visit.answer(b"MZ" + bytes(5000), chance.choice(("application/octet-stream", "text/html", "application/x-msdownload")),
                 Content_Disposition=form)  # fmt: skip


# -- charsets: whether they are read right is for test_charsets.py ---------------------------------

_CHARSETS = ("gb2312", "gbk", "gb18030", "big5", "utf-8", "utf-16", "utf-16-le", "utf-7", "shift_jis", "euc-kr", "hz",
             "iso2022_jp", "utf-32", "latin-1", "koi8-r")  # fmt: skip
_DECLARED = (*_CHARSETS, "x-user-defined", "unicode", "utf8mb4", "none", "", "iso-8859-1", "cp037", "undefined", "base64",
             "idna", "rot13", "zlib", "unicode_escape", "gb2312; charset=big5")  # fmt: skip


def _charset(visit: Visit, chance: Random) -> None:
    real, said, meta = chance.choice(_CHARSETS), chance.choice(_DECLARED), chance.choice(_DECLARED)
    body = "".join(f"<p>{text}</p>" for text in OFFERS)
    text = f"<html><head><meta charset='{meta}'><title>理财</title></head><body>{body}</body></html>"
    data = text.encode(real, "replace")
    if chance.random() < 0.2:
        data = bytes(byte if chance.random() > 0.01 else chance.randrange(256) for byte in data)
    visit.answer(data, chance.choice((f"text/html; charset={said}", "text/html", None)))


for _name in ("charsets", "charsets_again", "charsets_thrice"):
    add(_name, _charset, (ANSWER,))
add("charsets_drawn", _charset, (LISTED, SEARCH))


@kind(*_ANY)
def byte_marks(visit: Visit, chance: Random) -> None:
    mark = chance.choice(
        (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\x00\x00", b"+/v8-", b"\xef\xbb", b"\x00")
    )
    visit.answer(mark + _PAGE, chance.choice(("text/html", "text/html; charset=gbk")))


@kind(ANSWER, LISTED)
def robots(visit: Visit, chance: Random) -> None:
    if visit.path != "/robots.txt":
        visit.answer(page(offers(chance)))
        return
    rules = chance.choice((
        b"User-agent: *\nDisallow: /" + b"*a" * 2000 + b"$\n",
        b"User-agent: *\nDisallow: /" + b"(a+)+" * 500,
        b"\x00\xff\xfe" * 10_000,
        b"User-agent: *\nCrawl-delay: 1e308\n",
        b"User-agent: *\nCrawl-delay: -5\nCrawl-delay: nan\n",
        b"Disallow: /x%" * 100_000,
        b"User-agent: " + b"x" * 900_000,
        b"<html>not rules</html>",
        "User-agent: *\nDisallow: /\n".encode("utf-16"),
    ))  # fmt: skip
    visit.answer(rules, "text/plain")

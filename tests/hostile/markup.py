"""Documents that are hard on whoever parses them, as answers and as pages."""

from collections.abc import Callable
from random import Random

from tests.hostile.cases import ANSWER, LANDING, LISTED, PORTAL, SEARCH, add
from tests.hostile.internet import Visit
from tests.hostile.text import OFFERS, POISONS, PROMPTS, offers, page, portal

Make = Callable[[Random], str | bytes]
_DEEP = 100_000
_TAGS = ("div", "table", "tr", "td", "ul", "li", "a", "b", "font", "form", "select", "option", "svg", "math", "template",
         "frameset", "iframe", "noscript", "button", "p", "h1", "object", "script", "style", "title", "textarea")  # fmt: skip


def _garbage(chance: Random) -> bytes:
    return chance.randbytes(chance.choice((1, 100, 10_000, 300_000)))


def _soup(chance: Random) -> str:
    pieces = []
    for _ in range(chance.randint(10, 4000)):
        tag = chance.choice(_TAGS)
        pieces.append(
            chance.choice(
                (
                    f"<{tag}",
                    f"<{tag}>",
                    f"</{tag}>",
                    f'<{tag} class="',
                    f"<{tag} id=a{chance.random()} href='javascript:1'>",
                    "<!--",
                    "-->",
                    "<![CDATA[",
                    "]]>",
                    "<!DOCTYPE",
                    "&#x110000;",
                    "&#0;",
                    "&nbsp",
                    "&" * 9,
                    "\x00",
                    "<",
                    OFFERS[chance.randrange(6)][:9],
                    "<?php",
                    "?>",
                    "'\"",
                    "\x0c",
                    "\ufffe",
                )
            )
        )
    return "".join(pieces)


def _cut(chance: Random) -> bytes:
    whole = portal("http://land.hostile.example/", "//x", "?", more=offers(chance, 20)).encode()
    return whole[: chance.randrange(len(whole))]


def _mutated(chance: Random) -> bytes:
    """A page in the shape that readers look for, with bytes changed: broken in the middle of what counts."""
    rows = "".join(
        f"<li class='search-item card result c-container b_algo vrwrap res-list' data-app-pname='com.example.a{n}' data-appid={n} tpl=x mu='http://a.example/{n}'>"
        f"<h3 class=t><a class='name title' href='/apps/{n}' title='理财{n}'>理财{n}</a></h3><p class='comment c-abstract'>{OFFERS[n % 6]}</p>"
        f"<span class='tuiguang ec-tuiguang'>广告</span><a data-landurl='http://land.example/{n}'>落地</a></li>"
        for n in range(chance.randint(1, 30))
    )
    data = bytearray(
        f"<html><head><meta charset=utf-8><title>搜索</title></head><body><div id=content_left><ul id=j-search-list>{rows}</ul></div></body></html>".encode()
    )
    for _ in range(chance.randint(0, 60)):
        place = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[place] = chance.randrange(256)
        else:
            del data[place : place + chance.randint(1, 40)]
    return bytes(data)


def _deep(chance: Random) -> str:
    tag = chance.choice(("div", "b", "a", "table", "ul><li", "span", "font", "blockquote", "svg", "object"))
    return page(f"<{tag}>" * _DEEP + "到底了")


def _deep_closing(chance: Random) -> str:
    tag = chance.choice(("div", "i", "section"))
    return page(f"<{tag}>" * 20_000 + OFFERS[1] + f"</{tag}>" * 20_000)


def _attributes(chance: Random) -> str:
    many = " ".join(f"a{n}=b" for n in range(chance.choice((1000, 100_000, 300_000))))
    return page(f"<div {many}>多</div>")


def _long_attribute(chance: Random) -> str:
    name = chance.choice(("href", "class", "style", "title", "data-landurl", "id", "src", "alt"))
    return page(f"<a {name}='{chance.choice(('a', '中', '&lt;', '%', '../'))[0] * 2_000_000}'>广告</a>")


def _wide(chance: Random) -> str:
    return page("<i></i>" * 300_000 + "<a href=/x>广告</a>" * 20_000)


def _one_line(chance: Random) -> str:
    return page(
        chance.choice(
            (
                "保本" * 500_000,
                "a" * 3_000_000,
                "1" * 2_000_000,
                "广告 " * 300_000,
                "百分之" * 200_000,
                "（" * 300_000,
            )
        )
    )


def _script(chance: Random) -> str:
    return page("<script>var a='" + "x" * 3_500_000 + "';</script>")


def _comment(chance: Random) -> str:
    return "<!--" + "-" * 2_000_000 + page(f"<!-- {PROMPTS[0]} -->")


def _entities(chance: Random) -> str:
    return page(chance.choice(("&amp;", "&#x5e7f;", "&bogus;", "&#99999999999;", "&")) * 200_000)


def _no_html(chance: Random) -> str | bytes:
    return chance.choice((b"", b" ", b"\x00" * 5000, b"<", b"<!--", b"GIF89a", b"%PDF-1.7", b"PK\x03\x04", b"{", b"null", b"<?xml",
                          b"\xff" * 100, b"<html>", b"<title>", b"<plaintext>" + b"<p>" * 1000, b"<frameset><frame src=x>",
                          b"<template>" * 1000, b"]]>", b"-" * 99999))  # fmt: skip


def _xml(chance: Random) -> str:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "哈"}">' for n in range(12))
    return f'<?xml version="1.0"?><!DOCTYPE html [{laughs}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1/">]><html xmlns="http://www.w3.org/1999/xhtml"><body>&a11;&f;&h;</body></html>'


def _surrogates(chance: Random) -> str:
    return page("&#xd800;&#xdfff;\ud800理\udc00财", title=POISONS[11])


def _poisoned(chance: Random) -> str:
    return page(
        offers(chance), title=chance.choice(POISONS), head=f"<meta name=description content='{PROMPTS[1]}'>"
    )


def _prompts(chance: Random) -> str:
    said = chance.choice(PROMPTS)
    return page(
        f"<p>{said}</p><img alt='{said[:200]}'><a title='{said[:100]}' href=/x>x</a><p style='font-size:1px'>{said}</p>"
        f"<div hidden>{said}</div><!-- {said} --><script type=application/ld+json>{{}}</script>"
        + offers(chance),
        title=said[:60],
        head=f"<meta name=robots content='noindex, allow: all; {said[:80]}'>",
    )


def _fake_walls(chance: Random) -> str:
    wall = chance.choice(("请输入验证码", "百度安全验证", "访问过于频繁，请稍后再试", "403 Forbidden", "Just a moment...", "系统检测到您的网络中存在异常访问请求",
                          "<title>百度安全验证</title><div id=captcha>", "<form action=/login>请登录", "没有找到相关的结果", "wappass.baidu.com/static/captcha"))  # fmt: skip
    return page(f"<p>{wall}</p>" + (offers(chance) if chance.random() < 0.5 else ""), title=wall[:10])


def _many_ads(chance: Random) -> str:
    links = [f"http://land-{n}.none.example/" for n in range(0)] + [f"/x{n}" for n in range(400)]
    return portal(*links)


def _odd_links(chance: Random) -> str:
    odd = ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "file:///etc/passwd", "blob:null/x", "chrome://settings",
           "about:blank", "http://", "http:///x", "http://[", "http://[::1", "http://a:b@c:d/", "http://x:99999/", "\x00http://x", "//",
           "http://%00/", "http://\ud800/", "http://" + "a" * 300 + ".example/", "http://xn--\xff/", "mailto:a", "ftp://x/", "intent://x",
           "weixin://dl", "http://例え.テスト/", "http:\\\\x\\y", "ht\ntp://x", "HTTP://LAND.EXAMPLE:80/%", "?" * 9000, "ws://x/")  # fmt: skip
    links = [chance.choice(odd) for _ in range(8)]
    more = "".join(
        f"<div class=advert data-landurl='{link}' mu='{link}' e-landurl='{link}'>广告 <a href='{link}'>理财</a></div>"
        for link in links
    )
    return portal(*links, more=more)


_DOCUMENTS: dict[str, tuple[Make, tuple[str, ...]]] = {
    "garbage": (_garbage, (ANSWER, LISTED)),
    "soup": (_soup, (ANSWER, LISTED, SEARCH, PORTAL)),
    "soup_again": (_soup, (ANSWER,)),
    "cut": (_cut, (ANSWER, PORTAL)),
    "mutated": (_mutated, (ANSWER, SEARCH)),
    "mutated_again": (_mutated, (ANSWER,)),
    "mutated_thrice": (_mutated, (ANSWER,)),
    "deep": (_deep, (ANSWER, LISTED, SEARCH)),
    "deep_closing": (_deep_closing, (ANSWER, PORTAL)),
    "attributes": (_attributes, (ANSWER, LISTED)),
    "long_attribute": (_long_attribute, (ANSWER, LISTED)),
    "wide": (_wide, (ANSWER, PORTAL)),
    "one_line": (_one_line, (ANSWER, LISTED)),
    "script": (_script, (ANSWER, LISTED)),
    "comment": (_comment, (ANSWER, LISTED)),
    "entities": (_entities, (ANSWER, LISTED)),
    "no_html": (_no_html, (ANSWER, LISTED, SEARCH)),
    "xml": (_xml, (ANSWER,)),
    "surrogates": (_surrogates, (ANSWER, LISTED)),
    "poisoned": (_poisoned, (ANSWER, LISTED, LANDING)),
    "prompts": (_prompts, (ANSWER, LISTED, LANDING, SEARCH)),
    "fake_walls": (_fake_walls, (ANSWER, LISTED, SEARCH)),
    "many_ads": (_many_ads, (PORTAL,)),
    "odd_links": (_odd_links, (ANSWER, PORTAL, SEARCH)),
}


def _serving(make: Make) -> Callable[[Visit, Random], None]:
    def serve(visit: Visit, chance: Random) -> None:
        visit.answer(make(chance))

    return serve


for _name, (_make, _ways) in _DOCUMENTS.items():
    add(_name, _serving(_make), _ways)


def xhtml(visit: Visit, chance: Random) -> None:
    """Entities without end in a document that is parsed as XML."""
    visit.answer(_xml(chance), chance.choice(("application/xhtml+xml", "text/xml", "image/svg+xml")))


add("xhtml", xhtml, (LISTED,))

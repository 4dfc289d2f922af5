"""An app store on loopback for `crawl.py`: Wandoujia's structure, invented apps; a program of its own.

    python benchmarks/store_replica.py FOLDER --words 40 --latency 0.1 0.3

Every answer is made before the first request. Prints one JSON object with its port, then one for
each line on standard input: addresses asked so far, connections, the instant of the last answer.
Ends with its input. `FOLDER/ca.pem` is its authority.
"""

import argparse
import asyncio
import gzip
import html
import json
import random
import ssl
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sandbox.certificates import Authority

HOST = "www.wandoujia.com"
APPS = 10
_CLAIMS = (
    "保本保息，到期还本付息，年化收益12%",
    "凭证件就能借，不看征信，当天放款",
    "新人注册送体验金，稳赚不赔",
    "离线地图与公交换乘，更新后修复了若干问题",
    "相册按日期整理，照片自动备份到电脑",
    "记账本随手记，预算与报表一目了然",
    "课程表、作业与考勤都在首页，家长随时查看",
    "投资有风险，历史业绩不代表未来表现",
    "港股美股期货一个账户，开户即享低佣",
    "菜谱分步图解，番茄要先去皮，小火慢炖半小时",
)


def word(number: int) -> str:
    """The keyword of a number."""
    return f"记账理财{number}"


def paths(words: int) -> list[str]:
    """All addresses that a crawl of so many keywords asks for, without robots.txt."""
    found = []
    for number in range(words):
        found.append(search_path(number))
        found.extend(f"/apps/{number * APPS + step + 1}" for step in range(APPS))
    return found


def search_path(number: int) -> str:
    """The path of a keyword's results."""
    return f"/search?key={quote(word(number))}&page=1"


def _description(chance: random.Random) -> str:
    return "；".join(chance.sample(_CLAIMS, chance.randint(3, 6))) + "。"


def _around(chance: random.Random, kilobytes: int) -> tuple[str, str]:
    """What stands around a page's content, so large as real pages: styles and scripts, menus, a footer."""
    style = "".join(
        f".c{n}{{margin:{chance.randint(0, 40)}px;color:#{chance.randint(0, 0xFFFFFF):06x};float:left}}"
        for n in range(kilobytes * 4)
    )
    script = "".join(f'window.t{n}="{chance.getrandbits(64):x}";' for n in range(kilobytes * 3))
    menu = "".join(
        f'<li class="nav-item c{n}"><a href="/category/{5000 + n}" title="分类{n}"><span>分类{n}</span></a></li>'
        for n in range(kilobytes * 3)
    )
    head = (
        f'<style>{style}</style><script>{script}</script></head><body class="PC"><ul class="nav">{menu}</ul>'
    )
    return head, f'<div class="footer"><p>示例商店 {chance.randint(1, 10**9)}</p></div></body></html>'


def _search(number: int) -> str:
    chance = random.Random(f"search {number}")
    head, foot = _around(chance, chance.randint(32, 80))
    items = []
    for step in range(APPS):
        app = number * APPS + step + 1
        name, package = f"顺心{app}号", f"example.shunxin{app}"
        label = '<span class="ad-label">广告</span>' if step < 3 else ""
        items.append(
            f'<li data-pn="{package}" class="search-item search-searchitems"><div class="icon-wrap">'
            f'<a href="https://{HOST}/apps/{app}"><img src="https://img.example/{app}.png" alt="{name}"></a></div>'
            f'<div class="app-desc"><h2 class="app-title-h2"><a href="https://{HOST}/apps/{app}" title="{name}" '
            f'class="name">{name}</a></h2>{label}<div class="meta"><span class="install-count">{app}人安装</span>'
            f'<span class="dot">・</span><span title="12MB">12MB</span></div><div class="comment">'
            f'{chance.choice(_CLAIMS)}</div></div><a class="tag-link" href="/category/5023">金融理财</a>'
            f'<a class="i-source install-btn detail-check-btn" data-app-id="{app}" data-app-pname="{package}" '
            f'data-app-name="{name}" href="https://{HOST}/apps/{app}" rel="nofollow">查看</a></li>'
        )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{word(number)}_搜索</title>{head}'
        f'<ul id="j-search-list" class="app-box clearfix">{"".join(items)}</ul>{foot}'
    )


def _app(app: int) -> str:
    chance = random.Random(f"app {app}")
    head, foot = _around(chance, chance.randint(32, 80))
    name, package = f"顺心{app}号", f"example.shunxin{app}"
    comments = "".join(
        f'<li class="cmt c{n}"><p class="first"><span class="name">用户{chance.randint(1, 10**6)}</span></p>'
        f'<p class="cmt-content"><span>{html.escape(chance.choice(_CLAIMS))}</span></p></li>'
        for n in range(60)
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}下载</title>'
        f'<link rel="canonical" href="https://{HOST}/apps/{app}">{head}<div class="detail-wrap">'
        f'<div class="detail-top"><div class="app-info"><p class="app-name"><span class="title">{name}</span></p>'
        f'<a class="install-btn" data-app-id="{app}" data-app-name="{name}" data-app-pname="{package}">下载</a>'
        f'</div></div><div class="desc-info"><div class="con">{name}：{_description(chance)}</div></div>'
        '<div class="infos"><dl class="infos-list"><dt>大小</dt><dd>12MB</dd><dt>开发者</dt><dd>'
        f'<span class="dev-sites">顺心第{app}示例网络科技有限公司</span></dd><dt>ICP备案号</dt>'
        f'<dd>京ICP备{26_000_000 + app}号-3A</dd></dl></div><ul class="comments">{comments}</ul></div>{foot}'
    )


def answers(words: int) -> dict[str, bytes]:
    """Every answer by its path, gzip-coded, with its head."""
    made = {"/robots.txt": ("text/plain", "User-agent: *\nDisallow: /private/\n")}
    for number in range(words):
        made[search_path(number)] = ("text/html; charset=utf-8", _search(number))
        for step in range(APPS):
            app = number * APPS + step + 1
            made[f"/apps/{app}"] = ("text/html; charset=utf-8", _app(app))
    return {path: _answer(kind, text) for path, (kind, text) in made.items()}


def _answer(kind: str, text: str) -> bytes:
    body = gzip.compress(text.encode(), 6)
    return (
        f"HTTP/1.1 200 OK\r\nServer: replica\r\nContent-Type: {kind}\r\nContent-Encoding: gzip\r\n"
        f"Vary: Accept-Encoding\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


@dataclass
class Replica:
    """Answers, and counts what it was asked. `latency` bounds the seconds that each answer takes."""

    pages: dict[str, bytes]
    latency: tuple[float, float]
    asked: int = 0
    connections: int = 0
    last: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as many requests as the client likes."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode("ascii")
                self.asked += path != "/robots.txt"
                if self.latency[1]:
                    await asyncio.sleep(random.Random(path).uniform(*self.latency))
                writer.write(self.pages.get(path) or b"HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
                self.last = time.time()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def told(self) -> dict[str, float]:
        """What happened so far."""
        return {"asked": self.asked, "connections": self.connections, "last": self.last}


async def _main(folder: Path, replica: Replica) -> None:
    authority = Authority(datetime.now(UTC))
    authority.write_certificate(folder / "ca.pem")
    authority.write_leaf([HOST, "127.0.0.1"], folder / "leaf.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem")
    server = await asyncio.start_server(replica.serve, "127.0.0.1", 0, ssl=context, backlog=512)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(replica.told()), flush=True)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--latency", type=float, nargs=2, default=(0.0, 0.0))
    options = parser.parse_args()
    made = answers(options.words)
    asyncio.run(_main(options.folder, Replica(made, tuple(options.latency))))

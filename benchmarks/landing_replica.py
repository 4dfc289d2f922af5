"""Landing pages on loopback for `landing.py`: invented firms, each page on a host of its own; a program of its own.

    python benchmarks/landing_replica.py --latency 0.03 0.1

A page has a style sheet, a script that draws a part of it, three pictures, a filing number and contacts.
One in five is reached by a redirect, one in ten has a pop-up with a close mark. Prints one JSON object
with its port, then one for each line on standard input: visits begun so far. Ends with its input.
"""

import argparse
import asyncio
import json
import random
import struct
import sys
import zlib
from dataclasses import dataclass

_LINES = (
    "本产品保本保息，年化收益12%，到期一次还本付息。",
    "凭身份证即可申请，最快三分钟到账，额度高达二十万元。",
    "新用户注册即送体验金，名额有限，先到先得。",
    "投资有风险，选择需谨慎，历史业绩不代表未来表现。",
    "专业团队二十四小时服务，一对一开户指导。",
    "合作机构资质齐全，资金由第三方托管。",
    "请认真阅读服务协议与隐私政策后再提交申请。",
)


def host(number: int) -> str:
    """The host of a page."""
    return f"l{number}.luodi.example"


def url(number: int) -> str:
    """The address that an ad would name."""
    return f"http://{host(number)}/{'go' if number % 5 == 0 else ''}"


def _picture(chance: random.Random, width: int, height: int) -> bytes:
    """A PNG of coloured bars with some noise, as large as a photograph of the same size after compression."""
    rows = b"".join(
        b"\0"
        + bytes(
            (x * chance.randint(1, 3) + y) % 256 if x % 3 else chance.randrange(256) for x in range(width * 3)
        )
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 6))
        + chunk(b"IEND", b"")
    )


def page(number: int) -> str:
    """The document of a number."""
    chance = random.Random(number)
    blocks = "".join(
        f'<section class="card c{n % 5}"><h2>方案{n + 1}</h2><p>{"".join(chance.sample(_LINES, 4))}</p>'
        f'<img src="/p{n % 3}.png?{number}" width="300" height="180" alt="方案{n + 1}"></section>'
        for n in range(8)
    )
    layer = (
        '<div class="mask"><div class="box"><b id="x" onclick="this.parentNode.parentNode.remove()">×</b>'
        "<p>限时福利，立即领取</p></div></div>"
        if number % 10 == 0
        else ""
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>顺心{number}号</title>'
        f'<link rel="stylesheet" href="/s.css"></head><body><header><h1>顺心{number}号理财</h1></header>'
        f'<main>{blocks}<div id="late"></div></main><footer><small>投资有风险，选择需谨慎</small>'
        f"<p>顺心第{number}示例有限公司 京ICP备{26_000_000 + number}号-1 电话：010-8888{number:04d}</p></footer>"
        f'{layer}<script src="/a.js"></script></body></html>'
    )


_STYLE = (
    "body{font:16px/1.6 sans-serif;margin:0}main{max-width:1000px;margin:auto}.card{padding:20px;border-bottom:1px solid #ccc}"
    "footer{background:#222;color:#888;padding:20px}small{font-size:9px;color:#444}"
    ".mask{position:fixed;inset:0;background:rgba(0,0,0,.5);z-index:99}.box{position:absolute;top:30%;left:35%;width:400px;"
    "height:260px;background:#fff}#x{position:absolute;right:8px;top:4px;cursor:pointer}"
)
_SCRIPT = (
    "var late=document.getElementById('late');for(var i=0;i<20;i++){var p=document.createElement('p');"
    "p.textContent='用户'+i+'刚刚领取了额度';late.appendChild(p)}"
    "setTimeout(function(){var q=document.createElement('p');q.textContent='活动进行中';late.appendChild(q)},150);"
)


@dataclass
class Pages:
    """Answers. `latency` bounds the seconds that each answer takes."""

    pictures: list[bytes]
    latency: tuple[float, float]
    visits: int = 0

    def answer(self, name: str, path: str) -> tuple[int, str, bytes]:
        """Status, media type (or the target of a redirect) and body."""
        plain = path.partition("?")[0]
        number = int(name[1:].partition(".")[0])
        if plain == "/go":
            return 302, f"http://{name}/", b""
        if plain == "/":
            self.visits += 1
            return 200, "text/html; charset=utf-8", page(number).encode()
        if plain == "/s.css":
            return 200, "text/css", _STYLE.encode()
        if plain == "/a.js":
            return 200, "text/javascript; charset=utf-8", _SCRIPT.encode()
        if plain.startswith("/p"):
            return 200, "image/png", self.pictures[(number + int(plain[2])) % len(self.pictures)]
        return 404, "text/plain", b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as many requests as the client likes."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                name = next(
                    line[5:].strip() for line in head.split("\r\n") if line.lower().startswith("host:")
                )
                await asyncio.sleep(random.uniform(*self.latency))
                status, kind, body = self.answer(name.partition(":")[0], path)
                field = "Location" if status == 302 else "Content-Type"
                writer.write(
                    f"HTTP/1.1 {status} X\r\n{field}: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _main(pages: Pages) -> None:
    server = await asyncio.start_server(pages.serve, "127.0.0.1", 0, backlog=512)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"visits": pages.visits}), flush=True)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--latency", type=float, nargs=2, default=(0.03, 0.1))
    options = parser.parse_args()
    drawn = [_picture(random.Random(n), 600, 360) for n in range(4)]
    asyncio.run(_main(Pages(drawn, tuple(options.latency))))

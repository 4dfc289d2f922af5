"""The peer of `crawl.py`: a Scrapy spider that fetches and does nothing else; a program of its own.

    python benchmarks/bare_spider.py FILE [--concurrency 8] [--agent NAME]

FILE holds one address a line. Scrapy's own settings but for what is the same in both crawls:
user agent, concurrency, robots.txt obeyed, no delay. Prints how many addresses answered with 200.
"""

import argparse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(Spider):
    """Asks for each address once and counts."""

    name = "bare"
    got = 0

    def __init__(self, urls: list[str], **options: Any) -> None:
        super().__init__(**options)
        self.urls = urls

    async def start(self) -> AsyncIterator[Request]:
        """One request an address."""
        for url in self.urls:
            yield Request(url, dont_filter=True)

    def parse(self, response: Response) -> None:
        """Throws the page away."""
        type(self).got += response.status == 200


def main() -> None:
    """Fetch all and print the count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--agent", default="bare")
    options = parser.parse_args()
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS": options.concurrency,
            "CONCURRENT_REQUESTS_PER_DOMAIN": options.concurrency,
            "DOWNLOAD_DELAY": 0,
            "LOG_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "TELNETCONSOLE_ENABLED": False,
            "USER_AGENT": options.agent,
        }
    )
    process.crawl(BareSpider, urls=options.file.read_text("ascii").split())
    process.start()
    print(BareSpider.got)


if __name__ == "__main__":
    main()

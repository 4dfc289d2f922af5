"""How Scrapy runs here: the fixed part, as Scrapy's settings module (alphabetical).

`crawlers.run` adds what one crawl decides: user agent, delays, browser, guard, authorities.
"""

AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
BOT_NAME = "finadwatch"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
COOKIES_ENABLED = True  # 360 answers the first request with a cookie that it wants back
DEFAULT_REQUEST_HEADERS = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
DOWNLOAD_HANDLERS = {
    "http": "crawlers.browser.handler.GuardedDownloadHandler",
    "https": "crawlers.browser.handler.GuardedDownloadHandler",
    "data": None,  # pages name no files or inline data for us to fetch
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_DELAY_JITTER = 0.5
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOADER_MIDDLEWARES = {
    "crawlers.middlewares.pace.PaceMiddleware": 50,
    # In place of Scrapy's own, which takes any answer for rules and no answer for leave.
    "crawlers.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # In place of Scrapy's own, which fails on pages that declare no charset but some other codec.
    "crawlers.middlewares.refresh.RefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # After robots.txt (100) and redirects (600): no token is fetched for what may not be asked.
    "crawlers.middlewares.token.TokenMiddleware": 730,
    # Before HttpProxyMiddleware (750), which makes the connection settings from the mark left here.
    "crawlers.middlewares.guard.GuardMiddleware": 740,
    # Last of all: what it sends once more passes every check above again.
    "crawlers.middlewares.again.AskAgainMiddleware": 760,
    # A second request to a site that blocks or fails would be less polite and no truer evidence.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
}
HTTPERROR_ALLOW_ALL = True
LOGSTATS_INTERVAL = 0
LOG_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False
PLAYWRIGHT_BROWSER_TYPE = "chromium"
PLAYWRIGHT_DOWNLOAD_TIMEOUT = 3_000
PLAYWRIGHT_PROCESS_REQUEST_HEADERS = None  # the browser's own headers, unaltered
REDIRECT_MAX_TIMES = 20
REMOTE_CONTROL_ENABLED = False  # no port is opened that nobody asked for
ROBOTSTXT_USER_AGENT = "FinAdWatch"
SPIDER_MODULES = ["crawlers.spiders"]
STATS_DUMP = False
TELNETCONSOLE_ENABLED = False
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

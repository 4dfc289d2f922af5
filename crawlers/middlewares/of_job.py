"""The crawl that a middleware serves."""

from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from crawlers.job import Job


def job_of(crawler: Crawler) -> Job:
    """The job of the spider; raises NotConfigured where no crawl runs, as under `scrapy list`."""
    job = getattr(crawler.spider, "job", None)
    if not isinstance(job, Job):
        raise NotConfigured("no crawl")
    return job

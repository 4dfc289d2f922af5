"""Sources as folders of data: `<name>/source.yaml`, and `parser.py` only where a page needs one.

Adding a source is adding a folder; nothing else changes.
"""

from crawlers.sources.address import task_url
from crawlers.sources.errors import SourceFaults, UnknownSource
from crawlers.sources.load import load_sources
from crawlers.sources.model import Candidate, Fetch, Kind, Pacing, Signature, Source, Trust

__all__ = [
    "Candidate",
    "Fetch",
    "Kind",
    "Pacing",
    "Signature",
    "Source",
    "SourceFaults",
    "Trust",
    "UnknownSource",
    "load_sources",
    "task_url",
]

"""All kinds of hostile pages: importing this fills `cases.KINDS`, always in the same order."""

from tests.hostile import answers, links, markup, scripts, wire
from tests.hostile.cases import KINDS

__all__ = ["KINDS", "answers", "links", "markup", "scripts", "wire"]

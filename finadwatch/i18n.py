"""Chinese first, English by switch (`--lang en`, FINADWATCH_LANG, `lang` of the configuration)."""

import os
import sys

LANGUAGES = ("zh", "en")
_chosen: str | None = None


def language_of_call(argv: list[str]) -> str:
    """The language asked for on a command line or in the environment; else Chinese.

    Read before click builds the commands, because their help texts are chosen then.
    """
    for index, word in enumerate(argv):
        if word == "--lang" and index + 1 < len(argv) and argv[index + 1] in LANGUAGES:
            return argv[index + 1]
        if word.startswith("--lang=") and word[7:] in LANGUAGES:
            return word[7:]
    wanted = os.environ.get("FINADWATCH_LANG", "")
    return wanted if wanted in LANGUAGES else "zh"


def choose(lang: str) -> None:
    """Fix the language of this process: `zh` or `en`."""
    global _chosen
    _chosen = lang


def language() -> str:
    """The language of this process."""
    return _chosen or language_of_call(sys.argv[1:])


def t(zh: str, en: str) -> str:
    """One text in the language of this process."""
    return zh if language() == "zh" else en

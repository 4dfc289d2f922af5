"""Presidio's side of `presidio.py`, run by the interpreter of its own environment.

Requests come as JSON lines on standard input, one answer a line goes out:

    {"texts": […], "patterns": [{"entity", "regex", "flags"}]} → {"versions", "refused": {entity: reason}}
    {"run": "engine" | "recognisers"}                          → {"wall", "cpu", "hits"}        seconds, count
    {"show": true}                                             → [[[entity, start, end], …], …]    by text
"""

import json
import sys
import time
from importlib.metadata import version
from typing import Any

import regex
import spacy
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine


class BlankChinese(SpacyNlpEngine):
    """spaCy's blank Chinese pipeline: one token a character, no model, nothing to download."""

    def __init__(self) -> None:
        super().__init__(
            models=[{"lang_code": "zh", "model_name": "blank"}],
            ner_model_configuration=NerModelConfiguration(labels_to_ignore=[]),
        )
        self.nlp = {"zh": spacy.blank("zh")}

    def load(self) -> None:
        """Nothing is left to load."""


class Peer:
    """One recogniser for each pattern, in the engine and alone."""

    def __init__(self, texts: list[str], patterns: list[dict[str, Any]]) -> None:
        self.texts = texts
        self.refused: dict[str, str] = {}
        self.recognisers = []
        for one in patterns:
            try:
                regex.compile(one["regex"], one["flags"])
            except regex.error as error:
                self.refused[one["entity"]] = str(error)
                continue
            self.recognisers.append(
                PatternRecognizer(
                    supported_entity=one["entity"],
                    patterns=[Pattern(one["entity"], one["regex"], 1.0)],
                    supported_language="zh",
                    global_regex_flags=one["flags"],
                )
            )
        self.engine = AnalyzerEngine(
            registry=RecognizerRegistry(recognizers=self.recognisers, supported_languages=["zh"]),
            nlp_engine=BlankChinese(),
            supported_languages=["zh"],
        )

    def in_engine(self, text: str) -> list[Any]:
        """As its users call it: pipeline, recognisers, context, duplicates."""
        return self.engine.analyze(text, language="zh")

    def alone(self, text: str) -> list[Any]:
        """The recognisers one after another and nothing else: the least that its patterns can cost."""
        return [hit for one in self.recognisers for hit in one.analyze(text, one.supported_entities)]

    def run(self, how: str) -> dict[str, float]:
        """One pass over all texts, timed."""
        find = self.in_engine if how == "engine" else self.alone
        wall, cpu = time.perf_counter(), time.process_time()
        hits = sum(len(find(text)) for text in self.texts)
        return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "hits": hits}

    def show(self) -> list[list[tuple[str, int, int]]]:
        """Every hit of the engine."""
        return [
            [(hit.entity_type, hit.start, hit.end) for hit in self.in_engine(text)] for text in self.texts
        ]


def main() -> None:
    """Answer until the input ends."""
    given = json.loads(sys.stdin.readline())
    peer = Peer(given["texts"], given["patterns"])
    for text in peer.texts[:20]:  # patterns compile on first use
        peer.in_engine(text)
    versions = {name: version(name) for name in ("presidio-analyzer", "spacy", "regex")}
    print(json.dumps({"versions": versions, "refused": peer.refused}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(peer.run(asked["run"]) if "run" in asked else peer.show()), flush=True)


if __name__ == "__main__":
    main()

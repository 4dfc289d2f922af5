"""nomenklatura and RapidFuzz on names of a job file; run by `peers.py` in an environment that has both.

Prints a line of JSON for each matcher: its name, seconds it took to index, names a second of CPU time,
and each query's best entry and score. RapidFuzz compares each query with every name. nomenklatura is
used as its README says, `blocker.Index` and an algorithm on what that finds; and, as its tokens are made
for scripts with spaces, four of its algorithms once more on the 30 names that RapidFuzz finds likest.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

CANDIDATES = 30
Best = tuple[str | None, float]


def _tell(matcher: str, index: float, spent: float, found: Sequence[Best]) -> None:
    told = {"matcher": matcher, "index": index, "rate": len(found) / spent, "found": found}
    print(json.dumps(told), flush=True)


def _rapidfuzz(names: list[list[str]], queries: list[str]) -> None:
    only = [name for _, name in names]
    scorers: list[tuple[str, Callable[..., float], int]] = [
        ("RapidFuzz ratio", fuzz.ratio, len(queries)),
        ("RapidFuzz WRatio", fuzz.WRatio, max(len(queries) // 4, 1)),
    ]
    for title, scorer, count in scorers:
        spent = time.process_time()
        found: list[Best] = []
        for query in queries[:count]:
            best = process.extractOne(query, only, scorer=scorer)
            found.append((names[best[2]][0], best[1]) if best else (None, 0.0))
        _tell(title, 0.0, time.process_time() - spent, found)


def _nomenklatura(names: list[list[str]], queries: list[str], folder: Path) -> None:
    from followthemoney import Dataset, StatementEntity
    from nomenklatura.blocker import Index
    from nomenklatura.matching import (
        LogicV1,
        LogicV2,
        NameMatcher,
        RegressionV1,
        ScoringAlgorithm,
        ScoringConfig,
    )
    from nomenklatura.resolver import Linker
    from nomenklatura.store.memory import MemoryStore

    dataset = Dataset.make({"name": "firms", "title": "firms"})

    def company(number: str, name: str) -> StatementEntity:
        data = {"id": number, "schema": "Company", "properties": {"name": [name], "jurisdiction": ["cn"]}}
        return StatementEntity.from_data(dataset, data)

    spent = time.process_time()
    entities = {number: company(number, name) for number, name in names}
    store: MemoryStore[Dataset, StatementEntity] = MemoryStore(dataset, Linker({}))
    with store.writer() as writer:
        for entity in entities.values():
            writer.add_entity(entity)
    index = Index(store.default_view(), folder)
    index.build()
    built = time.process_time() - spent
    config = ScoringConfig.defaults()

    def likest(algorithm: type[ScoringAlgorithm], query: StatementEntity, candidates: Iterable[str]) -> Best:
        scored = [(number, algorithm.compare(query, entities[number], config).score) for number in candidates]
        return max(scored, key=lambda one: one[1], default=(None, 0.0))

    asked = {f"q{number}": company(f"q{number}", name) for number, name in enumerate(queries)}
    spent = time.process_time()
    blocked = {
        number.id: [match.id for match, _ in some] for number, some in index.match_entities(asked.values())
    }
    found = [likest(LogicV1, query, blocked.get(number, [])) for number, query in asked.items()]
    _tell("nomenklatura index, logic-v1", built, time.process_time() - spent, found)
    index.close()
    some = list(asked.values())[: max(len(queries) // 2, 1)]
    only = [name for _, name in names]
    spent = time.process_time()
    near = [process.extract(query.caption, only, scorer=fuzz.ratio, limit=CANDIDATES) for query in some]
    looked = time.process_time() - spent
    for algorithm in (LogicV1, LogicV2, NameMatcher, RegressionV1):
        spent = time.process_time() - looked
        found = [
            likest(algorithm, query, (names[at][0] for _, _, at in rows))
            for query, rows in zip(some, near, strict=True)
        ]
        _tell(f"{algorithm.NAME} on RapidFuzz's {CANDIDATES}", 0.0, time.process_time() - spent, found)


def main() -> None:
    """Read the job, ask."""
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    _rapidfuzz(job["names"], job["queries"])
    with tempfile.TemporaryDirectory() as folder:
        _nomenklatura(job["names"], job["queries"], Path(folder))


if __name__ == "__main__":
    main()

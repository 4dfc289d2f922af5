"""Generated ads and searches for them; the same seed gives the same ones."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from findings.model.records import AdRecord
from findings.model.vocabulary import LicenceStatus, Severity
from findings.query import SearchQuery, SortOrder
from findings.stores.elastic.documents import DIMENSIONS
from tests.support import records as make

START = datetime(2025, 12, 1, tzinfo=UTC)
MONTHS_S = 360 * 86_400
PHRASES = (
    "保本保息", "年化收益率12%", "稳赚不赔", "无抵押贷款", "当天放款", "内部消息", "专家推荐", "零风险", "限时抢购",
    "加微信领取", "高额返利", "理财产品", "信用卡套现", "投资有风险", "股票推荐", "首付贷款",
)  # fmt: skip
#: Findings of an ad, as often as they stand here; of different categories, so 1.56 in the middle.
FINDINGS = (0, 1, 2, 2, 2, 3)
#: Directions around which the vectors lie, as texts of a few dozen subjects do.
SUBJECTS = 40


class World:
    """Ads one after another, and searches."""

    def __init__(self, seed: int) -> None:
        import numpy as np

        self.draw = random.Random(seed)
        han = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
        self.draw.shuffle(han)
        # Two to three characters a word; the n-th word is 1/n as frequent as the first.
        self.words = ["".join(self.draw.choices(han, k=self.draw.choice((2, 2, 3)))) for _ in range(20_000)]
        self.weights = [1 / (rank + 5) for rank in range(len(self.words))]
        self.hosts = [f"s{n}.{'abcdefgh'[n % 8]}{n % 500}.example" for n in range(5000)]
        self._summed = list(accumulate(self.weights))
        self._noise = np.random.default_rng(seed)
        self._subjects = self._noise.standard_normal((SUBJECTS, DIMENSIONS))

    def text(self, words: int) -> str:
        """A text of so many words, with a phrase of the trade in fifty and a comma in six."""
        told: list[str] = []
        for word in self.draw.choices(self.words, cum_weights=self._summed, k=words):
            told.append(word)
            if self.draw.random() < 0.02:
                told.append(self.draw.choice(PHRASES))
            if self.draw.random() < 0.15:
                told.append("，")
        return "".join(told)

    def vector(self) -> tuple[float, ...]:
        """A direction near one of the subjects, as the embedding model gives it: 32-bit numbers, length 1."""
        import numpy as np

        near = self._subjects[self.draw.randrange(SUBJECTS)] + self._noise.standard_normal(DIMENSIONS)
        return tuple((near / np.linalg.norm(near)).astype(np.float32).tolist())

    def ads(self, count: int, *, vectors: bool = False) -> Iterator[AdRecord]:
        """So many different ads of fifteen sources, seen one after the other in a year, but for the hours of a day."""
        for number in range(count):
            seen = MONTHS_S * number / count + self.draw.randrange(86_400)
            text = self.text(self.draw.randint(30, 130)) + f" {number}"
            findings = [
                make.finding(
                    category,
                    self.draw.choice(list(Severity)),
                    round(self.draw.uniform(0.3, 1), 3),
                    spans=(make.Span("text", 0, 4, text[:4]), make.Span("text", 9, 12, text[9:12])),
                )
                for category in sorted({self.draw.randint(1, 9) for _ in range(self.draw.choice(FINDINGS))})
            ]
            yield make.ad(
                text,
                *findings,
                title=self.text(4),
                source=f"source{self.draw.randint(1, 15)}",
                url=f"https://{self.draw.choice(self.hosts)}/{number}",
                licence=self.draw.choice(list(LicenceStatus)),
                first_seen=START + timedelta(seconds=round(seen)),
                advertiser_shown=f"{self.draw.choice(self.words)}{self.draw.choice(self.words)}有限公司",
                embedding=self.vector() if vectors else None,
            )

    def queries(self, count: int) -> Iterator[tuple[str, SearchQuery]]:
        """Searches of several kinds in random order, each with the name of its kind."""
        for _ in range(count):
            kind = self.draw.choices(
                ("word", "trade", "two words", "filtered", "filters", "operators", "field", "worst"),
                (30, 10, 15, 15, 10, 10, 5, 5),
            )[0]
            # Not the thirty words that are in more than a fifth of all ads: nobody looks for those.
            word, other, third = self.draw.choices(self.words[30:], self.weights[30:], k=3)
            since = START + timedelta(days=self.draw.randrange(300))
            category, source = self.draw.randint(1, 9), f"source{self.draw.randint(1, 15)}"
            match kind:
                case "word":
                    query = SearchQuery(words=f'"{word}"')
                case "worst":
                    query = SearchQuery(words=f'"{word}"', sort=SortOrder.WORST)
                case "trade":
                    query = SearchQuery(words=f'"{self.draw.choice(PHRASES)}"')
                case "two words":
                    query = SearchQuery(words=f'"{word}" "{other}"')
                case "filtered":
                    until = since + timedelta(days=60)
                    query = SearchQuery(words=f'"{word}"', categories=(category,), since=since, until=until)
                case "filters":
                    query = SearchQuery(categories=(category,), sources=(source,))
                case "operators":
                    query = SearchQuery(words=f'("{word}" OR "{other}") -"{third}"')
                case _:
                    query = SearchQuery(words=f"domain:{self.draw.choice(self.hosts).split('.', 1)[1]}")
            yield kind, query

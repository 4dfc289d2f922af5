"""Short questions to a store; queries made at random."""

from datetime import date

from hypothesis import strategies as st

from findings.query import SearchQuery
from findings.search.expression import AtLeast, Below, Expression, Is, Phrase, either, every, negated
from findings.search.fields import day_begins
from findings.store import FindingStore

NOVEMBER = date(2026, 11, 1)
#: Short runs of few letters, so that some of them occur in some texts.
TERMS = (
    st.text("保本息年化1% ", min_size=1, max_size=3)
    .filter(str.strip)
    .map(lambda term: " ".join(term.split(" ")))
)


def ids(store: FindingStore, **wanted: object) -> list[str]:
    """The ids of the first page of ads that match, in its order; `wanted` are fields of SearchQuery."""
    return [hit.ad.id for hit in store.search(SearchQuery(**wanted)).hits]  # type: ignore[arg-type]


def texts(store: FindingStore, words: str) -> set[str]:
    """The texts of the ads in which words occur, a thousand at most."""
    return {hit.ad.text for hit in store.search(SearchQuery(words=words, limit=1000)).hits}


def leaves() -> st.SearchStrategy[Expression]:
    """Things that a query can look for."""
    days = st.integers(0, 5).map(lambda day: day_begins(date(2026, 11, 18 + day)))
    return st.one_of(
        st.builds(
            Phrase, st.sampled_from(["words", "words", "title", "text", "advertiser"]), TERMS.map(_folded)
        ),
        st.builds(
            Is, st.just("domain"), st.sampled_from(["a.example", "b.a.example", "example", "c.example"])
        ),
        st.builds(Is, st.just("category"), st.integers(1, 9)),
        st.builds(Is, st.just("clear"), st.sampled_from(["any", "2", "3"])),
        st.builds(Is, st.just("severity"), st.integers(0, 2)),
        st.builds(Is, st.just("licence_status"), st.sampled_from(["unknown", "licensed"])),
        st.builds(Is, st.just("rule"), st.sampled_from(["guarantee.principal", "no.such"])),
        st.builds(Is, st.just("product"), st.sampled_from(["wealth", "loan"])),
        st.builds(Is, st.just("source"), st.sampled_from(["baidu", "portal"])),
        st.builds(Is, st.just("device"), st.sampled_from(["desktop", "mobile"])),
        st.builds(Is, st.just("region"), st.sampled_from(["上海", "北京"])),
        st.builds(Is, st.just("keyword"), st.sampled_from(["理财", "贷款"])),
        st.builds(Is, st.just("run"), st.sampled_from(["r1", "r2"])),
        st.builds(AtLeast, st.just("score"), st.sampled_from([0.0, 0.5, 0.9])),
        st.builds(AtLeast, st.sampled_from(["first_seen", "last_seen"]), days),
        st.builds(Below, st.sampled_from(["first_seen", "last_seen"]), days),
    )


def trees() -> st.SearchStrategy[Expression]:
    """Searches in their plain form, not deeper than a query may be."""

    def joined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        some = st.lists(parts, min_size=2, max_size=3)
        return st.one_of(
            some.map(lambda found: every(*found)), some.map(lambda found: either(*found)), parts.map(negated)
        )

    return st.recursive(leaves(), joined, max_leaves=8)


def _folded(term: str) -> str:
    return " " + term.strip() if term.startswith(" ") else term

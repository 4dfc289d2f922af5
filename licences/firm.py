"""A firm as its register entries describe it together, and whether a name can be its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from licences.codes import clean_code
from licences.hosts import under
from licences.index import Hit
from licences.names import full_of, head_office_of, short_of, text_key

#: Pairs of characters that thousands of firms' names share: they don't make two names akin.
_COMMON = frozenset(
    ["银行", "证券", "基金", "期货", "保险", "信托", "人寿", "财产", "消费", "金融", "管理", "投资", "顾问",
     "公司", "集团", "农村", "商业", "村镇", "信用", "中国", "上海", "北京", "深圳", "国际", "资产", "资管"]
)  # fmt: skip


#: Trades that only licensed firms may register in their names.
_TRADES = (
    "银行",
    "证券",
    "期货",
    "基金管理",
    "信托",
    "保险",
    "人寿",
    "财险",
    "消费金融",
    "汽车金融",
    "信用社",
)


def _pairs(key: str) -> set[str]:
    return {key[i : i + 2] for i in range(len(key) - 1)} - _COMMON


@dataclass(frozen=True)
class Firm:
    """All entries that one name or code stands for (several where the name is ambiguous)."""

    hits: tuple[Hit, ...]

    @property
    def name(self) -> str:
        """The registered name, or the name the list gives."""
        entry = self.hits[0].entry
        return entry.full_name or entry.name

    @cached_property
    def usccs(self) -> frozenset[str]:
        """Its codes, where the registers give any."""
        return frozenset(hit.entry.uscc for hit in self.hits if hit.entry.uscc)

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Its listed domains."""
        return tuple(dict.fromkeys(domain for hit in self.hits for domain in hit.entry.domains))

    @cached_property
    def packages(self) -> frozenset[str]:
        """Package names of its apps, case-folded."""
        return frozenset(package.casefold() for hit in self.hits for package in hit.entry.app_packages)

    @cached_property
    def phones(self) -> frozenset[str]:
        """Its listed numbers, digits only."""
        return frozenset(phone for hit in self.hits for phone in hit.entry.phones)

    @cached_property
    def _fulls(self) -> frozenset[str]:
        names = [
            name
            for hit in self.hits
            for name in (hit.entry.full_name, *hit.entry.former_names, *hit.entry.owners)
            if name is not None
        ]
        return frozenset(full_of(text_key(name)) for name in names)

    @cached_property
    def _shorts(self) -> frozenset[str]:
        names = [
            name
            for hit in self.hits
            for name in (
                hit.entry.name,
                hit.entry.full_name,
                *hit.entry.brands,
                *hit.entry.former_names,
                *hit.entry.owners,
            )
            if name is not None
        ]
        keys = [text_key(name) for name in names]
        return frozenset(keys) | frozenset(short_of(key) for key in keys)

    @cached_property
    def nickname_only(self) -> bool:
        """Whether the registers give no registered name: then a name may differ and be its own."""
        return all(hit.entry.full_name is None for hit in self.hits)

    def named(self, name: str) -> bool:
        """Whether a name is the firm's: registered, short, former, a branch's, a listed owner's."""
        key = text_key(name)
        head = head_office_of(key)
        if full_of(key) in self._fulls or key in self._shorts or short_of(key) in self._shorts:
            return True
        return head is not None and (head in self._fulls or short_of(head) in self._shorts)

    def registered_as(self, name: str) -> bool:
        """Whether a name is one of its registered ones, a branch's included; of a firm known by a nickname, any of its names."""
        if self.nickname_only:
            return self.named(name)
        key = text_key(name)
        return full_of(key) in self._fulls or head_office_of(key) in self._fulls

    def cannot_be(self, name: str) -> bool:
        """Whether a name is certainly another's.

        Of a firm known by a nickname alone, only a name that shares nothing with it is. A firm
        known from an old list of hints may bear another name of its trade by now.
        """
        if self.named(name):
            return False
        if all(hit.register.hints for hit in self.hits):
            other = text_key(name)
            if any(trade in other and any(trade in key for key in self._shorts) for trade in _TRADES):
                return False
        if not self.nickname_only:
            return True
        own = {pair for key in self._shorts for pair in _pairs(key)}
        return not own & _pairs(text_key(name))

    def owns_host(self, host: str) -> bool:
        """Whether a host lies under one of its listed domains."""
        return any(under(host, domain) for domain in self.domains)

    def has_code(self, code: str) -> bool:
        """Whether a code or licence number is one of its own."""
        cleaned = clean_code(code)
        return cleaned in self.usccs or any(
            hit.entry.licence_no is not None and clean_code(hit.entry.licence_no) == cleaned
            for hit in self.hits
        )

    def is_same(self, other: "Firm") -> bool:
        """Whether two sets of entries speak of one firm."""
        if self.usccs & other.usccs:
            return True
        return bool(self._fulls & other._fulls or self._shorts & other._shorts)


def firm(hits: Iterable[Hit]) -> Firm:
    """The firm of some hits."""
    return Firm(tuple(hits))

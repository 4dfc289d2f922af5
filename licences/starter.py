"""Make the bundled lists from collected public facts: `python -m licences.starter FOLDER`.

FOLDER holds `licensed_institutions.jsonl` (name, full name, code, kind, source) and
`sac_blacklist_2018Q4.jsonl` (name, URL). Run again with the same files, it writes the same
bytes. The result goes to `licences/data/`.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from licences.hosts import clean_host, is_shared
from licences.model import LicenceEntry, ListKind, NegativeEntry, Register
from licences.names import has_legal_form, text_key
from licences.stored import encode_list

DATA = Path(__file__).parent / "data"

#: The kinds of the collected rows, as licence types of `scope.yaml`.
TYPES = {
    "bank": "bank",
    "bank_name_wechatpay": "bank",
    "city_commercial_bank": "bank",
    "private_bank": "bank",
    "consumer_finance": "consumer_finance",
    "auto_finance": "auto_finance",
    "trust": "trust",
    "securities": "securities",
    "securities_advisory": "securities_advisory",
    "futures": "futures",
    "fund_manager": "fund_manager",
    "life_insurer": "insurer",
    "property_insurer": "insurer",
    "advisory_or_other": "unstated",
    "other_fin": "unstated",
}

#: Year in the source's own words → (register, its date, what it is). Of a year alone the
#: first day counts, so that no list looks younger than it may be.
SOURCES = {
    "2018": ("starter-2018", date(2018, 1, 1), "证券业机构名称（公开网页的名单，2018 年，非登记簿）"),
    "2021": ("starter-2021", date(2021, 1, 1), "银行名称（支付平台公开的银行列表，2021 年，非登记簿）"),
    "2023": ("starter-2023", date(2023, 12, 31), "金融机构名称（监管机构名录的转载，2023 年 12 月）"),
    "2025": (
        "starter-2025",
        date(2025, 6, 30),
        "消费金融、汽车金融公司（银行业金融机构法人名单的转载，2025-06-30）",
    ),
}
_SOURCE_YEAR = re.compile(r"(?:as of |list, |\()(20\d\d)")

SAC = Register(
    id="negative-sac-2018q4",
    title_zh="中国证券业协会非法仿冒机构黑名单（2018 年第四季度）",
    kind=ListKind.NEGATIVE,
    as_of=date(2018, 12, 31),
    max_age_days=366,
    source="中国证券业协会公布名单的转载",
)
SAC_AUTHORITY = "中国证券业协会"
#: Names on that list that are nobody else's: the rest are headlines, names of the firms that
#: were imitated, or names many firms bear (华泰投资), and count by host only.
SAC_OWN_NAMES = frozenset(
    {"倍享策略", "财惠赚", "顶牛贷", "股誉天下", "集金学堂", "短线牛人圈", "题材挖掘机", "艾福瑞国际投资"}
)
#: Sites of firms with business of their own, of which the list names one page only.
PAGE_ONLY = frozenset({"jr.emoney.cn", "cjs.com.cn"})
_CONTACT = re.compile(r"\s*(?:客服|在线咨询)?\s*(?:QQ)?\s*[:：]\s*\d+.*$")
_URL = re.compile(r"(?:https?://|www\.)[0-9A-Za-z.\-]+(?:/[0-9A-Za-z./?=&_\-]*)?")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def starter_lists(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[Register, list[LicenceEntry]]]:
    """One register for each source year, its entries in the order of the rows, names once."""
    known = yaml.safe_load((DATA / "short_names.yaml").read_text("utf-8"))
    phrases = yaml.safe_load((DATA / "not_firms.yaml").read_text("utf-8"))["phrases"]
    kept: dict[str, dict[str, LicenceEntry]] = {year: {} for year in SOURCES}
    for row in rows:
        found = _SOURCE_YEAR.search(row["source"])
        if found is None:
            raise ValueError(f"no year in the source of {row['id']}: {row['source']}")
        name = row["text"].strip()
        if name in phrases:  # 企业银行: a word, whoever bore it
            continue
        full = row["full_name"] or known["full_names"].get(name) or (name if has_legal_form(name) else None)
        kept[found[1]].setdefault(
            text_key(name),
            LicenceEntry(
                id=f"{SOURCES[found[1]][0]}:{row['id']}",
                name=name,
                full_name=full,
                licence_no=row["code"],
                licence_type=TYPES[row["label"]],
                brands=tuple(known["brands"].get(name, ())),
            ),
        )
    for year, (register_id, as_of, source) in SOURCES.items():
        register = Register(
            id=register_id,
            title_zh=f"内置起始名单（{year} 年）",
            kind=ListKind.LICENCE,
            as_of=as_of,
            max_age_days=92,
            source=source,
            hints=True,
        )
        yield register, list(kept[year].values())


def negative_list(rows: Iterator[dict[str, Any]]) -> list[NegativeEntry]:
    """The association's list: hosts once, pages on shared platforms kept without a domain."""
    entries: dict[str, NegativeEntry] = {}
    for row in rows:
        found = _URL.search(row["url"] or row["name"])
        url = found[0] if found else None
        host = clean_host(url) if url else None
        name = _CONTACT.sub("", _URL.sub("", row["name"])).strip(" ：:；") or (host or "")
        own = name in SAC_OWN_NAMES
        domains = (host,) if host and host not in PAGE_ONLY and not is_shared(host) else ()
        if domains or own:
            entries.setdefault(
                host or name,
                NegativeEntry(
                    id=f"{SAC.id}:{row['id']}",
                    name=name,
                    authority=SAC_AUTHORITY,
                    listed_on=SAC.as_of,
                    domains=domains,
                    document="2018 年第四季度黑名单",
                    match_name=own,
                    url=url,
                ),
            )
    return list(entries.values())


def main(folder: Path) -> None:
    """Write the bundled lists."""
    for register, entries in starter_lists(_rows(folder / "licensed_institutions.jsonl")):
        (DATA / f"{register.id}.jsonl").write_bytes(encode_list(register, entries))
    negatives = negative_list(_rows(folder / "sac_blacklist_2018Q4.jsonl"))
    (DATA / "negative_sac_2018Q4.jsonl").write_bytes(encode_list(SAC, negatives))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

import ast
import re
from datetime import date
from pathlib import Path

import licences
from licences.keys import DECIDING, WORDS, KeyKind, fingerprint, icp_key, keys_of, stands_in_text, text_names
from licences.model import Entry, FilingEntry, FirmEntry, LicenceEntry, NegativeEntry, Shareholder

ROOM = Path(licences.__file__).parent
K = KeyKind


def _keys(entry: Entry) -> set[tuple[KeyKind, str]]:
    return set(keys_of(entry))


def test_a_licensee_is_found_by_all_it_is_known_by() -> None:
    entry = LicenceEntry(
        id="1",
        name="云岫银行",
        full_name="雲岫銀行股份有限責任公司",
        licence_type="bank",
        uscc="91990000MA0000001X",
        licence_no="B 9901-H199000001",
        domains=("yunxiu.example",),
        app_packages=("com.YunXiu",),
        brands=("岫行",),
        former_names=("虚城银行股份公司",),
    )
    assert _keys(entry) == {
        (K.FULL, "云岫银行股份有限公司"),
        (K.FORMER, "虚城银行股份有限公司"),
        (K.SHORT, "云岫银行"),
        (K.SHORT, "云岫银行股份有限责任公司"),
        (K.SHORT, "岫行"),
        (K.SHORT, "虚城银行"),
        (K.USCC, "91990000MA0000001X"),
        (K.LICENCE_NO, "B9901H199000001"),
        (K.DOMAIN, "yunxiu.example"),
        (K.PACKAGE, "com.yunxiu"),
    }
    assert text_names(keys_of(entry)) == {
        "云岫银行股份有限公司",
        "云岫银行股份有限责任公司",
        "云岫银行",
        "虚城银行",
    }


def test_one_that_an_authority_named() -> None:
    entry = NegativeEntry(
        id="1",
        name="满仓投资",
        authority="某局",
        listed_on=date(2026, 1, 1),
        domains=("mancang.example", "weibo.com"),
    )
    assert _keys(entry) == {(K.FULL, "满仓投资"), (K.DOMAIN, "mancang.example")}


def test_a_firm_by_its_people_and_holders() -> None:
    entry = FirmEntry(
        id="1",
        name="云岫数科有限责任公司",
        uscc="91990000ma0000001x",
        former_names=("虚城网络有限公司",),
        legal_representative="欧阳 岫",
        shareholders=(
            Shareholder(name="云岫集团有限公司", code="91990000MA0000002X"),
            Shareholder(name="欧阳岫"),
        ),
    )
    assert _keys(entry) == {
        (K.FULL, "云岫数科有限公司"),
        (K.FORMER, "虚城网络有限公司"),
        (K.USCC, "91990000MA0000001X"),
        (K.PERSON, "欧阳岫"),
        (K.HOLDER, "欧阳岫"),
        (K.HOLDER, "云岫集团有限公司"),
        (K.HOLDER_CODE, "91990000MA0000002X"),
    }


def test_a_filing_by_its_main_number() -> None:
    entry = FilingEntry(
        id="1",
        number="沪ICP备2026000001号-3",
        owner="云岫数科有限公司",
        domains=("yunxiu.example",),
        app_packages=("com.yunxiu",),
    )
    assert _keys(entry) == {
        (K.ICP, "沪ICP备2026000001号"),
        (K.FULL, "云岫数科有限公司"),
        (K.DOMAIN, "yunxiu.example"),
        (K.PACKAGE, "com.yunxiu"),
    }


def test_every_form_of_a_filing_number_is_the_same_filing() -> None:
    forms = (
        "沪ICP备2026000001号",
        "沪icp备2026000001号-12",
        "沪ICP备 2026000001号－2A",
        "沪ICP备2026000001号3",
    )
    assert {icp_key(form) for form in forms} == {"沪ICP备2026000001号"}


def test_what_stands_in_a_text() -> None:
    assert [stands_in_text(key) for key in ("工行", "abc", "云岫a", "云" * 64, "云" * 65)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_the_fingerprint_covers_every_module_that_keys_are_made_with() -> None:
    """A changed rule compiles lists again: `keys`, `near` and all of the room that they import."""
    plain = {"errors", "model", "tabledata"}  # what they say about an entry makes no key
    found, waiting, words = set(), {"keys", "near"}, set()
    while waiting:
        module = waiting.pop()
        found.add(module)
        source = (ROOM / f"{module}.py").read_text("utf-8")
        words |= set(re.findall(r"data/(\w+)\.yaml", source))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("licences."):
                waiting.add((node.module or "").removeprefix("licences."))
        waiting -= found | plain
    assert found == set(DECIDING) - {"hashing"}
    assert words == set(WORDS)
    assert len(fingerprint()) == 32

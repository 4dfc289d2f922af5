"""The fictional registers, imported as a user imports any list, give every licence status."""

import csv
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.importer import import_list
from licences.registers import Registers
from licences.resolve import resolve

TODAY = date(2026, 11, 22)
LISTS = [path for path in files("licences").joinpath("data").iterdir() if path.name.endswith(".jsonl")]


@pytest.fixture(scope="module")
def registers(sandbox, tmp_path_factory) -> Registers:
    folder = tmp_path_factory.mktemp("licences")
    for one in sandbox.registers:
        import_list(one.path, one.register, one.as_of, folder, now=datetime(2026, 11, 22, tzinfo=UTC))
    return Registers.load(folder)


@pytest.mark.parametrize(
    ("status", "product", "clues"),
    [
        ("licensed", "wealth", {"uscc": ("91990000MAFAW0016B",), "host": "haitangwan-bank.example"}),
        ("licensed", "fund", {"declared": "云岫谷基金管理有限公司", "host": "yunxiugu-fund.example"}),
        (
            "licensed",
            "loan",
            {"app_package": "com.qingsuiwan.credit", "app_developer": "青穗湾消费金融有限公司"},
        ),
        ("out_of_scope", "loan", {"declared": "松果云支付有限公司", "host": "songguoyun-pay.example"}),
        ("expired", "loan", {"declared": "蓝汀湾小额贷款有限公司", "host": "lantingwan-loan.example"}),
        ("unconfirmed", "securities", {"declared": "岩岭谷证券", "host": "yanlinggu-kaihu.example"}),
        ("contradicted", "loan", {"declared": "海棠湾银行", "host": "haitangwan-vip.example"}),
        ("listed_negative", "securities", {"declared": "满仓砚榜投资顾问有限公司"}),
        ("listed_negative", "securities", {"host": "mancang-jinbang.example"}),
        ("not_found", "loan", {"declared": "速达砚融信息咨询有限公司", "host": "sudaronghui.example"}),
        ("not_found", "wealth", {"declared": "金荷鑫财富管理有限公司"}),
        ("unknown", "p2p", {"declared": "汇融砚心互联网信息服务有限公司"}),
    ],
)
def test_status(registers, status, product, clues):
    verdict = resolve(AdvertiserClues(**clues), Product(product), TODAY, registers).licence

    assert verdict.status is LicenceStatus(status)
    assert verdict.as_of == TODAY
    assert not verdict.stale


def test_a_match_in_the_stale_list_is_licensed_and_marked(registers):
    clues = AdvertiserClues(declared="茗山谷人寿保险股份有限公司", host="mingshangu-life.example")
    verdict = resolve(clues, Product.INSURANCE, TODAY, registers).licence

    assert verdict.status is LicenceStatus.LICENSED
    assert verdict.stale


def test_no_invented_firm_bears_a_real_licensees_name(sandbox):
    known = "".join(path.read_text("utf-8") for path in LISTS)
    invented = {
        row[column]
        for one in sandbox.registers
        for row in csv.DictReader(one.path.open(encoding="utf-8", newline=""))
        for column in ("name", "full_name", "brands")
        if row.get(column)
    }

    assert LISTS
    assert len(invented) >= 14
    assert [name for name in invented if f'"{name}"' in known] == []

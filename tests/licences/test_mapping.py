from importlib.resources import files
from pathlib import Path

import pytest

from findings.model.vocabulary import Product
from licences.errors import ColumnsWrong
from licences.mapping import find_header, load_mapping
from licences.model import ListKind
from licences.versions import read_version
from tests.licences.conftest import Importer, Writer

BUNDLED = sorted(path.name.removesuffix(".yaml") for path in files("licences").joinpath("mappings").iterdir())


@pytest.mark.parametrize("register", BUNDLED)
def test_every_bundled_mapping_is_sound(register: str) -> None:
    mapping = load_mapping(register)
    assert "name" in mapping.required
    kinds = {
        "negative": ListKind.NEGATIVE,
        "icp": ListKind.FILINGS,
        "apps": ListKind.FILINGS,
        "firms": ListKind.FIRMS,
    }
    assert mapping.kind is kinds.get(register, ListKind.LICENCE)


@pytest.mark.parametrize(
    ("register", "kind"), [("shanghai", ListKind.LICENCE), ("negative-shanghai", ListKind.NEGATIVE)]
)
def test_a_register_without_a_mapping_takes_the_general_one(register: str, kind: ListKind) -> None:
    assert load_mapping(register).kind is kind


def test_a_national_list_of_banks_proves_nothing_about_lenders() -> None:
    assert Product.LOAN not in load_mapping("nfra").products


def test_headings_with_notes_in_brackets_and_spaces() -> None:
    row = ("序号", "机 构 名 称", "机构类型（按许可证）", "有效期至(年月日)")
    at, columns = find_header([row], load_mapping("default"))
    assert (at, columns) == (0, {"name": 1, "licence_type": 2, "valid_to": 3})


def test_what_is_missing_and_what_was_found_is_named() -> None:
    with pytest.raises(ColumnsWrong, match=r"missing licence_type .*机构名称, 备注"):
        find_header([("机构名称", "备注")], load_mapping("default"))


def test_a_payment_list_in_its_own_columns(load: Importer, csv_file: Writer, folder: Path) -> None:
    file = csv_file(
        "编号,公司名称,业务类型,业务覆盖范围,首次许可日期,有效期至",
        "Z2000133000019,松间支付有限公司,储值账户运营Ⅰ,全国,2011年5月26日,2031年5月25日",
    )
    report = load(file, register="pboc_payment")
    entry = read_version(folder, "pboc_payment", report.version).entry(0)
    assert (entry.licence_type, entry.scope, entry.full_name) == (
        "payment",
        (Product.PAYMENT,),
        "松间支付有限公司",
    )
    assert report.notes == ()

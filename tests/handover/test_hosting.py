"""Province and registrar: from address files, the office's table, answers of RDAP servers."""

import json
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handover.hosting.errors import HostingFileBroken
from handover.hosting.model import HostFacts, together
from handover.hosting.places import province_in
from handover.hosting.ranges import AddressRanges
from handover.hosting.rdap import of_address, of_domain
from handover.hosting.table import OfficeTable

FILE = """\
# 起始,结束,所在
203.0.113.0,203.0.113.127,中国,福建省,福州市,电信
203.0.113.128|203.0.113.255|中国|0|广东省|深圳市|联通
198.51.100.0/24\t美国\t加利福尼亚州
2001:db8:1::/48,上海市
203.0.113.200,203.0.113.210,北京
192.0.2.9,192.0.2.1,北京
不是地址,北京
192.0.2.0/24,中国,0,0
"""


@pytest.fixture
def ranges(tmp_path: Path) -> AddressRanges:
    path = tmp_path / "addresses.txt"
    path.write_text(FILE, "utf-8")
    return AddressRanges.read(path)


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("203.0.113.0", ("福建", None)),
        ("203.0.113.127", ("福建", None)),
        ("203.0.113.205", ("广东", None)),  # a city of its own belongs to its province's administration
        ("198.51.100.77", (None, "美国")),
        ("2001:db8:1:2::3", ("上海", None)),
        ("::ffff:203.0.113.5", ("福建", None)),
        ("192.0.2.5", (None, None)),  # in the country, nowhere said
        ("2001:db8:2::1", (None, None)),
        ("203.0.114.0", (None, None)),
        ("no address", (None, None)),
        (None, (None, None)),
    ],
)
def test_an_address_is_found_in_its_range(
    ranges: AddressRanges, ip: str | None, place: tuple[str | None, str | None]
) -> None:
    told = ranges.facts("a.example", ip)
    assert (told.province, told.abroad) == place
    assert [one.zh for one in told.by] == (["地址段文件 addresses.txt"] if any(place) else [])


def test_lines_that_say_nothing_are_named(ranges: AddressRanges) -> None:
    assert [(fault.line, fault.why.zh) for fault in ranges.faults] == [
        (7, "不是地址段"), (8, "不是地址段"), (6, "与其他地址段重叠")]  # fmt: skip


@given(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=20, unique=True), st.integers(0, 2**32 - 1))
def test_no_address_is_in_a_range_that_does_not_hold_it(
    tmp_path_factory: pytest.TempPathFactory, edges: list[int], asked: int
) -> None:
    pairs = list(zip(*[iter(sorted(edges))] * 2, strict=False))
    path = tmp_path_factory.mktemp("ranges") / "a.csv"
    path.write_text(
        "".join(f"{ip_address(a)},{ip_address(b)},地{n}\n" for n, (a, b) in enumerate(pairs)), "utf-8"
    )
    expected = next((f"地{n}" for n, (a, b) in enumerate(pairs) if a <= asked <= b), None)
    assert AddressRanges.read(path).facts(None, str(ip_address(asked))).abroad == expected


@pytest.mark.parametrize("text", ["", "# 空\n", "甲,乙\n", "\x00" * 500])
def test_a_file_without_a_range_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with pytest.raises(HostingFileBroken):
        AddressRanges.read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("text", "province"),
    [("福建省福州市", "福建"), ("广东省深圳市", "广东"), ("大连市高新区", "辽宁"), ("内蒙古自治区", "内蒙古"), ("GUANGDONG, CN", "广东"),
     ("No.1, Inner Mongolia Rd", "内蒙古"), ("China Telecom", None), ("", None), ("Shanghaiese", None)],
)  # fmt: skip
def test_a_province_is_read_in_free_words(text: str, province: str | None) -> None:
    assert province_in(text) == province


def test_the_offices_table_holds_for_the_names_below_a_domain(tmp_path: Path) -> None:
    path = tmp_path / "本局.csv"
    path.write_text("域名或IP,省份,注册商,备注\nXinghe.example,浙江省,,\n"
                    "pay.xinghe.example,,海棠域名注册有限公司,问询所得\n203.0.113.9,上海,,\n", "utf-8-sig")  # fmt: skip
    table = OfficeTable.read(path)
    assert table.facts("www.pay.xinghe.example", None) == HostFacts(
        "浙江", None, "海棠域名注册有限公司", table.facts("xinghe.example", None).by
    )
    assert table.facts("notxinghe.example", "203.0.113.9").province == "上海"
    assert table.facts("example", "::1") == HostFacts()
    path.write_text("域名,省份\na.example,火星\n", "utf-8")
    with pytest.raises(HostingFileBroken, match="line 2"):
        OfficeTable.read(path)
    path.write_text("省份\n上海\n", "utf-8")
    with pytest.raises(HostingFileBroken, match="host"):
        OfficeTable.read(path)


def _card(*properties: object) -> list[object]:
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def test_rdap_names_the_registrar_and_the_holders_province() -> None:
    domain = {"objectClassName": "domain", "entities": [
        {"roles": ["registrant"], "vcardArray": _card(["fn", {}, "text", "某某"])},
        {"roles": ["registrar"], "vcardArray": _card(["fn", {}, "text", "Haitang Names Ltd"])}]}  # fmt: skip
    network = {"objectClassName": "ip network", "country": "CN", "entities": [
        {"roles": ["registrant"], "vcardArray": _card(["adr", {"label": "No.31, jingrong street\nBeijing"}, "text", [""] * 7])}]}  # fmt: skip
    assert of_domain(json.dumps(domain).encode(), "s").registrar == "Haitang Names Ltd"
    assert of_address(json.dumps(network).encode(), "s").province == "北京"
    assert of_address(json.dumps({**network, "country": "us"}).encode(), "s").abroad == "US"
    assert of_address(json.dumps({"objectClassName": "ip network", "remarks": [{"description": ["Zhejiang Mobile"]}]}).encode(), "s").province == "浙江"  # fmt: skip
    assert of_domain(b'{"objectClassName":"domain"}', "s") == HostFacts()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["entities", "roles", "vcardArray", "country", "remarks", "description", "name"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["entities", "remarks", "country", "name", "vcardArray"]), JSON))
def test_any_object_is_read(answer: dict[str, object]) -> None:
    data = json.dumps(answer | {"objectClassName": "x"}).encode()
    of_address(data, "s"), of_domain(data, "s")


@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"{}", b'{"a":' * 5000, b"\xff"])
def test_an_answer_that_is_no_rdap_is_said_to_be_none(answer: bytes) -> None:
    with pytest.raises(ValueError):
        of_domain(answer, "s")


def test_each_fact_comes_from_the_first_that_knows_it() -> None:
    a, b = HostFacts(None, None, "甲"), HostFacts("上海", None, "乙")
    assert together((a, b)) == HostFacts("上海", None, "甲")
    assert together((HostFacts(None, "US"), b)) == HostFacts(None, "US", "乙")
    assert together(()) == HostFacts()

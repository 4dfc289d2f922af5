"""Lists by paper: sites numbered without a gap, personal data masked where nobody needs it, hostile text harmless."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.evidence import FolderEvidenceStore
from findings.model.crawl import Contacts
from findings.model.errors import Said
from findings.model.handover import Paper
from findings.model.judgement import Advertiser, AppInfo
from findings.model.records import CaseView
from handover.addressees import load_addressees
from handover.batch import Batch
from handover.batch_papers import list_rows
from handover.columns import MOST
from handover.hosting.model import HostFacts
from handover.rows import batch_row, site_first, without_personal_data
from handover.sheets import table
from handover.signing import Signer
from handover.workbooks import HIGHEST, LINE, row_height
from tests.handover.conftest import case, made, record

PAPERS = load_addressees().papers
SITES = st.lists(st.one_of(st.none(), st.sampled_from(["a.example", "b.example", "c.example"])), max_size=12)


@given(SITES)
def test_the_first_case_of_each_site_comes_first_and_the_further_ones_behind(sites: list[str | None]) -> None:
    cases = [(f"c1-{number}", site) for number, site in enumerate(sites)]
    order = site_first(cases)
    assert sorted(order) == sorted(case_id for case_id, _ in cases)
    known = dict(cases)
    heads = [known[case_id] for case_id in order][: len({s for s in sites if s}) + sites.count(None)]
    named = [site for site in heads if site]
    assert len(named) == len(set(named)) == len({site for site in sites if site})


def test_a_closure_list_has_one_row_a_site_with_the_leads_of_all_its_cases(
    evidence: FolderEvidenceStore,
) -> None:
    whole = case(evidence)
    other = replace(whole, id="c1-other", ads=(replace(whole.lead, landing_host="x.example"),))
    rows = [batch_row(n, one, "", 0) for n, one in enumerate((whole, other, replace(whole, id="c1-2")), 1)]
    first, second = list_rows(rows, PAPERS[Paper.CLOSURE])
    assert (first.number, first.also, second.number, second.also) == (1, (3,), 2, ())
    assert first.sightings == 4
    line = dict(zip(*table([first], PAPERS[Paper.CLOSURE].columns), strict=True))
    assert line["同站其他序号"] == "3"
    assert line["证据编号"].split("\n") == [whole.id, "c1-2"]


def test_a_closure_list_never_names_the_host_of_a_store_for_an_app(evidence: FolderEvidenceStore) -> None:
    whole = case(evidence)
    apps = [
        replace(whole, id=f"c1-{name}", ads=(replace(whole.lead, app=AppInfo(package=name)),))
        for name in ("one", "two")
    ]
    rows = list_rows([batch_row(n, one, "", 0) for n, one in enumerate(apps, 1)], PAPERS[Paper.CLOSURE])
    assert [(row.number, row.host, row.app, row.also) for row in rows] == [
        (1, None, "one", ()),
        (2, None, "two", ()),
    ]


def test_place_and_registrar_say_who_knew_them_else_unknown(evidence: FolderEvidenceStore) -> None:
    known = HostFacts(province="虚城", registrar="虚名注册", by=(Said("the table", "本局登记表"),))
    rows = [batch_row(1, case(evidence), "", 0, known), batch_row(2, case(evidence), "", 0)]
    heads, *lines = table(rows, ("place", "registrar", "known_by"))
    assert heads == ["服务器所在地", "域名注册商", "所在地、注册商依据"]
    assert lines == [["虚城", "虚名注册", "本局登记表"], ["未知", "未知", ""]]


def personal(evidence: FolderEvidenceStore) -> CaseView:
    whole = case(evidence, title="联系人：王小明 13800138000", text="保本保息，致电13800138000")
    landing = whole.lead.landing
    assert landing is not None
    reached = replace(landing, contacts=Contacts(phones=("13800138000",)), title="王经理 13800138000")
    return replace(
        whole, ads=(replace(whole.lead, landing=reached, landing_url="https://x.example/13800138000"),)
    )


@pytest.mark.parametrize("paper", list(Paper))
def test_personal_data_stands_only_where_it_is_needed(evidence: FolderEvidenceStore, paper: Paper) -> None:
    whole = personal(evidence)
    row = batch_row(1, whole, "", 0)
    if PAPERS[paper].personal == "masked":
        row = without_personal_data(row, whole)
    line = dict(zip(*table([row], PAPERS[paper].columns), strict=True))
    addresses = {"网址", "全部网址"}  # what an address says is needed to find the site
    shown = [head for head, cell in line.items() if "13800138000" in cell and head not in addresses]
    assert bool(shown) is (PAPERS[paper].personal == "whole")
    assert any("13800138000" in line[head] for head in addresses & set(line))


def test_an_advertiser_who_is_a_person_is_named_by_the_first_character(evidence: FolderEvidenceStore) -> None:
    whole = case(evidence)
    for name, told in (("张三丰", "张**"), ("张三丰示例理财有限公司", "张三丰示例理财有限公司")):
        judged = replace(whole.lead.judgement, advertiser=Advertiser(None, None, None))
        named = replace(whole, ads=(replace(whole.lead, judgement=judged, advertiser_shown=name),))
        assert without_personal_data(batch_row(1, named, "", 0), named).advertiser == told


HOSTILE = "=cmd|' /C calc'!A0 😀\u202e../../etc/passwd\x00" + "甲" * 200


def test_hostile_text_is_text_in_every_file(
    tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer, no_office: None
) -> None:
    whole = case(evidence, title=HOSTILE, text="保本" + HOSTILE)
    url = "https://x.example/" + "a" * 10_000
    ad = replace(whole.lead, landing_url=url, advertiser_shown="@" + HOSTILE)
    batch: Batch = made(
        tmp_path / "out", [replace(whole, ads=(ad,))], evidence, signer, record(paper=Paper.STOP)
    )
    for path in batch.folder.rglob("*"):
        assert path.resolve().is_relative_to(batch.folder.resolve())
    sheet = openpyxl.load_workbook(batch.folder / "移送清单.xlsx").active
    assert sheet is not None
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line]
    assert not [
        cell for cell in cells if cell.data_type == "f" or str(cell.value or "").startswith(("=", "@", "+"))
    ]
    assert max(len(str(cell.value or "")) for cell in cells) <= 2 * MOST
    assert batch.rows[0].url == url
    assert "百度" in [
        cell.value for cell in cells
    ]  # a source by the name its addressee knows; rechecks ask by its id
    assert batch.rows[0].sources == ("baidu",)


@given(st.lists(st.tuples(st.text(max_size=200), st.floats(4, 80)), max_size=5))
def test_a_row_is_as_high_as_its_text_needs_and_no_higher_than_a_row_can_be(
    cells: list[tuple[str, float]],
) -> None:
    height = row_height(cells)
    assert LINE <= height <= HIGHEST
    assert row_height([*cells, ("甲" * 10_000, 20.0)]) == HIGHEST
    for text, _ in cells:
        assert height == HIGHEST or height >= LINE * (text.count("\n") + 1)

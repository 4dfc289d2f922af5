"""Related parties: steps, strength, caps, cycles."""

import json
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licences import related as module
from licences.firmlists import RegisteredFirms
from licences.index import Index
from licences.model import FirmEntry, ListKind, Register, Shareholder
from licences.personal import masked
from licences.related import Search, Strength, parties_of, related
from licences.relatedgraph import graph_of, write_graph
from licences.stored import StoredList
from tests.support.licence_lists import FRESH, code


def firm(
    name: str, representative: str | None = None, *holders: str | Shareholder, serial: int = 0
) -> FirmEntry:
    return FirmEntry(
        id=f"firms:{name}",
        name=name,
        uscc=code(serial) if serial else None,
        legal_representative=representative,
        shareholders=tuple(Shareholder(name=one) if isinstance(one, str) else one for one in holders),
    )


def firms(*entries: FirmEntry) -> RegisteredFirms:
    register = Register(
        id="firms", title_zh="企业", kind=ListKind.FIRMS, as_of=FRESH, max_age_days=92, source="t"
    )
    return RegisteredFirms(Index([StoredList.of(register, entries)]))


def walk(*entries: FirmEntry, steps: int = 3) -> Search:
    return related(entries[0], firms(*entries), steps)


def steps_of(search: Search) -> dict[str, int]:
    return {one.firm.name: one.step for one in search.firms}


A, B, C, D = "甲示例有限公司", "乙示例有限公司", "丙示例有限公司", "丁示例有限公司"


def test_a_shared_person_leads_from_firm_to_firm_in_any_role() -> None:
    found = walk(firm(A, "张三"), firm(B, "李四", "张三"), firm(C, "李四"), firm(D, "王五"))
    assert steps_of(found) == {A: 0, B: 1, C: 2}
    second = found.firms[1]
    assert second.strength is Strength.WEAK
    assert second.links[0].near == ("legal_representative",)
    assert second.links[0].far == ("shareholder",)
    assert second.via == f"firms:{A}"


def test_two_shared_names_are_more_than_one() -> None:
    found = walk(firm(A, "张三", "李四"), firm(B, "李四", "张三"), firm(C, "张三"))
    assert {one.firm.name: one.strength for one in found.firms[1:]} == {
        B: Strength.MIDDLING,
        C: Strength.WEAK,
    }


def test_a_firm_that_holds_another_is_a_strong_link_both_ways() -> None:
    held = firm(B, "李四", Shareholder(name=A, share=51.0))
    assert [(one.firm.name, one.strength) for one in walk(firm(A, "张三"), held).firms[1:]] == [
        (B, Strength.STRONG)
    ]
    up = walk(held, firm(A, "张三"))
    assert [(one.firm.name, one.strength) for one in up.firms[1:]] == [(A, Strength.STRONG)]
    assert walk(firm(A, "张三"), held).firms[1].links[0].far == ("shareholder 51%",)


def test_a_holder_that_no_list_knows_still_binds_what_it_holds() -> None:
    found = walk(firm(A, "张三", "未登记控股有限公司"), firm(B, "李四", "未登记控股有限公司"))
    assert found.firms[1].strength is Strength.STRONG
    assert not found.firms[1].links[0].person


def test_codes_decide_between_holders_of_one_name() -> None:
    same, other = Shareholder(name=A, code=code(1)), Shareholder(name=A, code=code(2))
    found = walk(firm(A, serial=1), firm(B, None, same), firm(C, None, other))
    assert steps_of(found) == {A: 0, B: 1}


def test_no_more_steps_than_asked_for() -> None:
    chain = [firm(f"{n}号示例有限公司", f"人{n:c}甲", f"人{n + 1:c}甲") for n in range(0x4E10, 0x4E20)]
    assert max(steps_of(walk(*chain, steps=2)).values()) == 2
    assert max(steps_of(walk(*chain, steps=99)).values()) == module.MAX_STEPS


def test_a_delegate_and_a_title_do_not_hide_who_it_is() -> None:
    found = walk(
        firm(A, "星河管理有限公司（委派代表：张三）"),
        firm(B, "张三（董事长）"),
        firm(C, None, "星河管理有限公司"),
    )
    assert {one.firm.name: one.strength for one in found.firms[1:]} == {
        B: Strength.WEAK,
        C: Strength.STRONG,
    }


def test_a_circle_of_firms_ends() -> None:
    found = walk(firm(A, None, C), firm(B, None, A), firm(C, None, B), steps=6)
    assert steps_of(found) == {A: 0, B: 1, C: 1}


def test_a_firm_that_holds_itself_is_not_related_to_itself() -> None:
    assert steps_of(walk(firm(A, "张三", A))) == {A: 0}


def test_a_name_that_very_many_bear_is_not_followed_and_said_so() -> None:
    crowd = [firm(f"{n}号示例有限公司", "王伟") for n in range(module.MAX_BEARERS + 5)]
    found = walk(firm(A, "王伟", "赵孤名"), *crowd, firm(B, "赵孤名"))
    assert steps_of(found) == {A: 0, B: 1}
    assert len(found.notes) == 1
    assert "王伟" in found.notes[0].zh
    assert "未展开" in found.notes[0].zh


def test_a_firm_that_holds_very_many_is_followed_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_HELD", 3)
    found = walk(firm(A), *(firm(f"{n}号示例有限公司", None, A) for n in range(9)))
    assert len(found.firms) == 4
    assert "只展开前 3 家" in found.notes[0].zh


def test_a_search_that_would_not_end_is_cut_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FIRMS", 5)
    found = walk(firm(A), *(firm(f"{n}号示例有限公司", None, A) for n in range(9)))
    assert len(found.firms) == 6
    assert "其余未列出" in found.notes[-1].zh


@pytest.mark.parametrize(
    ("name", "persons", "organisations"),
    [
        ("张三", ["张三"], []),
        ("阿布都·示例", ["阿布都·示例"], []),
        ("Li Wei", ["Li Wei"], []),
        ("张三（董事长）", ["张三"], []),
        ("星河投资合伙企业（有限合伙）", [], ["星河投资合伙企业（有限合伙）"]),
        ("示例市国有资产监督管理委员会", [], ["示例市国有资产监督管理委员会"]),
        ("星河管理有限公司（委派代表：张三）", ["张三"], ["星河管理有限公司"]),
        ("张", [], []),
        ("", [], []),
    ],
)
def test_persons_are_told_from_organisations(name: str, persons: list[str], organisations: list[str]) -> None:
    found = parties_of(firm(A, name or None))
    assert [party.name for party in found if party.person] == persons
    assert [party.name for party in found if not party.person] == organisations


NAMES = st.sampled_from(["张三", "李四", "王五", A, B, C, D])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=3)), min_size=4, max_size=4), st.integers(1, 4))
def test_relations_go_both_ways_and_steps_are_shortest(
    made: Sequence[tuple[str, list[str]]], steps: int
) -> None:
    entries = [firm(name, who, *held) for name, (who, held) in zip((A, B, C, D), made, strict=True)]
    lists = firms(*entries)
    found = {one.id: steps_of(related(one, lists, steps)) for one in entries}
    for one in entries:
        for other in entries:
            assert (other.name in found[one.id]) == (one.name in found[other.id])
            assert found[one.id].get(other.name) == found[other.id].get(one.name)


SEARCH = walk(firm(A, "张三", "某某控股有限公司"), firm("乙\x00示例有限公司", "张三", "某某控股有限公司"))


@pytest.mark.parametrize("form", ["graphml", "gexf", "json"])
def test_a_graph_file_is_read_back_whole(form: str, tmp_path: Path) -> None:
    made = graph_of(SEARCH, lambda key: key.endswith(A), masked)
    path = tmp_path / f"g.{form}"
    path.write_bytes(write_graph(made, form))
    if form == "json":
        back = nx.node_link_graph(json.loads(path.read_text("utf-8")), edges="edges")
    else:
        ElementTree.parse(path)
        back = nx.read_graphml(path) if form == "graphml" else nx.read_gexf(path)
    assert set(back.nodes) == {"f1", "f2", "p1", "p2"}
    assert back.number_of_edges() == 4
    assert back.nodes["f1"]["listed"] is True
    labels = {back.nodes[node]["label"] for node in back.nodes}
    assert "张*" in labels
    assert "张三" not in path.read_text("utf-8")


def test_a_holder_that_is_a_firm_of_the_graph_is_one_node() -> None:
    made = graph_of(walk(firm(A, "张三"), firm(B, None, A)), lambda _: False, str)
    assert set(made.nodes) == {"f1", "f2"}
    assert made.edges["f1", "f2"]["role"] == "shareholder"


def test_a_masked_name_keeps_its_first_character() -> None:
    assert [masked(name) for name in ("王伟", "欧阳示例", "王", "")] == ["王*", "欧***", "王", ""]

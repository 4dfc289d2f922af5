"""Near-duplicates share a group; different texts don't."""

from hypothesis import given
from hypothesis import strategies as st

from finadwatch.learning.groups import groups_of

TEMPLATE = "尊敬的客户，您的备用金{}元已到账，可点链接领取，三天内有效，回T退订，{}客服中心竭诚为您服务"
OTHERS = [
    "星河理财月月分红，到期连本带利还您，加入即送体验金",
    "零首付买房，月供最低三百，售楼处今日开放看房",
    "本地新闻：警方捣毁一个以养老为名的非法集资窝点，涉案人员被刑拘",
]


def test_a_template_filled_in_ten_ways_is_one_group() -> None:
    listed = [TEMPLATE.format(1000 + at, "一二三四五六七八九十"[at]) for at in range(10)]
    assert len(set(groups_of([*listed, *OTHERS]))) == 1 + len(OTHERS)


@given(st.permutations([*OTHERS, TEMPLATE.format(1, "甲"), TEMPLATE.format(2, "甲"), "", "a"]))
def test_the_order_changes_no_group(texts: list[str]) -> None:
    assert dict(zip(texts, groups_of(texts), strict=True)) == dict(
        zip(sorted(texts), groups_of(sorted(texts)), strict=True)
    )

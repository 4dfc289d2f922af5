import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.html_text import visible_text

CASES = [
    ("blocks are lines", "<p>保本</p><p>理财</p>", "保本\n理财"),
    ("inline runs on", "<p>保<b>本</b>理财</p>", "保本理财"),
    ("scripts and styles", "<style>p{}</style><script>保本</script><p>理财</p>", "理财"),
    ("hidden by attribute", "<p hidden>甲</p><p>乙</p>", "乙"),
    ("hidden by style", '<p style="display : none">甲</p><p style="visibility:hidden">甲</p>乙', "乙"),
    ("hidden from screen readers only", '<p aria-hidden="true">保本</p>', "保本"),
    ("no size", '<p style="font-size:0">甲</p>乙', "乙"),
    ("template and noscript", "<template>甲</template><noscript>甲</noscript>乙", "乙"),
    ("alternative text", '<img alt="保本保息">', "保本保息"),
    ("title is not visible", "<head><title>甲</title></head><body>乙</body>", "乙"),
    ("comments", "甲<!-- 乙 -->丙", "甲丙"),
    ("entities", "收益&gt;10&#37;&nbsp;起", "收益>10%\xa0起"),
    ("line breaks", "甲<br>乙", "甲\n乙"),
    ("broken markup", "<div><p>甲<div>乙</p></b>", "甲\n乙"),
    ("xml declaration", '<?xml version="1.0" encoding="gbk"?><p>保本</p>', "保本"),
    ("charset lies", '<meta charset="gbk"><p>保本</p>', "保本"),
    ("nothing", "", ""),
    ("blank", "  \n", ""),
]


@pytest.mark.parametrize(("markup", "text"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_visible_text(markup: str, text: str) -> None:
    assert visible_text(markup) == text


BOMBS = {
    "deep": "<div>" * 200_000 + "保本",
    "wide": "<p>保</p>" * 200_000,
    "attributes": "<p " + "a='b' " * 200_000 + ">保本",
    "entities": "&amp;" * 500_000,
    "nulls": "\0" * 1_000_000 + "保本",
    "surrogates": "\ud800" * 100_000 + "保本",
    "unclosed": "<" * 500_000,
}


@pytest.mark.parametrize("markup", BOMBS.values(), ids=BOMBS.keys())
def test_bombs_end_in_bounded_time(markup: str) -> None:
    began = time.process_time()
    assert isinstance(visible_text(markup), str)
    assert time.process_time() - began < 20


@given(st.text(st.one_of(st.characters(), st.sampled_from("<>/&;\"' divspan保本")), max_size=200))
def test_any_text_is_markup(markup: str) -> None:
    assert isinstance(visible_text(markup), str)

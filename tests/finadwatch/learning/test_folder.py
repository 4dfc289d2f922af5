"""Setting the heads in a configuration that a person wrote: nothing else in it changes."""

from pathlib import Path

import pytest
import yaml

from finadwatch.errors import ConfigError
from finadwatch.learning.folder import set_heads, workshop

FORMS = [
    ("no-file", None),
    ("empty", ""),
    ("comment-alone", "# 值班配置\n"),
    ("no-models", "lang: zh  # 语言\nstore: sqlite:///a.db"),
    ("block", "models:\n  # 本机组件\n  hanlp: /a\nlang: zh\n"),
    ("deep-block", "lang: zh\nmodels:\n      hanlp: /a\n      embedding: /b\n"),
    ("flow", "models: {hanlp: '/a'}  # 组件\nlang: zh\n"),
    ("empty-flow", "models: {}\n"),
    ("nothing-behind", "models:\nlang: zh\n"),
    ("already", "models: {heads: /old, hanlp: /a}\n"),
    ("already-block", "models:\n  hanlp: /a\n  heads: '/old'  # 旧\nlang: zh\n"),
    ("all-flow", "{lang: zh}\n"),
    ("document-start", "---\nlang: zh\n"),
]  # fmt: skip


@pytest.mark.parametrize("text", [form[1] for form in FORMS], ids=[form[0] for form in FORMS])
def test_only_the_heads_change(tmp_path: Path, text: str | None) -> None:
    config = tmp_path / "home" / "config.yaml"
    if text is not None:
        config.parent.mkdir()
        config.write_text(text, "utf-8")
    before = yaml.safe_load(text or "") or {}
    folder = Path("/新 权重/heads: #1")
    set_heads(config, folder)
    written = config.read_text("utf-8")
    models = {**(before.get("models") or {}), "heads": str(folder)}
    assert yaml.safe_load(written) == {**before, "models": models}
    for comment in ("# 值班配置", "# 语言", "# 本机组件", "# 组件", "# 旧"):
        assert (comment in written) == (comment in (text or ""))
    set_heads(config, folder)
    assert config.read_text("utf-8") == written
    assert [path.name for path in config.parent.iterdir()] == ["config.yaml"]


@pytest.mark.parametrize("text", ["- a\n", "a: &x {b: 1}\nmodels: *x\n"], ids=["a-list", "an-alias"])
def test_a_form_that_can_not_be_edited_safely_is_left_alone(tmp_path: Path, text: str) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        set_heads(config, Path("/new"))
    assert config.read_text("utf-8") == text


def test_a_workshop_leaves_nothing_behind(tmp_path: Path) -> None:
    def broken() -> None:
        with workshop(tmp_path / "out") as folder:
            (folder / "half").write_text("x", "utf-8")
            raise OSError

    with pytest.raises(OSError):
        broken()
    assert list((tmp_path / "out").iterdir()) == []

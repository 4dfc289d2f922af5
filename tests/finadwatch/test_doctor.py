"""What `finadwatch doctor` says of HanLP's component: as built, damaged, and one it did not assemble."""

import json
import shutil
from pathlib import Path

import pytest

from models.build import MANIFEST
from tests.conftest import Call

pytestmark = pytest.mark.models


@pytest.fixture
def component(home: Path, hanlp: Path, call: Call) -> Path:
    """A copy of the component, configured."""
    copy = home / "component"
    shutil.copytree(hanlp, copy)
    (home / "config.yaml").write_text(f"models: {{hanlp: '{copy}'}}\n", "utf-8")
    return copy


def said(call: Call) -> tuple[bool, str]:
    told = [json.loads(line) for line in call("doctor", "--json").stdout.splitlines()]
    (part,) = [one for one in told if one["part"] == "HanLP 组件"]
    return part["ok"], part["detail"]


def test_a_component_as_built_is_good(call: Call, component: Path) -> None:
    assert said(call) == (True, str(component))


def test_a_damaged_one_is_told_with_what_to_do(call: Call, component: Path) -> None:
    (component / "vocabs.json").write_text("{}", "utf-8")
    good, detail = said(call)
    assert not good
    assert "已损坏，或由其他版本装配" in detail
    assert "finadwatch models build" in detail


def test_a_folder_that_was_not_assembled_here_is_not_held_to_its_sums(call: Call, component: Path) -> None:
    (component / MANIFEST).unlink()
    (component / "vocabs.json").write_text("{}", "utf-8")
    assert said(call) == (True, str(component))

"""Configuration: one file, every fault at once, secrets from the environment and never shown."""

from pathlib import Path

import pytest

from finadwatch.config import Config, Secret, load_config, shown
from finadwatch.errors import ConfigError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINADWATCH_HOME", str(tmp_path))
    for name in ("FINADWATCH_CONFIG", "FINADWATCH_STORE", "FINADWATCH_ES_PASSWORD", "FINADWATCH_ES_API_KEY"):
        monkeypatch.delenv(name, raising=False)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_everything_lies_in_the_home(tmp_path: Path) -> None:
    config = load_config()
    assert config.store_url == f"sqlite:///{tmp_path}/finadwatch.db"
    assert config.evidence_folder == tmp_path / "evidence"
    assert config.hanlp == str(tmp_path / "models" / "hanlp-lac")


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    path = written(tmp_path, "lang: fr\ncrawl: {pace: -1, unknown: 1}\nstore: ftp://x\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    places = {fault.split(":")[0] for fault in caught.value.faults}
    assert places == {"lang", "crawl", "crawl.pace", "store"}


@pytest.mark.parametrize(
    "text", ["a: [", "\x00", "- just\n- a list\n"], ids=["broken-yaml", "null-byte", "a-list"]
)
def test_an_unreadable_file_is_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        load_config(written(tmp_path, text))


def test_ports_written_as_numbers_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, "network: {hosts: {a.example: 127.0.0.1}, ports: {443: 8443}}\n")
    assert load_config(path).network.ports == {"443": 8443}


def test_the_environment_wins_and_secrets_hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "store: http://a.example:9200\nelasticsearch: {password: file, username: u}\n")
    monkeypatch.setenv("FINADWATCH_STORE", "sqlite:///other.db")
    monkeypatch.setenv("FINADWATCH_ES_PASSWORD", "from-the-environment")
    config = load_config(path)
    assert config.store_url == "sqlite:///other.db"
    assert config.elasticsearch.password == "from-the-environment"
    assert isinstance(config.elasticsearch.password, Secret)
    assert "from-the-environment" not in repr(config) + str(shown(config))


def test_every_setting_of_the_schema_is_a_setting_of_the_type(tmp_path: Path) -> None:
    import json
    from importlib.resources import files

    schema = json.loads(files("finadwatch").joinpath("config.schema.json").read_text("utf-8"))
    plain = shown(Config(home=tmp_path))
    assert set(schema["properties"]) == set(plain) - {"home"}
    for name, part in schema["properties"].items():
        if "properties" in part:
            assert set(part["properties"]) == set(plain[name]), name

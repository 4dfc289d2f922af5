"""The servers that tests start are real and say what is missing."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import elasticsearch, java
from tests.support.java import PartMissing, java_home
from tests.support.redis import redis_server


@pytest.mark.redis
def test_redis_answers_and_goes() -> None:
    with redis_server(append_only=True) as server:
        at = (urlsplit(server.url).hostname or "", urlsplit(server.url).port or 0)
        with socket.create_connection(at, timeout=5) as client:
            client.sendall(b"SET a 1\r\nGET a\r\n")
            assert client.recv(64).startswith(b"+OK")
    with pytest.raises(OSError):
        socket.create_connection(at, timeout=1)


def test_an_old_jdk_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch()
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.9"\n')
    monkeypatch.setenv("ES_JAVA_HOME", str(tmp_path))
    with pytest.raises(PartMissing, match="no JDK 21 or later"):
        java_home()
    (tmp_path / "release").write_text('JAVA_VERSION="25.0.3"\n')
    assert java_home() == tmp_path


def test_no_jdk_at_all_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ES_JAVA_HOME", raising=False)
    monkeypatch.setattr(java, "JVMS", tmp_path)
    with pytest.raises(PartMissing, match="install Temurin 25"):
        java_home()


def test_without_maven_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINADWATCH_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PartMissing, match="install Debian's maven"):
        elasticsearch.distribution()

"""Addresses of stores."""

import subprocess
import sys
from pathlib import Path

import pytest

from findings.errors import StoreUrlError
from findings.stores import open_store, sqlite_path

BAD = [
    ("nothing", ""),
    ("a path", "/srv/x.db"),
    ("another scheme", "postgres://h/x"),
    ("no host", "http://"),
    ("port out of range", "http://h:99999"),
    ("port that is no number", "http://h:x"),
    ("no file", "sqlite:///"),
    ("a folder", "sqlite:////srv/"),
    ("a NUL", "sqlite:///a\0b"),
    ("two slashes", "sqlite://x.db"),
    ("unknown option", "http://h:9200?index=a"),
    ("prefix with a star", "http://h:9200?prefix=*"),
    ("prefix in capitals", "http://h:9200?prefix=Bureau"),
    ("fragment", "http://h:9200#x"),
    ("broken address", "http://[::1"),
]


@pytest.mark.parametrize("url", [row[1] for row in BAD], ids=[row[0] for row in BAD])
def test_an_address_that_is_no_store(url: str) -> None:
    with pytest.raises(StoreUrlError) as raised:
        open_store(url)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("url", ["http://ann:s3cret@h:9200", "https://:s3cret@h", "http://ann@h:9200/x"])
def test_a_password_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(StoreUrlError, match="configuration or environment") as raised:
        open_store(url)
    assert "s3cret" not in str(raised.value)
    assert "ann" not in str(raised.value)


def test_opening_asks_nothing(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/sub/x.db"), open_store("http://192.0.2.1:9200?prefix=a-b_1"):
        assert list(tmp_path.iterdir()) == []


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    assert sqlite_path("sqlite:////srv/x.db") == Path("/srv/x.db")
    assert sqlite_path("sqlite:///x.db") == Path("x.db")
    assert sqlite_path("sqlite:///sub/x 1%20.db") == Path("sub/x 1%20.db")
    assert sqlite_path("sqlite:///new/x.db") == Path("new/x.db")
    # Three slashes before a path that only exists from the root.
    assert sqlite_path(f"sqlite://{tmp_path}/x.db") == tmp_path / "x.db"


def test_the_embedded_store_loads_no_elasticsearch_client(tmp_path: Path) -> None:
    program = (
        "import sys; from findings.stores import open_store;"
        f"open_store('sqlite:///{tmp_path}/x.db').create();"
        "sys.exit('elasticsearch' in sys.modules or 'opencc' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

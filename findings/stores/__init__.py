"""Opens a store by its address. The stores themselves load only when one is opened."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from findings.errors import StoreUrlError
from findings.model.errors import Said
from findings.store import FindingStore

_SQLITE = "sqlite:///"
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def open_store(
    url: str,
    *,
    username: str | None = None,
    password: str | None = None,
    api_key: str | None = None,
    ca_file: Path | None = None,
) -> FindingStore:
    """The store behind an address; it is asked nothing until the first call.

    `sqlite:///path` is a file; `http://host:9200` or `https://…` is Elasticsearch, where
    `?prefix=NAME` puts `NAME-` before the names of all indices, so that several
    administrations share one cluster. Raises StoreUrlError, also for an address with a
    password in it: addresses are printed and logged.
    """
    if url.startswith(_SQLITE):
        from findings.stores.sqlite.store import SqliteStore

        return SqliteStore(sqlite_path(url), url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise StoreUrlError(url) from error
    if parts.username is not None or parts.password is not None:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise StoreUrlError(
            bare,
            Said(
                "put user name, password and key into the configuration or environment",
                zh="用户名、密码和密钥请写入配置或环境变量",
            ),
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise StoreUrlError(url)
    options = parse_qs(parts.query, keep_blank_values=True, strict_parsing=False)
    prefix = options.pop("prefix", [""])[-1]
    if options or parts.fragment or (parts.query and not _PREFIX.fullmatch(prefix)):
        raise StoreUrlError(
            url,
            Said(
                "after the host only ?prefix=name may stand (a-z, 0-9, - and _)",
                zh="主机之后只能有 ?prefix=名称（a-z、0-9、- 和 _）",
            ),
        )
    from findings.stores.elastic.store import ElasticStore

    return ElasticStore(
        parts._replace(query="").geturl(),
        url,
        prefix=f"{prefix}-" if prefix else "",
        username=username,
        password=password,
        api_key=api_key,
        ca_file=ca_file,
    )


def sqlite_path(url: str) -> Path:
    """The file behind `sqlite:///`: `sqlite:////srv/x.db` is absolute, `sqlite:///x.db` relative.

    People also write an absolute path with three slashes. Where the relative reading has no
    folder and the absolute one has, the absolute one is meant.
    """
    name = url.removeprefix(_SQLITE)
    if not name or name.endswith("/") or "\0" in name:
        raise StoreUrlError(url)
    path = Path(name)
    rooted = Path("/", name)
    if not path.parent.is_dir() and rooted.parent.is_dir():
        return rooted
    return path

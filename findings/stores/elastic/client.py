"""The official client, made once, and its errors in the project's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from elasticsearch import (
    ApiError,
    Elasticsearch,
    SerializationError,
    TransportError,
    UnsupportedProductError,
)
from elasticsearch.serializer import JsonSerializer

from findings.errors import (
    AccessRefused,
    IndexMissing,
    StoreAway,
    StoreBlocked,
    StoreDamaged,
    StoreUrlError,
    WriteRefused,
)
from findings.model.errors import FinAdWatchError, Said

#: Seconds until a node that took a request and says nothing counts as away; not tried again then.
REQUEST_SECONDS = 60
_AWAY = frozenset({408, 429, 500, 502, 503, 504})


class _Json(JsonSerializer):
    """The client's JSON, read several times as fast: a page of hits is megabytes."""

    def json_loads(self, data: bytes) -> Any:
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from error


def connect(
    address: str,
    *,
    username: str | None,
    password: str | None,
    api_key: str | None,
    ca_file: Path | None,
) -> Elasticsearch:
    """A client of one address; nothing is sent yet."""
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    options: dict[str, Any] = {}
    if api_key:
        options["api_key"] = api_key
    elif username is not None:
        options["basic_auth"] = (username, password or "")
    if ca_file is not None:
        options["ca_certs"] = str(ca_file)
    return Elasticsearch(
        f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}",
        request_timeout=REQUEST_SECONDS,
        max_retries=2,
        retry_on_status=(429, 502, 503, 504),
        serializers={"application/json": _Json()},
        **options,
    )


@contextmanager
def errors(url: str, writing: str | None = None) -> Iterator[None]:
    """Turn the client's errors into the project's.

    `writing` names what is being written, for WriteRefused.
    """
    try:
        yield
    except (UnsupportedProductError, SerializationError) as error:
        raise StoreUrlError(
            url, Said("what answers there is not Elasticsearch", zh="该地址上的服务不是 Elasticsearch")
        ) from error
    except TransportError as error:
        raise StoreAway(url, _first_line(error.message)) from error
    except ApiError as error:
        raise refusal(url, error.status_code, _cause(error.body), writing) from error


def refusal(url: str, status: int, cause: Mapping[str, Any], writing: str | None) -> FinAdWatchError:
    """The project's error for an answer that is none: HTTP status and Elasticsearch's `error`."""
    kind = str(cause.get("type", ""))
    reason = _first_line(f"{kind}: {_deepest(cause)}" if kind else f"HTTP {status}")
    if kind == "index_not_found_exception" or "alias" in kind:
        return IndexMissing(url)
    # A disk over its flood-stage mark (429) is waited for like a store that is away.
    if status in _AWAY:
        return StoreAway(url, reason)
    if kind == "cluster_block_exception":
        return StoreBlocked(url)
    if status in (401, 403):
        return AccessRefused(url, status)
    if writing is not None:
        return WriteRefused(writing, reason)
    return StoreDamaged(url, reason)


def _cause(body: Any) -> Mapping[str, Any]:
    cause = body.get("error") if isinstance(body, Mapping) else None
    return cause if isinstance(cause, Mapping) else {}


def _deepest(cause: Mapping[str, Any]) -> str:
    """The reason nearest to the fault: Elasticsearch wraps it in `caused_by`."""
    reason = str(cause.get("reason", ""))
    while isinstance(inner := cause.get("caused_by"), Mapping):
        cause = inner
        reason = str(cause.get("reason") or reason)
    return reason


def _first_line(message: str) -> str:
    # A driver's message may hold the whole document it speaks of.
    return message.partition("\n")[0][:300]

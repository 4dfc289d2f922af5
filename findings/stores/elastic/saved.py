"""Saved searches, each a document under a digest of its owner and name."""

import hashlib

import msgspec
from elasticsearch import Elasticsearch, NotFoundError

from findings.search.saved import SavedSearch
from findings.stores.codec import encode
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.client import errors
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import by_id
from findings.stores.elastic.reading import Reader


class Searches:
    """The saved searches of one store."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, reader: Reader) -> None:
        self._client = client
        self._url = url
        self._index = names.alias("searches")
        self._reader = reader

    def put(self, saved: SavedSearch) -> None:
        """Keep a search, or replace the one of its owner and name."""
        key = _key(saved.owner, saved.name)
        document = {
            "id": key,
            "name": saved.name,
            "owner": saved.owner,
            "record": msgspec.Raw(encode(saved.name, saved)),
        }
        item = Item(self._index, key, msgspec.json.encode(document))
        write_bulk(self._client, self._url, [item], require_alias=True)
        self._refresh()

    def of_owner(self, owner: str) -> list[SavedSearch]:
        """The searches of one officer, by name."""
        of_owner = {"term": {"owner": owner}}
        return list(self._reader.records("searches", of_owner, [{"name": "asc"}, {"id": "asc"}], SavedSearch))

    def named(self, owner: str, name: str) -> SavedSearch | None:
        """One search, or None; sees every change at once."""
        document = by_id(self._client, self._url, self._index, _key(owner, name))
        return msgspec.convert(document["_source"]["record"], SavedSearch) if document else None

    def drop(self, owner: str, name: str) -> bool:
        """Forget a search; False if there is none."""
        with errors(self._url):
            try:
                self._client.delete(index=self._index, id=_key(owner, name))
            except NotFoundError as error:
                if error.body.get("result") == "not_found":
                    return False
                raise
        self._refresh()
        return True

    def _refresh(self) -> None:
        with errors(self._url):
            self._client.indices.refresh(index=self._index)


def _key(owner: str, name: str) -> str:
    return hashlib.sha256(f"{owner}\x1f{name}".encode("utf-8", "surrogatepass")).hexdigest()

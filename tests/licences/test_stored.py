import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences import stored
from licences.errors import VersionAltered
from licences.hashing import hash_key
from licences.keys import KeyKind
from licences.model import FirmEntry, ListKind, Register, Shareholder
from licences.stored import StoredList, encode_list
from tests.support.licence_lists import blacklist, entry, negative, whitelist

REGISTER = whitelist().register


@given(st.lists(st.text(min_size=1, max_size=12), max_size=12))
def test_entries_come_back_by_number_and_as_a_stream(names: list[str]) -> None:
    entries = [entry(name, id=f"{number}") for number, name in enumerate(names)]
    found = StoredList.of(REGISTER, entries)
    assert list(found.entries()) == entries
    assert [found.entry(number) for number in range(len(found))] == entries


def test_a_version_is_named_by_its_day_and_content() -> None:
    one, same, other = (StoredList.of(REGISTER, [entry(name)]) for name in ("云岫", "云岫", "海棠"))
    assert one.version == same.version != other.version
    assert one.version.startswith(f"{REGISTER.as_of}-")


def test_a_hash_that_two_keys_share_finds_only_the_entry_that_has_the_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = StoredList.of(REGISTER, [entry("云岫银行"), entry("海棠银行")])
    lying = {"松间银行": "云岫银行"}
    monkeypatch.setattr(stored, "hash_key", lambda kind, key: hash_key(kind, lying.get(key, key)))
    assert found.find(KeyKind.SHORT, "松间银行") == ()
    assert found.find(KeyKind.SHORT, "云岫银行") == (0,)


def test_a_list_of_each_kind() -> None:
    named = blacklist(negative("满仓", "mancang.example"))
    assert named.find(KeyKind.DOMAIN, "mancang.example") == (0,)
    register = Register(
        id="firms", title_zh="t", kind=ListKind.FIRMS, as_of=REGISTER.as_of, max_age_days=9, source="t"
    )
    firm = FirmEntry(id="1", name="云岫数科有限公司", shareholders=(Shareholder(name="欧阳岫", share=51.0),))
    found = StoredList.of(register, [firm])
    assert (found.entry(0), found.find(KeyKind.HOLDER, "欧阳岫")) == (firm, (0,))


@pytest.mark.parametrize(
    "content", [b"", b"not json\n", b'{"id": 1}\n', b"\xff\xfe\n"], ids=["empty", "text", "types", "bytes"]
)
def test_what_is_no_list(content: bytes) -> None:
    with pytest.raises(VersionAltered, match="x is not a stored list"):
        StoredList.read(content, "x")


def test_a_line_that_is_no_entry_names_the_list() -> None:
    found = StoredList.read(encode_list(REGISTER, [entry("云岫")]) + b'{"id": "only"}\n', "x")
    with pytest.raises(VersionAltered, match="x is not a stored list"):
        len(found)

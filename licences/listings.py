"""Entries of a negative list, added and ended by hand: each change is a new version, nothing is overwritten."""

from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from findings.model.codes import valid_uscc
from licences.codes import clean_code
from licences.errors import ListingRefused
from licences.hosts import clean_host, is_shared
from licences.model import REGISTER_NAME, ListKind, NegativeEntry, Register
from licences.names import text_key
from licences.staging import Staging
from licences.stored import StoredList
from licences.versions import read_version

#: The list that an office keeps itself. Imported lists are replaced by their next import, this one never is.
OWN = "negative-own"
_MAX_TEXT = 300  # code points of a name, an authority, a document
_MAX_AGE = 366


def _own_register(register: str, on: date, office: str) -> Register:
    return Register(
        id=register,
        title_zh="自建负面清单",
        kind=ListKind.NEGATIVE,
        as_of=on,
        max_age_days=_MAX_AGE,
        source=office,
    )


def _refuse(english: str, chinese: str) -> ListingRefused:
    return ListingRefused(english, zh=chinese)


def _text(value: str, what_en: str, what_zh: str) -> str:
    cleaned = " ".join(value.split())
    if not cleaned or len(cleaned) > _MAX_TEXT:
        raise _refuse(
            f"{what_en} is empty or longer than {_MAX_TEXT} characters: correct it",
            f"{what_zh}为空或超过 {_MAX_TEXT} 字：请改正",
        )
    return cleaned


def _host(text: str) -> str:
    host = clean_host(text)
    if host is None:
        raise _refuse(f"{text!r} is no host: give one such as a.example", f"{text!r} 不是域名：请改正")
    if is_shared(host):
        raise _refuse(
            f"many publish under {host}: a shared platform is not listed as a whole",
            f"{host} 是多人共用的平台，不能整体列入：请改用名称、代码或应用包名",
        )
    return host


def new_entry(
    name: str,
    *,
    authority: str,
    listed_on: date,
    register: str = OWN,
    document: str | None = None,
    uscc: str | None = None,
    domains: tuple[str, ...] = (),
    app_packages: tuple[str, ...] = (),
    expires: date | None = None,
    match_name: bool = True,
) -> NegativeEntry:
    """A checked entry. Its id is made of who was named by whom, when and in which document. Raises ListingRefused."""
    code = clean_code(uscc) if uscc else None
    if code is not None and not valid_uscc(code):
        raise _refuse(
            f"{uscc!r} is no unified social credit code: its check character is wrong",
            f"{uscc!r} 不是统一社会信用代码：校验位不符",
        )
    if expires is not None and expires < listed_on:
        raise _refuse("an entry can't end before it begins", "失效日期早于公布日期：请改正")
    named = _text(name, "the name", "名称")
    if match_name and len(text_key(named)) < 2:
        raise _refuse(
            f"the name {named!r} is too short to be matched", f"名称 {named!r} 过短，无法按名称核对"
        )
    told = _text(authority, "the authority", "认定机关")
    paper = _text(document, "the document", "文号") if document else None
    made_of = "\n".join((named, told, listed_on.isoformat(), paper or ""))
    return NegativeEntry(
        id=f"{register}:{sha256(made_of.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}",
        name=named,
        authority=told,
        listed_on=listed_on,
        uscc=code,
        domains=tuple(dict.fromkeys(map(_host, domains))),
        app_packages=tuple(dict.fromkeys(filter(None, (one.strip() for one in app_packages)))),
        document=paper,
        expires=expires,
        match_name=match_name,
    )


def _current(folder: Path, register: str, older: str | None) -> StoredList | None:
    if older is None:
        return None
    listed = read_version(folder, register, older)
    if listed.register.kind is not ListKind.NEGATIVE:
        raise _refuse(
            f"{register} is no negative list: name another register", f"{register} 不是负面清单：请另行指定"
        )
    return listed


def _named(register: str) -> None:
    if not REGISTER_NAME.fullmatch(register):
        raise _refuse(f"{register!r} is no name of a register", f"{register!r} 不能作为名录代号")


def _entries(listed: StoredList | None) -> Iterator[NegativeEntry]:
    if listed is not None:
        yield from (entry for entry in listed.entries() if isinstance(entry, NegativeEntry))


def add_listing(
    folder: Path, entry: NegativeEntry, actor: str, now: datetime, *, register: str = OWN, office: str = ""
) -> str:
    """Add an entry to a list, which is begun where there is none; returns the new version.

    Raises ListingRefused for an entry that is already there; ListOutdated if the list changed meanwhile.
    """
    _named(register)
    with Staging(folder, register) as staging:
        listed = _current(folder, register, staging.older)
        for known in _entries(listed):
            if known.id == entry.id:
                raise _refuse(
                    f"{entry.name} is already on {register} as {entry.id}",
                    f"「{entry.name}」已在 {register} 中，编号 {entry.id}",
                )
            staging.add(known)
        staging.add(replace(entry, recorded_by=actor, recorded_at=now.isoformat(timespec="seconds")))
        return _publish(staging, listed, _own_register(register, now.date(), office or actor), now)


def end_listing(
    folder: Path, entry_id: str, expires: date, actor: str, now: datetime, *, register: str = OWN
) -> str:
    """Let an entry end with a day (its last); returns the new version.

    Raises ListingRefused where the list or the entry is missing, or the day lies before its listing.
    """
    _named(register)
    with Staging(folder, register) as staging:
        listed = _current(folder, register, staging.older)
        found = False
        for known in _entries(listed):
            if known.id == entry_id:
                found = True
                if expires < known.listed_on:
                    raise _refuse(
                        f"{entry_id} was listed on {known.listed_on}: it can't end before",
                        f"{entry_id} 公布于 {known.listed_on}，不能在此之前失效",
                    )
                at = now.isoformat(timespec="seconds")
                known = replace(known, expires=expires, recorded_by=actor, recorded_at=at)
            staging.add(known)
        if listed is None or not found:
            raise _refuse(
                f"{register} has no entry {entry_id}: look it up with licences negative list",
                f"{register} 中没有编号 {entry_id}：请用 licences negative list 查看",
            )
        return _publish(staging, listed, listed.register, now)


def _publish(staging: Staging, listed: StoredList | None, register: Register, now: datetime) -> str:
    if listed is not None:
        register = replace(listed.register, as_of=max(now.date(), listed.register.as_of))
    staging.finish(register)
    return staging.publish(now.isoformat(timespec="seconds"))

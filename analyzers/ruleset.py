"""Read `ruleset/`: rules, word lists, laws, routing. Every fault is found in one run."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from analyzers.authorities import kinds_of
from analyzers.errors import Fault, RulesetError
from analyzers.form_rules import FormRules
from analyzers.publishers import publishers_of
from analyzers.routing import routing_of
from analyzers.rules import Category, Lexicon, Rule, RuleBasis, Ruleset
from analyzers.yamlfile import Document
from findings.model.errors import Said
from findings.model.vocabulary import NoticeKind

#: Laws as rules may cite them: short name → article → (in force from, until) in ISO dates.
Articles = Mapping[str, Mapping[str, tuple[date, date | None]]]


class Source:
    """The files of a ruleset as documents, each checked by its schema."""

    def __init__(self, folder: Traversable) -> None:
        self.faults: list[Fault] = []
        self._hash = hashlib.sha256()
        self.version = self._version(folder)
        self.rules = list(self._documents(folder, "rules", "rule"))
        self.lexicons = list(self._documents(folder, "lexicons", "lexicon"))
        self.law = self._one(folder, "law.yaml", "law")
        self.routing = self._one(folder, "routing.yaml", "routing")
        self.authorities = self._one(folder, "authorities.yaml", "authorities")
        self.publishers = self._one(folder, "publishers.yaml", "publishers")
        self.categories = self._one(folder, "categories.yaml", "categories")
        self.form = self._one(folder, "form.yaml", "form")
        self.notices = self._one(folder, "notices.yaml", "notices")
        self.digest = self._hash.hexdigest()

    def _version(self, folder: Traversable) -> str:
        file = folder.joinpath("version.txt")
        version = file.read_text("utf-8").strip() if file.is_file() else ""
        if not version:
            self.faults.append(Fault("version.txt", 1, "the ruleset has no version", "规则集没有版本号"))
        self._hash.update(version.encode())
        return version

    def _documents(self, folder: Traversable, below: str, schema: str) -> Iterator[Document]:
        for name, file in _walk(folder.joinpath(below), below):
            kind = "variants" if name == "lexicons/variants.yaml" else schema
            document = self._read(name, file, kind)
            if kind == schema and not document.faults:
                yield document

    def _one(self, folder: Traversable, name: str, schema: str) -> Document | None:
        file = folder.joinpath(name)
        if not file.is_file():
            self.faults.append(Fault(name, 1, "the file is missing", "缺少此文件"))
            return None
        document = self._read(name, file, schema)
        return None if document.faults else document

    def _read(self, name: str, file: Traversable, schema: str) -> Document:
        raw = file.read_bytes()
        self._hash.update(f"\0{name}\0{len(raw)}\0".encode())
        self._hash.update(raw)
        try:
            document = Document(name, raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            document = Document(name, "")
            line = raw[: error.start].count(b"\n") + 1
            document.faults.append(Fault(name, line, "not UTF-8", "不是 UTF-8 文本"))
        document.check(schema)
        self.faults += document.faults
        return document


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _walk(entry, name)
        elif entry.name.endswith((".yaml", ".yml")):
            yield name, entry


def shipped() -> Traversable:
    """The ruleset that the package carries."""
    return files("ruleset")


def load_ruleset(folder: Traversable | None = None) -> Ruleset:
    """Read and check a ruleset. Raises RulesetError with every fault, each with file and line.

    What needs the scanner (do patterns compile, do samples fire) is checked by `analyzers.lint`.
    """
    ruleset, faults = read_ruleset(folder or shipped())
    if faults:
        raise RulesetError(faults)
    return ruleset


def read_ruleset(folder: Traversable) -> tuple[Ruleset, list[Fault]]:
    """Read a ruleset as far as it can be read, and every fault found on the way."""
    source = Source(folder)
    faults = list(source.faults)
    lexicons = _lexicons(source, faults)
    articles = _articles(source.law)
    rules = list(_rules(source, lexicons, articles, faults))
    kinds = kinds_of(source.authorities, faults)
    routing = routing_of(source.routing, kinds, publishers_of(source.publishers, faults), faults)
    categories = _categories(source, articles, faults)
    form = _form(source, articles, faults)
    notices = _notices(source, articles, faults)
    ruleset = Ruleset(
        source.version, tuple(rules), lexicons, categories, routing, source.digest, form, notices
    )
    return ruleset, faults


def _lexicons(source: Source, faults: list[Fault]) -> dict[str, Lexicon]:
    lexicons: dict[str, Lexicon] = {}
    for document in source.lexicons:
        lexicon = msgspec.convert(document.data, Lexicon)
        if document.file != f"lexicons/{lexicon.name}.yaml":
            said = Said(
                f"the file of lexicon {lexicon.name} must be {lexicon.name}.yaml",
                zh=f"词表 {lexicon.name} 的文件名应为 {lexicon.name}.yaml",
            )
            faults.append(document.fault(["name"], said))
        lexicons[lexicon.name] = lexicon
    return lexicons


def _articles(law: Document | None) -> Articles:
    if law is None:
        return {}
    return {
        entry["name"]: {
            article["article"]: (
                date.fromisoformat(article.get("from", entry["from"])),
                _date(article.get("until", entry["until"])),
            )
            for article in entry["articles"]
        }
        for entry in law.data["laws"]
    }


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _rules(
    source: Source, lexicons: Mapping[str, Lexicon], articles: Articles, faults: list[Fault]
) -> Iterator[Rule]:
    seen: dict[str, str] = {}
    for document in source.rules:
        try:
            rule = msgspec.convert(document.data, Rule, str_keys=True)
        except msgspec.ValidationError as error:  # a date that is none, such as 2026-02-30
            faults.append(document.fault([], Said(str(error), zh=f"写法有误（{error}）")))
            continue
        if rule.id in seen:
            said = Said(
                f"the id {rule.id} is already used in {seen[rule.id]}",
                zh=f"编号 {rule.id} 已用于 {seen[rule.id]}",
            )
            faults.append(document.fault(["id"], said))
        seen[rule.id] = document.file
        if not document.file.endswith(f"/{rule.id}.yaml"):
            said = Said(
                f"the file of rule {rule.id} must be {rule.id}.yaml",
                zh=f"规则 {rule.id} 的文件名应为 {rule.id}.yaml",
            )
            faults.append(document.fault(["id"], said))
        faults += (
            document.fault(
                _place(document.data, name), Said(f"there is no lexicon {name}", zh=f"没有词表 {name}")
            )
            for name in sorted({a.lexicon for a in rule.atoms() if a.lexicon and a.lexicon not in lexicons})
        )
        if source.law is not None:
            faults += _basis_faults(document, rule.basis, articles, ())
        yield rule


def _place(data: Any, lexicon: str, path: tuple[str | int, ...] = ()) -> tuple[str | int, ...]:
    """Where a rule first names a lexicon."""
    if isinstance(data, dict):
        if data.get("lexicon") == lexicon:
            return (*path, "lexicon")
        children: Any = data.items()
    elif isinstance(data, list):
        children = enumerate(data)
    else:
        return ()
    for key, value in children:
        found = _place(value, lexicon, (*path, key))
        if found:
            return found
    return ()


def _basis_faults(
    document: Document, bases: Sequence[RuleBasis], articles: Articles, path: tuple[str | int, ...]
) -> Iterator[Fault]:
    for at, basis in enumerate(bases):
        place = (*path, "basis", at)
        known = articles.get(basis.law)
        if known is None:
            said = Said(f"law.yaml has no law {basis.law}", zh=f"law.yaml 中没有{basis.law}")
            yield document.fault((*place, "law"), said)
        elif basis.article not in known:
            said = Said(
                f"law.yaml has no article {basis.article} of {basis.law}",
                zh=f"law.yaml 中没有{basis.law}的条款 {basis.article}",
            )
            yield document.fault((*place, "article"), said)
        else:
            start, end = known[basis.article]
            if basis.since < start or (end is not None and (basis.until is None or basis.until > end)):
                said = Said(
                    f"{basis.law} {basis.article} was in force from {start} until {end or 'now'} only",
                    zh=f"{basis.law} {basis.article} 的施行期间仅为 {start} 至 {end or '今'}",
                )
                yield document.fault(place, said)
        if basis.until is not None and basis.until <= basis.since:
            said = Said("a basis must end after it begins", zh="依据的止日须晚于起日")
            yield document.fault((*place, "until"), said)


def _categories(source: Source, articles: Articles, faults: list[Fault]) -> dict[int, Category]:
    document = source.categories
    if document is None:
        return {}
    listed = document.data["categories"]
    categories = msgspec.convert(listed, dict[int, Category], strict=False)
    if source.law is not None:
        for number, category in categories.items():
            faults += _basis_faults(document, category.basis, articles, ("categories", str(number)))
    return categories


def _notices(source: Source, articles: Articles, faults: list[Fault]) -> dict[NoticeKind, Category]:
    document = source.notices
    if document is None:
        return {}
    notices = msgspec.convert(document.data["notices"], dict[NoticeKind, Category])
    if source.law is not None:
        for kind, words in notices.items():
            faults += _basis_faults(document, words.basis, articles, ("notices", kind.value))
    return notices


def _form(source: Source, articles: Articles, faults: list[Fault]) -> FormRules | None:
    document = source.form
    if document is None:
        return None
    form = msgspec.convert(document.data, FormRules, strict=False)
    if source.law is not None:
        for duty, entry in form.duties.items():
            faults += _basis_faults(document, entry.basis, articles, ("duties", duty.value))
    return form

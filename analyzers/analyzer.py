"""The analyzers as one object: read an ad, then judge it once its advertiser is resolved."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzers.absence import DrawnWarnings
from analyzers.advertiser import clues, sentences_to_segment
from analyzers.errors import ImageUnreadable, ModelMissing
from analyzers.evidence import Field, length_of, rules_in
from analyzers.form import FormFacts, form_findings
from analyzers.gate import Gate, gate, signs
from analyzers.html_text import visible_text
from analyzers.judge import Judge, Subject
from analyzers.normalise import Normaliser, default_normaliser
from analyzers.product import product_of
from analyzers.routing import general_route, names
from analyzers.rules import Ruleset
from analyzers.ruleset import load_ruleset
from analyzers.scan import Scanner
from analyzers.sentences import Sentences
from findings.model.errors import Said
from findings.model.judgement import AdvertiserClues, FormFinding, Judgement, Resolution, ScreenInput
from findings.model.seats import Seats
from findings.model.vocabulary import Product

if TYPE_CHECKING:
    from analyzers.heads import HeadScores
    from analyzers.ocr import Ocr
    from analyzers.segment import Segmenter, Token
    from analyzers.semantics import Semantics
    from analyzers.witness import Witness

#: Code points of one field that are judged; the rest of a longer text is not read.
MAX_JUDGED = 200_000
#: Sentences of one ad that HanLP sees, and code points of one of them.
MAX_SEGMENTED = 12
SENTENCE_LIMIT = 200
#: Code points that `tokens` segments: an index field, not a judgement.
MAX_TOKENISED = 100_000

#: Where nothing is known of anyone: the bureau's own place.
_NO_SEATS = Seats()


class AnalyzerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to load.

    `hanlp` and `embedding` are paths or official names; None leaves that part out: names come
    from company forms alone, and rules judge alone. `heads` is `heads.npz`, or its folder; `fusion.json`
    lies beside it. Heads are asked only where there is an `embedding`, too.
    `lang` is the language of explanations (zh, en). `cache` is a folder for compiled patterns.
    `brands` are short names that count as organisations.
    """

    hanlp: str | None = None
    embedding: str | None = None
    heads: Path | None = None
    ocr: bool = True
    lang: str = "zh"
    cache: Path | None = None
    brands: tuple[str, ...] = ()


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What an ad says, before anyone knows whether its advertiser may."""

    ad: ScreenInput
    fields: tuple[Field, ...]
    gate: Gate
    product: Product
    clues: AdvertiserClues
    scores: "HeadScores | None" = None

    @property
    def promotion(self) -> bool:
        """Whether it promotes a financial product."""
        return self.gate.promotion

    @property
    def text(self) -> str:
        """The judged text: the ad's, else the visible text of its page."""
        return next((field.original for field in self.fields if field.name == "text"), "")


class Analyzer:
    """Reads and judges ads. Models load when first needed; one of a process."""

    def __init__(self, options: AnalyzerOptions, ruleset: Ruleset, normalise: Normaliser) -> None:
        self.options = options
        self.ruleset = ruleset
        self._normalise = normalise
        self._scanner = Scanner(ruleset, normalise, options.cache)
        self._judge = Judge(ruleset, options.lang)

    @classmethod
    def load(cls, options: AnalyzerOptions, ruleset: Ruleset | None = None) -> "Analyzer":
        """Compile the rules and see that the models are there.

        Raises ModelMissing where a configured folder or file is not, RulesetError on faulty rules.
        """
        _see(options.hanlp, "HanLP")
        _see(options.embedding, "embedding")
        if options.embedding is not None and options.heads is not None and not options.heads.exists():
            raise ModelMissing("heads", str(options.heads))
        return cls(options, ruleset or load_ruleset(), default_normaliser())

    @cached_property
    def _segmenter(self) -> "Segmenter | None":
        if self.options.hanlp is None:
            return None
        from analyzers.segment import Segmenter

        return Segmenter.load(self.options.hanlp, brands=self.options.brands)

    @cached_property
    def _semantics(self) -> "Semantics | None":
        if self.options.embedding is None or self.options.heads is None:
            return None
        from analyzers.semantics import Semantics

        return Semantics.load(self.options.embedding, self.options.heads)

    @cached_property
    def _witness(self) -> "Witness | None":
        if self._semantics is None:
            return None
        from analyzers.witness import Witness

        return Witness(self._semantics)

    @cached_property
    def _ocr(self) -> "Ocr":
        from analyzers.ocr import Ocr

        return Ocr()

    def read(self, ad: ScreenInput, base: Path | None = None) -> Reading:
        """Read one ad. `base` is the folder that its image's path is relative to.

        Raises ImageUnreadable or ImageTooLarge.
        """
        return self.read_many([ad], base)[0]

    def read_many(self, ads: Sequence[ScreenInput], base: Path | None = None) -> list[Reading]:
        """Read several ads; the models see them as one batch, which is faster."""
        fields = [self._fields(ad, base) for ad in ads]
        scores = self._score(fields)
        gates = [self._gate(one, score) for one, score in zip(fields, scores, strict=True)]
        sentences = [
            [
                (field.normalised.text[start:end])
                for field in one
                for start, end in sentences_to_segment(
                    field, Sentences(field.normalised.text).split(SENTENCE_LIMIT), MAX_SEGMENTED
                )
            ][:MAX_SEGMENTED]
            if decision.promotion
            else []
            for one, decision in zip(fields, gates, strict=True)
        ]
        words = iter(self._words([sentence for listed in sentences for sentence in listed]))
        readings = []
        for ad, one, decision, score, listed in zip(ads, fields, gates, scores, sentences, strict=True):
            segmented = [(sentence, next(words)) for sentence in listed]
            readings.append(
                Reading(
                    ad=ad,
                    fields=one,
                    gate=decision,
                    product=_product(one, decision),
                    clues=clues(ad, one, segmented),
                    scores=score,
                )
            )
        return readings

    def judge(
        self,
        reading: Reading,
        resolution: Resolution,
        on: date,
        drawn: DrawnWarnings | None = None,
        seats: Seats = _NO_SEATS,
    ) -> Judgement:
        """Judge what was read under the law and registers of the day `on`; `seats` decide who handles it."""
        subject = Subject(
            ad=reading.ad,
            fields=reading.fields,
            gate=reading.gate,
            product=reading.product,
            scores=reading.scores,
            model=self.model_name,
            fusion=self._semantics.fusion if self._semantics else None,
            witness=self._witness,
            drawn=drawn,
            seats=seats,
        )
        return self._judge.judge(subject, resolution, on)

    def with_form(
        self, judgement: Judgement, facts: FormFacts, on: date, seats: Seats = _NO_SEATS
    ) -> Judgement:
        """The judgement with the form duties that the ad seems to miss under the law of the day `on`."""
        if self.ruleset.form is None:
            return judgement
        form = form_findings(facts, self.ruleset.form, self._normalise, on, self.options.lang)
        return self.with_duties(judgement, form, on, seats)

    def with_duties(
        self, judgement: Judgement, form: tuple[FormFinding, ...], on: date, seats: Seats = _NO_SEATS
    ) -> Judgement:
        """The judgement with form duties that are known already, and with who handles them."""
        handlers = judgement.handlers
        if form and not handlers:
            handlers = general_route(self.ruleset.routing, seats, on, self.options.lang)
        return msgspec.structs.replace(judgement, form=form, route=names(handlers), handlers=handlers)

    def tokens(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """HanLP's words of each text, for an index; without HanLP its runs of letters."""
        bounded = [text[:MAX_TOKENISED] for text in texts]
        if self._segmenter is None:
            return [tuple(text.split()) for text in bounded]
        return [
            tuple(part for token in found for part in token.text.split())
            for found in self._segmenter.segment(bounded)
        ]

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The meaning of each text as a unit vector; empty without an embedding model."""
        if self._semantics is None:
            return [()] * len(texts)
        return [tuple(vector.tolist()) for vector in self._semantics.embed([t[:MAX_JUDGED] for t in texts])]

    @cached_property
    def model_name(self) -> str:
        """What judged beside the rules: the embedding model and the first digits of the heads' SHA-256."""
        if self.options.embedding is None or self.options.heads is None:
            return "rules"
        heads = self.options.heads
        file = heads / "heads.npz" if heads.is_dir() else heads
        return f"{Path(self.options.embedding).name}-{sha256(file.read_bytes()).hexdigest()[:8]}"

    def _fields(self, ad: ScreenInput, base: Path | None) -> tuple[Field, ...]:
        text = ad.text if ad.text is not None else visible_text(ad.html) if ad.html else None
        listed = [("title", ad.title), ("text", text)]
        fields = [self._field(name, original) for name, original in listed if original]
        if ad.image and self.options.ocr:
            fields.append(self._image(ad.image, base))
        return tuple(fields)

    def _field(self, name: str, original: str) -> Field:
        normalised = self._normalise(original[:MAX_JUDGED])
        return Field(name, original, normalised, tuple(self._scanner.scan(normalised.text)))

    def _image(self, name: str, base: Path | None) -> Field:
        folder = (base or Path()).resolve()
        try:
            path = (folder / name).resolve()
        except (ValueError, RuntimeError, OSError) as error:  # a NUL, a loop of links, a name too long
            raise ImageUnreadable(Path(name), Said("its name is no path", zh="名称不是路径")) from error
        if not path.is_relative_to(folder):
            raise ImageUnreadable(
                Path(name), Said("it lies outside the folder of the input", zh="位于输入文件夹之外")
            )
        if path.exists() and not path.is_file():  # a pipe would be waited for, for ever
            raise ImageUnreadable(Path(name), Said("it is no file", zh="不是文件"))
        lines, at, parts = [], 0, []
        for line in self._ocr.lines(path):
            parts += [line.text, line.glue]
            lines += [(place, place + 1, cell) for place, cell in enumerate(line.cells, start=at)]
            at += len(line.text) + len(line.glue)
        field = self._field("image", "".join(parts).removesuffix("\n"))
        return msgspec.structs.replace(field, lines=tuple(lines))

    def _score(self, fields: Sequence[tuple[Field, ...]]) -> "Sequence[HeadScores | None]":
        """What the heads read in each ad; None where there is no model."""
        if self._semantics is None:
            return [None] * len(fields)
        return self._semantics.read([[field.normalised.text for field in one] for one in fields])

    def _gate(self, fields: Sequence[Field], scores: "HeadScores | None") -> Gate:
        seen = signs(fields)
        if scores is None or self._semantics is None:
            return gate(seen)
        from analyzers.fusion import PROMOTION_FEATURES, promotion_features

        fusion = self._semantics.fusion
        features = promotion_features(seen, scores.logits.tolist(), length_of(fields))
        score = fusion.promotion.probability(PROMOTION_FEATURES, features, rules_in(fields))
        return gate(seen, score, fusion.promotion_from)

    def _words(self, sentences: Sequence[str]) -> "list[list[Token]]":
        if not sentences or self._segmenter is None:
            return [[] for _ in sentences]
        return self._segmenter.segment(sentences)


def _product(fields: Sequence[Field], decision: Gate) -> Product:
    product = product_of(fields)
    return Product.OTHER if product is Product.NONE and decision.promotion else product


def _see(model: str | None, what: str) -> None:
    """A model given as an absolute or relative path must be there; an official name is left to its library."""
    if model is None:
        return
    path = Path(model)
    if (path.is_absolute() or model.startswith((".", "~"))) and not path.expanduser().exists():
        raise ModelMissing(what, model)

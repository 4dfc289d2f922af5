"""The tokenizer of the embedding model: characters and frequent two-character words.

Pieces longer than two characters were tried and lost (models/README.md); short ones also
mean that the vocabulary can't carry a sentence of the texts it was counted on.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SIZE = 20_000
LONGEST_PIECE = 2
UNKNOWN = "<unk>"


def train_tokenizer(texts: Iterable[str], size: int = SIZE) -> "Tokenizer":
    """Count a Unigram vocabulary. Figures become one token, Latin is cut like Han, marks stand alone."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\p{Nd}+"), "0")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s+"), "removed"),
            pre_tokenizers.Split(Regex(r"\p{Han}+|[a-z]+"), "isolated"),
            pre_tokenizers.Split(Regex(r"[^\p{Han}a-z]"), "isolated"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=size,
        max_piece_length=LONGEST_PIECE,
        unk_token=UNKNOWN,
        special_tokens=[UNKNOWN],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer

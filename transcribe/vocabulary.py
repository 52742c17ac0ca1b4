"""Whisper's tokens as CTranslate2 and Hugging Face's tokenizers want them."""

from __future__ import annotations

import itertools
from pathlib import Path

from transcribe import reference
from transcribe.errors import BrokenModel

MULTILINGUAL = 51_865
"""Tokens from which on a model knows many languages."""

_NO_LANGUAGES = 51_765  # of a multilingual model's tokens, all but the languages and one
_SPACE = b" "


class Vocabulary:
    """All tokens of a model.

    Attributes:
        tokens: In the order of their ids, bytes by GPT-2's printable signs.
        languages: Ids of the languages' tokens.
        never: Ids of those that never are text.
        never_first: Ids of those with which no text begins.
    """

    def __init__(self, size: int) -> None:
        """Make it.

        Args:
            size: The number of tokens (``n_vocab``), which tells the languages.
        """
        multilingual = size >= MULTILINGUAL
        self._ranks = reference.ranks(multilingual=multilingual)
        language_count = size - _NO_LANGUAGES - 1 if multilingual else 99
        self._special = reference.special_tokens(language_count)
        names = [_printable(token) for token in sorted(self._ranks, key=self._ranks.__getitem__)]
        self.tokens = [*names, *self._special, *reference.time_stamps()]
        if len(self.tokens) != size:
            raise BrokenModel(
                f"The checkpoint has {size} tokens, which no Whisper has.",
                hint="'aircheck models' lists those that are known.",
            )
        ids = {token: number for number, token in enumerate(self.tokens)}
        self.languages = [ids[f"<|{code}|>"] for code in reference.languages()[:language_count]]
        self.never = sorted(ids[token] for token in reference.special_tokens(0)[1:-1])
        self.never_first = [self._ranks[_SPACE], ids["<|endoftext|>"]]

    def write(self, path: Path) -> None:
        """Write ``tokenizer.json``."""
        from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers  # noqa: PLC0415
        from tokenizers.models import BPE  # noqa: PLC0415 (only a conversion needs them)

        count = len(self._ranks)
        vocabulary = {token: number for number, token in enumerate(self.tokens[:count])}
        tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=_merges(self._ranks)))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.add_special_tokens(
            [AddedToken(token, special=True, normalized=False) for token in self._special]
        )
        tokenizer.save(str(path))


def _merges(ranks: dict[bytes, int]) -> list[tuple[str, str]]:
    """The pairs that byte pair encoding joins, in their order.

    tiktoken's files hold the joined tokens alone; the pair of each is what is left when it is
    encoded by the ranks below its own.
    """
    pairs = []
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        if len(token) > 1:
            left, right = _encoded(token, ranks, below=rank)
            pairs.append((_printable(left), _printable(right)))
    return pairs


def _encoded(token: bytes, ranks: dict[bytes, int], *, below: int) -> list[bytes]:
    pieces = [token[at : at + 1] for at in range(len(token))]
    while len(pieces) > 1:
        joined = [left + right for left, right in itertools.pairwise(pieces)]
        best = min(range(len(joined)), key=lambda at: ranks.get(joined[at], below))
        if ranks.get(joined[best], below) >= below:
            break
        pieces[best : best + 2] = [joined[best]]
    return pieces


def _byte_signs() -> dict[int, str]:
    """GPT-2's printable sign for each byte (``encoder.py``, ``bytes_to_unicode``)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {
        byte: chr(256 + number) for number, byte in enumerate(others)
    }


_SIGNS = _byte_signs()


def _printable(token: bytes) -> str:
    return "".join(_SIGNS[byte] for byte in token)

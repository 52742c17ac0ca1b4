"""ICY metadata, SHOUTcast's and Icecast's: titles that are woven into the bytes of a stream.

A client that asks with ``Icy-MetaData: 1`` is told by ``icy-metaint`` how many bytes of audio lie
between two blocks; a block is a byte, its length in units of 16, and text padded with zeros
(https://cast.readme.io/docs/icy). It is a habit, not a standard: titles come in UTF-8 or Latin-1,
and with quotes that nobody escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

ASK = {"Icy-MetaData": "1"}
"""The header that asks for it."""

_UNIT = 16
_TITLE = re.compile(r"StreamTitle='(.*?)'(?:;|$)(?=[A-Za-z]+='|$)", re.DOTALL)


class IcySplitter:
    """Splits a stream's bytes into audio and titles. Belongs to one thread."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        """Begin with the answer's first byte.

        Args:
            headers: The answer's, by lower-case name; without a usable ``icy-metaint`` all is
                audio.
        """
        text = headers.get("icy-metaint", "")
        self._every = int(text) if re.fullmatch(r"\d{1,9}", text) else 0
        self._audio_left = self._every
        self._block = bytearray()
        self._block_left = 0

    def feed(self, data: bytes) -> Iterator[bytes | str]:
        """Give what bytes hold: audio as bytes, titles as text, in their order."""
        if not self._every:
            yield data
            return
        while data:
            if self._block_left:
                size = min(self._block_left, len(data))
                self._block += data[:size]
                self._block_left -= size
                if not self._block_left:
                    yield from self._titles()
            elif self._audio_left:
                size = min(self._audio_left, len(data))
                yield data[:size]
                self._audio_left -= size
            else:
                size = 1
                self._block_left = data[0] * _UNIT
                self._audio_left = self._every
            data = data[size:]

    def _titles(self) -> Iterator[str]:
        block = bytes(self._block).rstrip(b"\0")
        self._block.clear()
        try:
            text = block.decode()
        except UnicodeDecodeError:
            text = block.decode("latin-1")
        found = _TITLE.search(text)
        if found:
            yield found[1].strip()

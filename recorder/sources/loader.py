"""One HLS segment from its address to bytes that may be stored: fetched, decrypted, measured."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from recorder.errors import ConnectionLost
from recorder.segments import Measured, is_init_section, measure
from recorder.sources.access import Access
from recorder.sources.base import StopSignal
from recorder.sources.fetch import Answer, fetch
from recorder.sources.playlist import ByteRange, InitSection, Key, Segment
from recorder.types import redact

LARGEST_SEGMENT = 64_000_000
"""Bytes that a segment may have (issue 3, 'Safety')."""

_KEY_BYTES = 16
_AES_BITS = 128
_MOST_KEPT = 8

_Name = TypeVar("_Name")
_Fetch = Callable[[str, ByteRange | None], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A segment that arrived.

    Attributes:
        data: As served: after transfer decoding and decryption.
        header: Its init section, or empty.
        status: HTTP status of the answer: 200 or 206.
        certificate_sha256: Of the server's TLS certificate; empty over plain http.
    """

    data: bytes
    header: bytes
    measured: Measured
    status: int
    certificate_sha256: str


class Loader:
    """Fetches segments; keeps the last few keys and init sections. Fits several threads."""

    def __init__(self, *, access: Access | None = None) -> None:
        """Begin with nothing kept.

        Args:
            access: What each request carries.
        """
        self._access = access
        self._lock = threading.Lock()
        self._keys: OrderedDict[str, bytes] = OrderedDict()
        self._headers: OrderedDict[InitSection, bytes] = OrderedDict()

    def load(self, segment: Segment, stop: StopSignal, timeout_s: float) -> Loaded:
        """Fetch a segment and what it needs. Blocks; runs on a thread of the pool.

        Args:
            segment: As listed.
            stop: Ends every wait within 100 ms.
            timeout_s: For the whole of each answer.

        Raises:
            Stopped: ``stop`` was set.
            SourceError: It could not be had this time: a refusal, no such thing, a broken
                connection, fewer bytes than announced, something that is not audio.
        """
        fetch_it = partial(_fetch, stop=stop, timeout_s=timeout_s, access=self._access)
        answer = fetch_it(segment.url, segment.byte_range)
        data = _cut(answer, segment.byte_range, segment.url)
        header = b""
        if segment.key:
            data = self._decrypt(data, segment.key, segment, fetch_it)
        if segment.init:
            header = self._header(segment.init, segment, fetch_it)
        measured = measure(data, init=header, listed_s=segment.duration_s)
        if measured.format is None:
            raise ConnectionLost(f"{redact(segment.url)} is not audio.")
        return Loaded(
            data=data,
            header=header,
            measured=measured,
            status=answer.status,
            certificate_sha256=answer.certificate_sha256,
        )

    def _header(self, init: InitSection, segment: Segment, fetch_it: _Fetch) -> bytes:
        with self._lock:
            kept = self._headers.get(init)
        if kept is not None:
            return kept
        data = _cut(fetch_it(init.url, init.byte_range), init.byte_range, init.url)
        if segment.key and segment.key.iv and not is_init_section(data):
            # A key above EXT-X-MAP applies to it; its IV is given then (RFC 8216, 4.3.2.5).
            data = self._decrypt(data, segment.key, segment, fetch_it)
        if not is_init_section(data):
            raise ConnectionLost(f"{redact(init.url)} is not an init section.")
        with self._lock:
            _keep(self._headers, init, data)
        return data

    def _decrypt(self, data: bytes, key: Key, segment: Segment, fetch_it: _Fetch) -> bytes:
        """Undo AES-128 (RFC 8216, 5.2)."""
        with self._lock:
            secret = self._keys.get(key.url)
        if secret is None:
            secret = fetch_it(key.url, None).body
            if len(secret) != _KEY_BYTES:
                raise ConnectionLost(f"{redact(key.url)} is not a key of 16 bytes.")
        iv = key.iv or segment.sequence.to_bytes(16, "big")
        decryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).decryptor()
        unpadder = PKCS7(_AES_BITS).unpadder()
        try:
            plain = decryptor.update(data) + decryptor.finalize()
            plain = unpadder.update(plain) + unpadder.finalize()
        except ValueError as error:
            with self._lock:
                self._keys.pop(key.url, None)  # the same address may bring another key
            raise ConnectionLost(f"{redact(segment.url)} can't be decrypted.") from error
        with self._lock:
            _keep(self._keys, key.url, secret)
        return plain


def _fetch(
    url: str,
    byte_range: ByteRange | None,
    *,
    stop: StopSignal,
    timeout_s: float,
    access: Access | None,
) -> Answer:
    headers = {}
    if byte_range:
        last = byte_range.offset + byte_range.length - 1
        headers["Range"] = f"bytes={byte_range.offset}-{last}"
    return fetch(
        url,
        stop=stop,
        max_bytes=LARGEST_SEGMENT,
        timeout_s=timeout_s,
        headers=headers,
        access=access,
    )


def _keep(kept: OrderedDict[_Name, bytes], name: _Name, data: bytes) -> None:
    kept[name] = data
    if len(kept) > _MOST_KEPT:
        kept.popitem(last=False)


def _cut(answer: Answer, byte_range: ByteRange | None, url: str) -> bytes:
    """The bytes asked for; a server may send the whole resource instead (RFC 9110, 14.2)."""
    if byte_range is None:
        if not answer.body:
            raise ConnectionLost(f"{redact(url)} is empty.")
        return answer.body
    begin = 0 if answer.status == 206 else byte_range.offset
    data = answer.body[begin : begin + byte_range.length]
    if len(data) != byte_range.length:
        raise ConnectionLost(
            f"{redact(url)} brought {len(data)} of {byte_range.length} bytes asked for."
        )
    return data

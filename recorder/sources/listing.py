"""The media playlist of an HLS address, by way of a master playlist where there is one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from recorder.errors import NotAudio, NotAvailable, SourceError
from recorder.sources.access import Access
from recorder.sources.base import SourceFacts, StopSignal
from recorder.sources.fetch import Answer, fetch
from recorder.sources.playlist import MasterPlaylist, MediaPlaylist, parse
from recorder.types import redact

GONE = (403, 404, 410)
"""What an address answers that expired, or never was."""

_SHOWN_HEADERS = ("content-type", "server", "via")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A media playlist as it was found."""

    playlist: MediaPlaylist
    url: str  # tokens included
    answer: Answer

    @property
    def facts(self) -> SourceFacts:
        """Who answered, as it may be journaled."""
        identity = {
            "host": urlsplit(redact(self.answer.url)).netloc,
            "certificate_sha256": self.answer.certificate_sha256,
        }
        headers = self.answer.headers
        return SourceFacts(
            address=redact(self.url),
            status=self.answer.status,
            identity={name: value for name, value in identity.items() if value},
            headers={name: headers[name] for name in _SHOWN_HEADERS if name in headers},
        )


class Listings:
    """Finds the media playlist, the best that can be had. One call of `find` at a time."""

    def __init__(self, url: str, *, request_s: float, access: Access | None = None) -> None:
        """Begin with nothing chosen.

        Args:
            url: Of the master or media playlist, tokens included.
            request_s: For the whole answer to one request.
            access: What each request carries.
        """
        self._url = url
        self._access = access
        self._request_s = request_s
        self._chosen: str | None = None
        self._was_found = False

    def find(self, stop: StopSignal) -> Listing:
        """Fetch the media playlist; runs on a fetching thread.

        A master's choice is kept while it can be had. When it is gone, the master is read again,
        and where its best variant is gone, too, the next one is taken.

        Raises:
            Stopped: ``stop`` was set.
            SourceError: It can't be had.
        """
        try:
            listing = self._find(self._chosen or self._url, stop)
        except NotAudio as error:
            self._chosen = None
            if not self._was_found:
                raise
            raise NotAvailable(error.message) from error
        except NotAvailable as error:
            if error.status in GONE:
                self._chosen = None
            raise
        self._chosen, self._was_found = listing.url, True
        return listing

    def _find(self, url: str, stop: StopSignal) -> Listing:
        found = self._read(url, stop)
        if isinstance(found, Listing):
            return found
        trouble: SourceError | None = None
        for address in dict.fromkeys(variant.url for variant in found.ranked()):
            try:
                listing = self._read(address, stop)
            except (NotAudio, NotAvailable) as error:
                if isinstance(error, NotAvailable) and error.status not in GONE:
                    raise  # it may be back in a moment
                trouble = trouble or error
                continue
            if isinstance(listing, Listing):
                return listing
        raise trouble or NotAudio(f"{redact(url)} leads from one master playlist to another.")

    def _read(self, url: str, stop: StopSignal) -> Listing | MasterPlaylist:
        answer = fetch(url, stop=stop, timeout_s=self._request_s, access=self._access)
        found = parse(answer.body, answer.url)
        if isinstance(found, MasterPlaylist):
            return found
        return Listing(playlist=found, url=url, answer=answer)

"""What a package says in words and in plain JSON of the session that is in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from recorder import bag, cover
from recorder.archive import PROGRAM, SessionInfo
from recorder.events import Attempt, Chunk, Connected, PartOpened, PartSealed, Repeated
from recorder.journal import Entry
from recorder.markers import with_added
from recorder.pieces import Continuous, Gaps, at_in
from recorder.sign import NAMESPACE, PRINCIPAL, PublicKey
from recorder.timeline import Timeline, Track
from recorder.types import Seconds, iso

_BOOKKEEPING = (Chunk, PartOpened, PartSealed, Repeated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is told of a session.

    Attributes:
        entries: Its whole journal.
        files: The continuous files that were made of it.
        gaps: What became of gaps in these.
        sums_sha256: Of its ``SHA256SUMS``.
        signer: Who signs the package; None is nobody.
    """

    info: SessionInfo
    entries: Sequence[Entry]
    timeline: Timeline
    files: Sequence[Continuous]
    gaps: Gaps
    sums_sha256: str
    signer: PublicKey | None = None

    def gaps_json(self) -> dict[str, Any]:
        """Gaps, and where they lie in the continuous files."""
        return {
            "session": self.info.id,
            "duration_s": self.timeline.duration_s,
            "gaps_in_files": "cut out" if self.gaps is Gaps.CUT else "silence was inserted",
            "gaps": [
                {
                    "track": gap.track,
                    "from_s": gap.from_s,
                    "to_s": gap.to_s,
                    "reason": str(gap.reason),
                    "detail": gap.detail,
                    "cut_at_s": _audio_before(self.timeline.tracks[gap.track], gap.from_s),
                }
                for gap in self.timeline.gaps
            ],
            "filled": [
                {
                    "track": fill.track,
                    "by": fill.by,
                    "from_s": fill.from_s,
                    "to_s": fill.to_s,
                    "source": self.timeline.tracks[fill.by].parts[0].source,
                }
                for fill in self.timeline.fills
            ],
            "files": [
                {
                    "file": file.path.name,
                    "duration_s": file.duration_s,
                    "parts": [
                        {
                            "file": span.part,
                            "start_s": span.start_s,
                            "at_s": span.at_s,
                            "duration_s": span.duration_s,
                        }
                        for span in file.spans
                    ],
                    "inserted_silence": [
                        {"from_s": stretch.from_s, "to_s": stretch.to_s}
                        for stretch in file.stretches
                        if stretch.silence
                    ],
                }
                for file in self.files
            ],
        }

    def chapters_json(self) -> dict[str, Any]:
        """The markers as Podcasting 2.0 chapters, in the time of the first continuous file.

        https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/examples/chapters
        """
        return {
            "version": "1.2.0",
            "title": self.info.title,
            "chapters": [
                {
                    "startTime": round(at_in(self.files[0].spans, mark.at_s), 3),
                    "title": mark.text or "Marker",
                    "sessionTime": mark.at_s,
                }
                for mark in with_added(self.timeline, self.info).markers
            ],
        }

    def events_json(self) -> list[dict[str, Any]]:
        """What happened, without the bookkeeping of chunks and parts."""
        return [
            {
                "line": entry.number,
                "at": iso(entry.at),
                "event": entry.event.kind,
                **entry.event.to_json(),
            }
            for entry in self.entries
            if not isinstance(entry.event, _BOOKKEEPING)
        ]

    def session_json(self) -> dict[str, Any]:
        """What of ``session.json`` is for others: all but notes."""
        info, started_at = self.info, self.timeline.started_at
        return {
            "id": info.id,
            "title": info.title,
            "host": info.host,
            "description": info.description,
            "tags": list(info.tags),
            "rights": info.rights,
            "consent": info.consent,
            "cover": info.cover,
            "started_at": iso(started_at) if started_at else None,
            "duration_s": self.timeline.duration_s,
            "sources": [
                {"track": track, "kind": str(spec.kind), "address": spec.public_address}
                for track, spec in info.sources
            ],
            "program": PROGRAM,
        }

    def verify_txt(self) -> str:
        """How to check the package, and what that proves."""
        started_at = self.timeline.started_at
        return _TEXT.format(
            title=_line(self.info.title),
            session=self.info.id,
            started=f"{started_at:%Y-%m-%d %H:%M:%S} UTC" if started_at else "an unknown time",
            duration=self.timeline.duration_s,
            about=self._about(),
            names=", ".join(f"{bag.PAYLOAD}/{file.path.name}" for file in self.files),
            became="cut out"
            if self.gaps is Gaps.CUT
            else "filled with silence, which was inserted and is not part of the recording",
            gaps=self._gap_lines(),
            sources=self._source_lines(),
            attempts=self._attempt_lines(),
            signature=self._signature(),
            same=self._same_sound(),
            sums=self.sums_sha256,
            program=PROGRAM,
        )

    def _about(self) -> str:
        info = self.info
        facts = (
            ("Host", info.host),
            ("About", info.description),
            ("Rights", info.rights),
            ("Consent", info.consent),
        )
        return "".join(f"{name}: {_line(text)}\n" for name, text in facts if text)

    def _gap_lines(self) -> str:
        is_alone = len(self.timeline.own) == 1
        lines = [
            f"  {gap.from_s:10.3f} to {gap.to_s:10.3f} s: "
            f"{'' if is_alone else f'track {gap.track}: '}{gap.reason}"
            for gap in self.timeline.gaps
        ]
        fills = [
            f"  {fill.from_s:10.3f} to {fill.to_s:10.3f} s: filled from another recording, "
            f"{_line(self.timeline.tracks[fill.by].parts[0].source)}; in no file named unedited, "
            "but in those named completed, if they are here"
            for fill in self.timeline.fills
        ]
        twice = [f"  {each}" for each in cover.twice(self.timeline)]
        loose = [
            f"  track {name} was placed beside the others by the clock; some seconds may differ"
            for name in cover.by_clock(self.timeline)
        ]
        return "\n".join([*(lines or ["  none"]), *fills, *twice, *loose])

    def _source_lines(self) -> str:
        """The sources asked for, and who answered, as it was seen."""
        lines = [f"  asked for: {_line(str(spec))}" for _, spec in self.info.sources]
        answers = [
            (event.address, tuple(sorted(event.identity.items())))
            for entry in self.entries
            if isinstance(event := entry.event, Connected)
        ]
        for (address, identity), times in Counter(answers).items():
            often = "once" if times == 1 else f"{times} times"
            lines.append(f"  answered {often}: {_line(address) or 'without an address'}")
            lines += [f"    {_line(key)}: {_line(value)}" for key, value in identity]
        return "\n".join(lines or ["  none"])

    def _attempt_lines(self) -> str:
        attempts = Counter(
            event.reason or "unknown"
            for entry in self.entries
            if isinstance(event := entry.event, Attempt)
        )
        lines = [f"  {count} failed: {_line(reason)}" for reason, count in attempts.most_common()]
        return "\n".join(lines or ["  none failed"])

    def _signature(self) -> str:
        if self.signer is None:
            return "\nIt is not signed.\n"
        return _SIGNED.format(
            principal=PRINCIPAL,
            namespace=NAMESPACE,
            signature=bag.SIGNATURE,
            fingerprint=self.signer.fingerprint,
        )

    def _same_sound(self) -> str:
        """Commands by which FFmpeg shows that the continuous file holds the parts' packets."""
        suffixes = {part.rpartition(".")[2] for part in self._parts()}
        if len(self.files) != 1 or self.gaps is Gaps.KEEP or suffixes not in ({"aac"}, {"mp3"}):
            return ""
        (suffix,) = suffixes
        bare = " -bsf:a aac_adtstoasc" if suffix == "aac" else ""
        parts = " ".join(f"{bag.PAYLOAD}/{part}" for part in self._parts())
        return _SAME.format(
            name=f"{bag.PAYLOAD}/{self.files[0].path.name}",
            parts=parts,
            demuxer=suffix,
            bare=bare,
        )

    def _parts(self) -> list[str]:
        return list(dict.fromkeys(span.part for file in self.files for span in file.spans))


def as_json(values: object) -> bytes:
    """JSON for people and machines."""
    return (json.dumps(values, ensure_ascii=False, indent=2) + "\n").encode(
        errors="backslashreplace"
    )


def _audio_before(track: Track, at_s: Seconds) -> Seconds:
    """Seconds of sound before a moment: where it lies when gaps are cut out."""
    return Seconds(sum(chunk.duration_s for chunk in track.chunks if chunk.start_s < at_s))


def _line(text: str) -> str:
    """A text from outside as one line, that can't pass for another."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


_TEXT = """\
The unedited audio of: {title}
Session {session}, first sample at {started}, {duration:.3f} s long with its gaps.
{about}
WHAT IS IN IT
  {names}: to listen to; the packets as they were received, not re-encoded; gaps {became}
  data/audio: the parts as they were served
  data/journal.jsonl: what happened, each line with the hash of the line before
  data/events.json: the same without the bookkeeping, easier to read
  data/gaps.json: the gaps, and where they lie
  data/transcript, where there is one: text that a program heard; it may be wrong
  beside each continuous file: its own proof, for when it travels alone

GAPS (seconds since the first sample)
{gaps}

WHO IT CAME FROM, as it was seen
{sources}

ATTEMPTS
{attempts}

HOW TO CHECK IT, in this folder
  aircheck verify .
or with tools that you have already:
  sha256sum -c tagmanifest-sha256.txt
  sha256sum -c manifest-sha256.txt
  (cd data && sha256sum -c SHA256SUMS)
  bagit.py --validate .
{same}{signature}
WHAT IT PROVES
  If all of that passes, no byte has changed since the session was sealed, and the gaps above are
  all that is missing. It does not prove what happened before the recording reached the disk, nor
  that the source was who it said it was. A signature proves who archived it, not who spoke.
  Anyone can make new hashes and sign them with a key of their own. To rule that out, compare the
  key's fingerprint, or this SHA-256 of data/SHA256SUMS, with one that you have from somebody you
  trust:
  {sums}

Made by {program}.
"""

_SIGNED = """\
  ssh-keygen -Y verify -f allowed_signers -I {principal} -n {namespace} \\
    -s {signature} < tagmanifest-sha256.txt

It is signed with the key {fingerprint}
"""

_SAME = """\
These two print the same hash, since the continuous file holds just the parts' packets:
  ffmpeg -v error -i {name} -map 0:a -c copy -f streamhash -hash sha256 -
  cat {parts} |
    ffmpeg -v error -f {demuxer} -i - -map 0:a -c copy{bare} -f streamhash -hash sha256 -
"""

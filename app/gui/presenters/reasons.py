"""What recorder and transcriber say, in the window's language. No Qt.

They say what happened in English sentences, since journals and proofs hold those. The ones that
people meet most are listed here, each as it is said, with ``{names}`` where it has a part that
changes; what isn't listed stays as it was said.
"""

from __future__ import annotations

import functools
import re

from app.gui.presenters.language import is_translated, marked, translate_marked

_CONTEXT = "Reasons"
_PART = re.compile(r"\\\{(\w+)\\\}")  # a name in braces, once escaped
_ONE_SENTENCE, _ANY = r"(?:(?![.?!]\s).)+?", r".+?"
_BETWEEN_SENTENCES = re.compile(r"(?<=[.?!])\s+(?=\S)")


def in_own_words(detail: str) -> str:
    """The sentences in the window's language, those that are known; the others as they are."""
    if not detail or not is_translated():
        return detail
    whole = _said(detail)
    if whole is not None:
        return whole
    sentences = _BETWEEN_SENTENCES.split(detail)
    if len(sentences) == 1:
        return detail
    return " ".join(_said(sentence) or sentence for sentence in sentences)


def _said(detail: str) -> str | None:
    """A sentence in the window's language, where it is one that is known."""
    for text in _KNOWN:
        if found := _pattern(text).fullmatch(detail):
            parts = {name: in_own_words(part) for name, part in found.groupdict().items()}
            return translate_marked(_CONTEXT, text).format(**parts)
    return None


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    """What a sentence may be; ``{words}`` may be sentences, any other part is within one."""

    def part(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{_ANY if found[1] == 'words' else _ONE_SENTENCE})"

    return re.compile(_PART.sub(part, re.escape(text)))


_KNOWN = (
    marked("Reasons", "{what} is not available: {words}."),
    marked("Reasons", "{what} refuses: {words}."),
    marked("Reasons", "There is no host {what} (yet)."),
    marked("Reasons", "{what} did not answer in time."),
    marked("Reasons", "{what} did not answer within {seconds} s."),
    marked("Reasons", "{what} refuses the connection."),
    marked("Reasons", "{what} can't be reached: {words}."),
    marked("Reasons", "{what} gives no answer of HTTP ({words})."),
    marked("Reasons", "The certificate of {what} is not valid ({words})."),
    marked("Reasons", "Check the address: somebody may pose as this host."),
    marked("Reasons", "{what} has sent nothing for {seconds} s."),
    marked("Reasons", "The connection to {what} broke."),
    marked("Reasons", "{what} closed the connection before any audio."),
    marked("Reasons", "{what} closed the connection."),
    marked("Reasons", "{what} has sent no audio yet."),
    marked("Reasons", "{what} lists nothing yet."),
    marked("Reasons", "{what} lists nothing new for {seconds} s."),
    marked("Reasons", "{what} is empty."),
    marked("Reasons", "{what} is not audio."),
    marked("Reasons", "{what} is a page that leads to no stream."),
    marked("Reasons", "{what} plays nothing now. {words}"),
    marked("Reasons", "{what} is not an HLS playlist."),
    marked("Reasons", "{what} is a playlist that lists no stream."),
    marked("Reasons", "{what} sends {form} that is neither MP3, AAC nor Ogg."),
    marked("Reasons", "{what} is protected ({words}); only its own player can hear it."),
    marked("Reasons", "{what} leads on and on: more than {count} redirects."),
    marked("Reasons", "{what} is not an http(s) address."),
    marked("Reasons", "An address begins with http:// or https://."),
    marked("Reasons", "An address begins with http:// or https://; a device is device:NAME."),
    marked("Reasons", "That is not an address of the web."),
    marked("Reasons", "That is neither an address nor a file."),
    marked("Reasons", "There is no file {what}, and it is no address either."),
    marked("Reasons", "Give an http(s) address, device:NAME, system, or a file."),
    marked("Reasons", "Give the address of a stream, a playlist, or a page that plays one."),
    marked("Reasons", "Give the address of the stream itself."),
    marked("Reasons", "The source ended."),
    marked("Reasons", "Segment {number} could not be had. {words}"),
    marked("Reasons", "Segment {number} did not come in time. {words}"),
    marked("Reasons", "Segment {number} did not come in time."),
    marked("Reasons", "Segments {first} to {last} could not be had. {words}"),
    marked("Reasons", "Segments {first} to {last} did not come in time. {words}"),
    marked("Reasons", "Segments {first} to {last} did not come in time."),
    marked("Reasons", "The server counts its segments anew."),
    marked("Reasons", "The server says that it is missing."),
    marked("Reasons", "The playlist never listed it."),
    marked("Reasons", "{what} answers again, and is next when the mirror breaks."),
    marked("Reasons", "From the mirror {what}: {words}"),
    marked("Reasons", "Connection refused"),
    marked("Reasons", "Connection reset by peer"),
    marked("Reasons", "Network is unreachable"),
    marked("Reasons", "No route to host"),
    marked("Reasons", "There is nothing to translate: English is spoken."),
    marked("Reasons", "The model {what} can't translate: it knows English alone."),
    marked("Reasons", "The transcript is untouched."),
    marked("Reasons", "400 Bad Request"),
    marked("Reasons", "401 Unauthorized"),
    marked("Reasons", "403 Forbidden"),
    marked("Reasons", "404 Not Found"),
    marked("Reasons", "408 Request Timeout"),
    marked("Reasons", "410 Gone"),
    marked("Reasons", "429 Too Many Requests"),
    marked("Reasons", "500 Internal Server Error"),
    marked("Reasons", "502 Bad Gateway"),
    marked("Reasons", "503 Service Unavailable"),
    marked("Reasons", "504 Gateway Timeout"),
    marked("Reasons", "{what} has given nothing for a second."),
    marked("Reasons", "{what} gives sound again."),
    marked("Reasons", "{what} gives digital silence for {seconds} s. {words}"),
    marked(
        "Reasons",
        "It is muted, nothing plays, or it may not be heard: check the system's settings.",
    ),
    marked("Reasons", "Nothing plays on it."),
    marked("Reasons", "The output is muted."),
    marked("Reasons", "All that plays on it is muted."),
    marked("Reasons", "What plays on it is silent."),
    marked("Reasons", "It is muted or broken: an input that works has noise."),
    marked("Reasons", "{what} is suspended."),
    marked("Reasons", "{what} changed its format."),
    marked("Reasons", "What it gave is stored."),
    marked("Reasons", "Is it suspended or unplugged?"),
    marked("Reasons", "{lost} s were lost on the way: the machine is too busy."),
    marked("Reasons", "No sound server answers."),
    marked("Reasons", "The sound server doesn't answer."),
    marked("Reasons", "Restart PipeWire or PulseAudio."),
    marked("Reasons", "Start PipeWire (with pipewire-pulse) or PulseAudio."),
    marked("Reasons", "There is sound again."),
    marked("Reasons", "Nothing but digital silence for 15 s. It is recorded all the same."),
    marked("Reasons", "Announced for {when}."),
    marked("Reasons", "The time asked for is over."),
    marked("Reasons", "Nothing came until its next time."),
    marked("Reasons", "Nothing came for {length}: taken as the session's end."),
    marked("Reasons", "It ended without audio."),
    marked("Reasons", "It was called off before its time."),
    marked("Reasons", "It began {count} min late."),
    marked("Reasons", "The first {seconds} s were heard before the recording was asked for."),
    marked("Reasons", "The computer was asleep for {seconds} s."),
    marked(
        "Reasons",
        "The computer's clock was set {way} by {seconds} s; session time is not affected.",
    ),
    marked("Reasons", "forward"),
    marked("Reasons", "back"),
    marked("Reasons", "The disk is full in {length} at the present rate."),
    marked("Reasons", "The recorder had died."),
    marked("Reasons", "The recorder failed: {what}."),
    marked("Reasons", "See derived/recorder.log."),
    marked("Reasons", "The source failed: {what}."),
    marked("Reasons", "Sealed after its recorder died."),
    marked("Reasons", "It had not come when the recording was stopped."),
    marked("Reasons", "No recorder answers for {what}."),
    marked("Reasons", "What it had recorded is safe."),
    marked("Reasons", "All that was recorded before is safe."),
    marked("Reasons", "What was recorded so far is safe."),
    marked("Reasons", "The recorder did not begin within 20 s."),
    marked("Reasons", "The recorder ended at once: {words}"),
    marked("Reasons", "Nothing was recorded; the session's folder is kept."),
    marked("Reasons", "Check the source and the disk, and record again."),
    marked("Reasons", "{text} is not a time."),
    marked("Reasons", "{text} is not a time of day."),
    marked("Reasons", "{text} is not a time: there is no {hour} {half}m."),
    marked("Reasons", "{text} may be morning or evening."),
    marked("Reasons", "{text} names no day."),
    marked("Reasons", "{text} is no time zone."),
    marked("Reasons", "{text} is the name of several zones."),
    marked("Reasons", "{text} is past: it was {when}."),
    marked("Reasons", "{day} is a {weekday}, not a {other}."),
    marked("Reasons", "{clock} {what} on {day} in {zone}: the clocks change."),
    marked("Reasons", "does not exist"),
    marked("Reasons", "comes twice"),
    marked("Reasons", "{zone} keeps {kept} on {day}, not {other}."),
    marked(
        "Reasons",
        "Write '8pm ET', '20:00 Europe/Berlin', 'tomorrow 20:00' or '2024-08-13T20:00-04:00'.",
    ),
    marked("Reasons", "Write {one}am, {other}pm or {third}:00."),
    marked("Reasons", "Write {clock} {zone}, or the offset that you mean."),
    marked("Reasons", "Write the offset: {one} or {other}."),
    marked("Reasons", "Write {one} or {other}."),
    marked("Reasons", "Leave --at out to begin at once."),
    marked("Reasons", "{text} is not a duration"),
    marked("Reasons", "The disk is full while {doing}."),
    marked("Reasons", "Free some room; a recording that is paused goes on by itself then."),
    marked("Reasons", "Free some room."),
    marked("Reasons", "Choose another archive folder or change its permissions."),
    marked("Reasons", "Check the folder's permissions."),
    marked("Reasons", "Try again in a moment."),
    marked("Reasons", "Try again later."),
    marked("Reasons", "It was not touched."),
    marked("Reasons", "It is left as it is."),
    marked("Reasons", "It goes on undisturbed."),
    marked("Reasons", "The session is untouched."),
    marked("Reasons", "The session is as it was."),
    marked("Reasons", "The sessions are untouched."),
    marked("Reasons", "Sessions and transcripts are untouched."),
    marked("Reasons", "The recordings are safe."),
    marked("Reasons", "The recordings and their transcripts are untouched."),
    marked("Reasons", "The audio files are untouched."),
    marked("Reasons", "The audio and its journal are untouched."),
    marked("Reasons", "The archive is untouched."),
    marked("Reasons", "Nothing was made."),
    marked("Reasons", "Nothing was written."),
    marked("Reasons", "Nothing was imported."),
    marked("Reasons", "Nothing half made was left behind, and the session is untouched."),
    marked("Reasons", "Check that it can be read, and is whole."),
    marked("Reasons", "{what} can't be imported ({words})."),
    marked("Reasons", "{what} holds no sound."),
    marked("Reasons", "{what} is not in the archive any more."),
    marked("Reasons", "The session is not in the archive any more."),
    marked("Reasons", "Another process is at work on {what}."),
    marked("Reasons", "{what}'s journal can't be read ({words})."),
    marked("Reasons", "{what} has no journal."),
    marked("Reasons", "{what} can't be thrown away: a process is at work on it."),
    marked("Reasons", "Nothing was recorded in this session, so there is nothing to export."),
    marked("Reasons", "Nothing was recorded between these moments."),
    marked(
        "Reasons",
        "The session has no transcript yet, so there are no captions and no citation of it.",
    ),
    marked("Reasons", "Transcribe it first, or export it without them."),
    marked("Reasons", "The work stumbled ({words})."),
    marked("Reasons", "The others are there."),
    marked("Reasons", "The others are in the archive."),
    marked("Reasons", "{what} isn't as it was sealed: what was made of it may sound otherwise."),
    marked(
        "Reasons", "{what} aren't as they were sealed: what was made of them may sound otherwise."
    ),
    marked(
        "Reasons", "The connection to {host} can't be made, or broke, while {what} was downloaded."
    ),
    marked("Reasons", "{host} sent nothing for {seconds} s while {what} was downloaded."),
    marked("Reasons", "The download of {what} from {host} broke off."),
    marked("Reasons", "What came so far is kept, and the next try goes on there."),
    marked("Reasons", "Check the connection and try again."),
    marked("Reasons", "What came is not {what}: its checksum differs."),
    marked("Reasons", "It was thrown away; nothing else was touched."),
    marked("Reasons", "Try again; if it happens twice, something on the way changes the file."),
    marked("Reasons", "{what} is being downloaded already, by another process."),
    marked("Reasons", "Wait until it is done."),
    marked("Reasons", "{what} is not a Whisper checkpoint that can be read."),
    marked("Reasons", "{what} is a checkpoint, but not of Whisper: its tensors differ."),
    marked("Reasons", "OpenAI's own files end in .pt; 'aircheck models' lists them."),
    marked("Reasons", "There is not enough memory for this model."),
    marked("Reasons", "What is transcribed already is kept."),
    marked("Reasons", "Close other programs, or choose a smaller model."),
    marked(
        "Reasons",
        "The transcriber was ended from outside three times at the same place; there may not be "
        "enough memory for this model.",
    ),
    marked("Reasons", "The queue of transcriptions is held by another process."),
    marked("Reasons", "Nothing was said at {at} s, says {what}."),
    marked("Reasons", "Another correction is being written."),
    marked("Reasons", "Give a moment inside of the segment."),
    marked("Reasons", "There is no field '{name}:', so it is searched as text."),
    marked("Reasons", "No session has the title '{value}'."),
    marked("Reasons", "No session has the source '{value}'."),
    marked("Reasons", "No session has the tag '{value}'."),
    marked("Reasons", "No session has the speaker '{value}'."),
    marked("Reasons", "No session has the language '{value}'."),
    marked("Reasons", "There is no {kind} in any session."),
    marked("Reasons", "'kind:' is one of {kinds}, so '{value}' is searched as text."),
    marked("Reasons", "'{value}' is not a date, so it is searched as text."),
    marked("Reasons", "The dates leave no time between them."),
    marked("Reasons", "There is no word in it to search."),
    marked("Reasons", "Words to leave out need others to be searched."),
    marked("Reasons", "'{word}*' is too short, so only the word itself is searched."),
    marked("Reasons", "More than {count} matches, so they are shown newest first."),
    marked(
        "Reasons",
        "Not all of the archive was looked through yet; the newest matches are shown.",
    ),
    marked("Reasons", "The index is still being made, so there may be more."),
)
"""The more special ones before those that would fit them, too."""

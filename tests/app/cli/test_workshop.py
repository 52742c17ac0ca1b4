"""split, labels, and export's edited audio as they are typed."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from recorder import labels
from recorder.archive import SessionFolder
from recorder.labels import Kind, Label, Labels
from recorder.types import Seconds
from tests.app.cli.test_proof import aircheck, answer, paths
from tests.recorder.builders import (
    ADTS,
    PartSpec,
    adts_chunks,
    build_session,
    encode,
    silence,
    tone,
)


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    """Sound to 3 s, silence to 6, sound to 9; a gap; ten seconds of sound. A marker at 7 s."""
    samples = np.concatenate([tone(3.0), silence(3.0), tone(3.0)])
    first = PartSpec(fmt=ADTS, chunks=adts_chunks(encode(samples, 44_100, "adts")))
    second = PartSpec(
        fmt=ADTS, chunks=adts_chunks(encode(tone(10.0), 44_100, "adts")), start_s=11.0
    )
    return build_session(
        tmp_path / "archive", [first, second], markers=[(7.0, "Half")], title="Über/alles"
    )


def keep(folder: SessionFolder) -> None:
    """Labels as they would be found."""
    kinds = ((Kind.MUSIC, 0, 3), (Kind.SILENCE, 3, 6), (Kind.SPEECH, 6, 21))
    held = tuple(Label(kind=k, from_s=Seconds(low), to_s=Seconds(high)) for k, low, high in kinds)
    made = Labels(labels=held, talk_starts_s=Seconds(6), journal_bytes=labels.journal_bytes(folder))
    labels.keep(folder, made)


def seconds(path: Path) -> float:
    with av.open(str(path)) as file:
        return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


def test_a_plan_is_shown_and_nothing_written(folder: SessionFolder, tmp_path: Path) -> None:
    values = answer(folder, "split", folder.id, "--dry-run", "--out", tmp_path / "out")
    assert values["files"] == []
    assert [piece["from_s"] for piece in values["pieces"]] == [0.0, pytest.approx(5.5, abs=0.03)]
    assert not (tmp_path / "out").exists()
    said = aircheck(folder, "split", folder.id, "--dry-run").stdout
    assert "2 pieces; nothing was written." in said
    assert "1 gap" in said


def test_pieces_by_markers_labels_and_size(folder: SessionFolder, tmp_path: Path) -> None:
    keep(folder)
    for by, more, count in (
        ("markers", (), 2),
        ("labels", (), 3),
        ("size", ("--size", "60KB", "--format", "m4a"), 4),
        ("length", ("--length", "4s", "--format", "m4a", "--exact"), 6),
    ):
        out = tmp_path / by
        values = answer(folder, "split", folder.id, "--by", by, *more, "--out", out)
        assert len(paths(values)) == count, by
        assert values["packets_copied"] is (by == "size")
        together_s = sum(seconds(path) for path in paths(values))
        assert together_s == pytest.approx(19.064, abs=0.4 if more else 0.001)
    assert max(path.stat().st_size for path in (tmp_path / "size").iterdir()) <= 60_000


@pytest.mark.parametrize(
    "arguments",
    [
        ("--by", "length"),
        ("--length", "3s"),
        ("--by", "size"),
        ("--by", "size", "--size", "much"),
        ("--by", "markers", "--below", "-30"),
    ],
)
def test_a_split_that_makes_no_sense_is_wrong_use(
    folder: SessionFolder, arguments: tuple[str, ...]
) -> None:
    assert aircheck(folder, "split", folder.id, *arguments).returncode == 2


def test_labels_are_found_told_and_shown(folder: SessionFolder) -> None:
    keep(folder)
    values = answer(folder, "labels", folder.id)
    assert values["talk_starts_s"] == 6.0
    assert values["labels"][0] == {"from_s": 0.0, "to_s": 3.0, "label": "music"}
    shown = answer(folder, "show", folder.id)
    assert shown["labels"] == values["labels"]
    assert shown["suggested"] == [{"at_s": 6.0, "text": "talk starts"}]
    assert [mark["text"] for mark in shown["markers"]] == ["Half"]
    said = aircheck(folder, "show", folder.id).stdout
    assert "talk starts (suggested)" in said
    assert "♪ 00:00.0 to 00:03.0  music" in said


def test_a_clip_is_unedited_until_something_is_to_be_done(
    folder: SessionFolder, tmp_path: Path
) -> None:
    stretch = ("--as", "clip", "--from", "1", "--to", "2")
    clip, proof, _ = paths(answer(folder, "export", folder.id, *stretch, "--out", tmp_path / "a"))
    assert proof.name == f"{clip.name}.proof.json"
    assert (
        "unedited"
        in aircheck(folder, "export", folder.id, *stretch, "--out", tmp_path / "b").stdout
    )
    done = aircheck(
        folder, "export", folder.id, *stretch, "--fade", "0.2s", "--loudness", "-20", "--stereo",
        "--rate", "48000", "--bitrate", "96", "--out", tmp_path / "c",
    )  # fmt: skip
    (edited,) = (tmp_path / "c").iterdir()
    assert edited.name == f"{folder.path.name}-00h00m01s-00h00m02s-edited.mp3"
    assert clip.name == f"{folder.path.name}-00h00m01s-00h00m02s.m4a"
    assert "edited: 1.000 s to 2.000 s, written as MP3 at 96 kb/s" in " ".join(done.stdout.split())
    with av.open(str(edited)) as file:
        stream = file.streams.audio[0]
        assert (stream.rate, stream.channels) == (48_000, 2)
        assert "Edited:" in file.metadata["comment"]


def test_a_file_may_be_named(folder: SessionFolder, tmp_path: Path) -> None:
    out = tmp_path / "{my} talk.opus"
    (made,) = paths(answer(folder, "export", folder.id, "--as", "audio", "--out", out))
    assert made == tmp_path / "(my) talk.opus"
    template = ("--name", "{title} {id}", "--ascii", "--chapters-json", "--format", "m4a")
    audio, chapters = paths(
        answer(folder, "export", folder.id, "--as", "audio", *template, "--out", tmp_path)
    )
    assert audio.name == f"Uber-alles {folder.id}.m4a"
    assert json.loads(chapters.read_bytes())["chapters"][1]["title"] == "Half"


def test_sessions_of_one_day_and_title_get_names_of_their_own(
    folder: SessionFolder, tmp_path: Path
) -> None:
    archive = folder.path.parent
    twice = [build_session(archive, title="Twice") for _ in range(2)]
    asked = ("--as", "audio", "--format", "wav", "--out", tmp_path / "out")
    answered = answer(folder, "export", *(each.id for each in twice), *asked)
    assert [path.name for path in paths(answered)] == [
        f"{each.path.name}-edited.wav" for each in twice
    ]
    names = ("--name", "{title}")
    refused = aircheck(folder, "export", *(each.id for each in twice), *asked, *names)
    assert refused.returncode == 2
    assert "put {time} or {id} into it" in refused.stderr


@pytest.mark.parametrize(("kind", "file"), [("unedited", "bagit.txt"), ("page", "index.html")])
def test_of_several_sessions_each_gets_a_folder(
    folder: SessionFolder, tmp_path: Path, kind: str, file: str
) -> None:
    other = build_session(folder.path.parent, title="Other")
    out = tmp_path / "new" / "out"
    answer(folder, "export", folder.id, other.id, "--as", kind, "--out", out)
    assert sorted(path.parent.name for path in out.glob(f"*/{file}")) == sorted(
        f"{each.path.name}-{kind}" for each in (folder, other)
    )


def test_several_sessions_at_once(folder: SessionFolder, tmp_path: Path) -> None:
    other = build_session(folder.path.parent, title="Other")
    empty = build_session(folder.path.parent, [], title="Empty")
    done = aircheck(
        folder, "export", folder.id, empty.id, other.id, "--as", "audio", "--format", "flac",
        "--out", tmp_path / "out", "--json",
    )  # fmt: skip
    values = json.loads(done.stdout)
    assert done.returncode == 1
    assert [path.name for path in paths(values)] == [
        f"{folder.path.name}-edited.flac",
        f"{other.path.name}-edited.flac",
    ]
    (problem,) = values["problems"]
    assert problem["session"] == empty.id
    assert "Nothing was recorded" in problem["what"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as", "page", "--mono"),
        ("--as", "audio", "--mono", "--stereo"),
        ("--as", "unedited", "--format", "mp3"),
        ("--as", "audio", "--format", "srt"),
        ("--as", "clip"),
        ("--as", "clip", "--from", "3", "--to", "2"),
        ("--as", "audio", "--fade", "40s"),
        ("--as", "audio", "--name", "{nope}"),
        ("--as", "audio", "--loudness", "3"),
        ("--as", "captions", "--gaps", "keep"),
    ],
)
def test_an_export_that_makes_no_sense_is_wrong_use(
    folder: SessionFolder, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = aircheck(folder, "export", folder.id, *arguments, "--out", tmp_path / "out")
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_sound_that_is_not_as_it_was_sealed_is_edited_with_a_warning(
    folder: SessionFolder, tmp_path: Path
) -> None:
    arguments = ("export", folder.id, "--as", "audio", "--out")
    assert "sealed" not in aircheck(folder, *arguments, tmp_path / "before").stderr
    part = folder.path / folder.timeline().parts[1].file
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    for more in ((), ("--json",)):
        done = aircheck(folder, *arguments, tmp_path / f"after{len(more)}", *more)
        assert done.returncode == 0
        assert f"{part.name} isn't as it was sealed" in done.stderr
    split = aircheck(folder, "split", folder.id, "--out", tmp_path / "split", "--json")
    assert json.loads(split.stdout)["files"]
    assert f"{part.name} isn't as it was sealed" in split.stderr
    early = aircheck(folder, *arguments, tmp_path / "early", "--from", "0", "--to", "5")
    assert "sealed" not in early.stderr  # of another part

"""What waits is done by the model that is here; what only another can do goes on waiting."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from app.settings import Settings
from app.transcribing import transcribe_sessions
from tests.recorder.builders import build_session
from tests.transcribe.models import save_random, small_dims
from transcribe.errors import MissingModel
from transcribe.queue import JobState, Queue, path_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A model is asked for that isn't here; another one is."""
    models = tmp_path / "models"
    models.mkdir()
    note = {"sha256": "0", "dims": asdict(small_dims())}
    save_random(models / "babel.pt", small_dims())
    (models / "babel.json").write_text(json.dumps(note))
    (tmp_path / "archive").mkdir()
    return Settings(archive=tmp_path / "archive", models=models, model="large-v3")


def test_what_waits_for_a_model_is_done_by_the_one_that_is_here(settings: Settings) -> None:
    tones, foreign = build_session(settings.archive), build_session(settings.archive)
    with contextlib.closing(Queue(path_of(settings.archive))) as queue:
        waiting = queue.add(tones.id, model="large-v3", language="de")
        wanted = queue.add(foreign.id, model="large-v3", task="translate")
        done = {
            (job.session, job.model): job for job in transcribe_sessions(settings, [], pending=True)
        }
        assert queue.job(waiting.id).language == "de"
        assert queue.job(wanted.id).state is JobState.QUEUED
    assert done[tones.id, "babel"].problem == done[foreign.id, "babel"].problem == ""
    assert done[tones.id, "babel"].file
    assert "'aircheck models get large-v3'" in done[foreign.id, "large-v3"].problem
    assert len(done) == 3


def test_a_model_that_is_named_is_the_one(settings: Settings) -> None:
    with pytest.raises(MissingModel, match="tiny is not on this machine"):
        transcribe_sessions(settings, [build_session(settings.archive)], model="tiny")

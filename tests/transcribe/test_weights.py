"""Models: the table, the demo, adding a file, and what a missing or wrong one says."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
import whisper

import resources
from transcribe import checkpoint, weights
from transcribe.errors import BrokenModel, DownloadFailed, MissingModel, UnknownModel
from transcribe.weights import DEMO, Weights


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo model as an ordinary checkpoint."""
    return Weights(tmp_path_factory.mktemp("models")).find(DEMO)


def test_the_table_is_openai_whispers_own(tmp_path: Path) -> None:
    models = Weights(tmp_path)
    assert {name: models.model(name).url for name in whisper.available_models()} == whisper._MODELS


def test_every_model_says_what_it_is(tmp_path: Path) -> None:
    for model in Weights(tmp_path).models():
        assert model.about.endswith(".")
        assert model.size_bytes > 1_000_000
        assert (model.languages == ("en",)) == (model.name == DEMO or model.name.endswith(".en"))
        assert model.is_here == (model.name == DEMO)


def test_the_demo_says_that_it_is_one(tmp_path: Path) -> None:
    model = Weights(tmp_path).require(DEMO)
    assert "demonstrations and tests only" in model.about
    assert model.longest_chunk_s == 8


def test_the_demo_becomes_a_checkpoint_that_whisper_loads(demo: Path) -> None:
    model = whisper.load_model(str(demo), device="cpu")
    assert model.dims.n_vocab == 51_865
    assert sum(weight.numel() for weight in model.encoder.parameters()) > 500_000


def test_sinusoids_are_whispers_own(demo: Path) -> None:
    ours = torch.load(demo, weights_only=True)["model_state_dict"]["encoder.positional_embedding"]
    theirs = whisper.model.sinusoids(1500, 128).half()
    assert torch.allclose(ours.float(), theirs.float(), atol=1e-3)


def test_two_that_want_the_demo_at_once_get_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expand = checkpoint.expand
    found: list[Path] = []
    models = Weights(tmp_path)
    other = threading.Thread(target=lambda: found.append(models.find(DEMO)))
    calls = []

    def slowly(archive: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 1:
            other.start()
            other.join(0.2)  # which asks for it in the meantime
        expand(archive, target)

    monkeypatch.setattr(checkpoint, "expand", slowly)
    file = models.find(DEMO)
    other.join(60)
    assert found == [file]
    assert calls == [file]


def test_a_model_that_is_not_here_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(MissingModel) as caught:
        Weights(tmp_path).find("turbo")
    assert str(caught.value) == (
        "The model large-v3-turbo is not on this machine yet. "
        "The recordings are safe, and can be transcribed at any time. "
        "'aircheck models get large-v3-turbo' downloads it (1,618 MB)."
    )


def test_a_name_that_is_no_models_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="'tinny'") as caught:
        Weights(tmp_path).get("tinny")
    assert caught.value.exit_status == 2


def test_get_looks_where_it_is_told_and_fails_in_words(tmp_path: Path) -> None:
    models = Weights(tmp_path, base_url="http://127.0.0.1:1/models")
    assert models.model("base").url.startswith("http://127.0.0.1:1/models/ed3a0b6b")
    with pytest.raises(DownloadFailed, match=r"base\.pt"):
        models.get("base")


def test_a_file_added_by_hand_can_be_asked_for(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "My Model.pt"
    file.write_bytes(demo.read_bytes())
    models = Weights(tmp_path / "models")
    added = models.add(file)
    assert (added.name, added.is_here, added.languages) == ("my-model", True, ())
    assert added in models.models()
    assert models.find("my-model").read_bytes() == file.read_bytes()


def test_one_of_openais_is_known_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "from-a-friend.bin"
    file.write_bytes(b"bytes whose hash is in the table")
    line = weights._PUBLISHED[1]._replace(sha256=weights.sha256_of(file))
    monkeypatch.setattr(weights, "_PUBLISHED", (line,))
    models = Weights(tmp_path / "models")
    assert not models.model("tiny").is_here
    assert models.add(file) == models.require("tiny")
    assert models.find("tiny").read_bytes() == file.read_bytes()


@pytest.mark.parametrize("content", [b"", b"RIFF this is no checkpoint", b"PK\x03\x04 broken zip"])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "wrong.pt"
    file.write_bytes(content)
    with pytest.raises(BrokenModel, match=r"wrong\.pt is not a Whisper checkpoint"):
        checkpoint.dims(file)


def test_a_refused_file_is_not_added(tmp_path: Path) -> None:
    file = tmp_path / "wrong.pt"
    file.write_bytes(b"nothing that torch knows")
    models = Weights(tmp_path / "models")
    with pytest.raises(BrokenModel, match="is not a Whisper checkpoint") as caught:
        models.add(file)
    assert caught.value.safe == "Nothing was added."
    assert not models.folder.exists()


def test_a_checkpoint_of_something_else_is_refused(demo: Path, tmp_path: Path) -> None:
    held = torch.load(demo, weights_only=True)
    held["model_state_dict"]["decoder.ln.weight"] = torch.zeros(3)
    other = tmp_path / "other.pt"
    torch.save(held, other)
    with pytest.raises(BrokenModel, match="not of Whisper"):
        checkpoint.dims(other)


def test_a_file_with_another_models_name_does_not_replace_it(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "tiny.pt"
    file.write_bytes(demo.read_bytes())
    with pytest.raises(BrokenModel, match="its name is another model's"):
        Weights(tmp_path / "models").add(file)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match="can't be read"):
        Weights(tmp_path / "models").add(tmp_path / "nowhere.pt")


def test_a_damaged_demo_is_said(tmp_path: Path) -> None:
    archive = tmp_path / "demo.npz"
    archive.write_bytes(resources.path("demo-model.npz").read_bytes()[:-500])
    with pytest.raises(BrokenModel, match="damaged"):
        checkpoint.expand(archive, tmp_path / "demo.pt")


def test_listing_models_loads_no_torch() -> None:
    code = (
        "import sys; from pathlib import Path; from transcribe.weights import Weights; "
        "Weights(Path('nowhere')).models(); "
        "sys.exit('torch' in sys.modules or 'whisper' in sys.modules)"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


@pytest.mark.parametrize("name", ["base", "base.en"])
def test_a_model_is_removed_with_all_that_was_made_of_it_and_no_other(
    name: str, tmp_path: Path
) -> None:
    def files(model: str) -> set[str]:
        return {f"{model}.pt", f"{model}.pt.part", f"{model}.int8.ct2", f"{model}.float16.ct2"}

    for file in files("base") | files("base.en") | files("small"):
        (tmp_path / file).mkdir() if file.endswith(".ct2") else (tmp_path / file).touch()
    Weights(tmp_path).remove(name)
    kept = {"base", "base.en", "small"} - {name}
    assert {path.name for path in tmp_path.iterdir()} == set.union(*map(files, kept))


def test_the_demo_stays() -> None:
    with pytest.raises(UnknownModel, match="comes with Aircheck"):
        Weights(Path("nowhere")).remove(DEMO)


def test_people_s_voices_are_never_given_to_the_demo_unless_it_is_named(tmp_path: Path) -> None:
    weights = Weights(tmp_path)
    assert weights.here() == {"demo"}
    assert weights.automatic("base") == "base"  # which is waited for
    assert weights.for_captions("base") == "base"
    assert weights.automatic("demo") == "demo"
    (tmp_path / "tiny.pt").write_bytes(b"a")
    (tmp_path / "large-v3.pt").write_bytes(b"the larger")
    assert weights.automatic("base") == "large-v3"
    assert weights.for_captions("base") == "tiny"
    assert weights.automatic("tiny") == "tiny"
    assert weights.for_captions("large") == "large"
    assert weights.here() == {"demo", "tiny", "large-v3", "large"}

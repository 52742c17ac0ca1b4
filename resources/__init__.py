"""What Aircheck brings along: data files, reached by `path`.

    demo-model.npz               the Whisper model `demo`, compact (see README.md)
    demo-model-vocabulary.txt    the 446 words that it knows, one a line
    sample/                      the sample broadcast: session.aac, and session.json, its script
    page/                        template, style and script of a published page
    icons/                       aircheck.svg, and Lucide's in lucide/
    datasette.json               what the search index holds, told to Datasette
    make_sample                  the script that made the sample; no part of the running program

README.md says where each comes from and under which licence.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def path(name: str) -> Path:
    """The file `name`, a path inside this package with forward slashes.

    Raises:
        ValueError: There is no such file.
    """
    found = _FOLDER / name
    if not found.is_file():
        raise ValueError(f"no resource {name!r}")
    return found

"""The list of commands."""

import pytest

from app.cli.main import _COMMANDS, main


def test_help_lists_every_command_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    for name, (_, about) in _COMMANDS.items():
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert line.endswith(about), "it is told in full, on its own line"
        assert len(line) <= 80


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([name, "--help"])
    assert f"aircheck {name}" in capsys.readouterr().out

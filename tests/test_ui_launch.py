from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ui.launch import APPLICATION, ui_command


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have taken the place of this process."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: commands.append(list(arguments)))
    monkeypatch.setenv("RAG_INDEX", "before")
    return commands


def test_it_listens_on_this_machine_alone_unless_told(started: list[list[str]]) -> None:
    assert CliRunner().invoke(ui_command, []).exit_code == 0
    (command,) = started
    assert command[:5] == [sys.executable, "-m", "streamlit", "run", str(APPLICATION)]
    assert command[command.index("--server.address") + 1] == "127.0.0.1"
    assert os.environ["RAG_INDEX"] == "before"


def test_an_index_port_and_address_are_passed_on(started: list[list[str]], tmp_path: Path) -> None:
    arguments = ["--index", str(tmp_path / "mine"), "--port", "9000", "--address", "0.0.0.0"]
    assert CliRunner().invoke(ui_command, arguments).exit_code == 0
    (command,) = started
    assert command[command.index("--server.port") + 1] == "9000"
    assert command[command.index("--server.address") + 1] == "0.0.0.0"
    assert os.environ["RAG_INDEX"] == str(tmp_path / "mine")


def test_a_port_that_is_none_is_refused(started: list[list[str]]) -> None:
    assert CliRunner().invoke(ui_command, ["--port", "0"]).exit_code == 2
    assert started == []


def test_the_application_is_there() -> None:
    assert APPLICATION.is_file()

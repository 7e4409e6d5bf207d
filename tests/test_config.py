"""Arguments over environment over rag.toml over defaults; a bad value is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from rag.config import Settings, load_settings
from rag.errors import UsageError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without RAG_* variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"RAG_{name.upper()}", raising=False)
    return tmp_path


def test_the_defaults_need_no_network() -> None:
    settings = load_settings()
    assert settings.index == Path("index")
    assert settings.allow_download is False
    assert 0 < settings.strictness < 1


def test_each_place_overrides_the_one_below(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_settings().passages
    (elsewhere / "rag.toml").write_text("passages = 21\nindex = 'from-file'\n", encoding="utf-8")
    assert load_settings().passages == 21 != default
    monkeypatch.setenv("RAG_PASSAGES", "22")
    assert load_settings().passages == 22
    assert load_settings(passages=23).passages == 23
    assert load_settings(passages=None).passages == 22
    assert load_settings().index == Path("from-file")


@pytest.mark.parametrize(
    ("name", "value"), [("passages", 0), ("strictness", 2), ("chunk_tokens", "many"), ("no_such_setting", 1)]
)
def test_a_bad_argument_is_named(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=f"'{name}'"):
        load_settings(**{name: value})


def test_a_bad_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_STRICTNESS", "high")
    with pytest.raises(UsageError, match="RAG_STRICTNESS"):
        load_settings()


@pytest.mark.parametrize("content", ["unknown_key = 1\n", "passages = 0\n"])
def test_a_bad_file_is_named(elsewhere: Path, content: str) -> None:
    (elsewhere / "rag.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"rag\.toml"):
        load_settings()


def test_a_file_that_is_no_toml_is_a_user_s_error(elsewhere: Path) -> None:
    (elsewhere / "rag.toml").write_text("passages = = 1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"rag\.toml"):
        load_settings()


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().passages = 3

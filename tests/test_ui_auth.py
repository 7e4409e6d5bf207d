from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import auth

NOW = 1_800_000_000.0
READER = "reader-1"


@pytest.fixture(autouse=True)
def no_wrong_ones() -> None:
    auth._wrong.clear()


def test_a_token_opens_for_its_reader_and_password_alone() -> None:
    token = auth.make_token(READER, "secret", NOW)
    assert auth.is_token(token, READER, "secret", NOW + 60)
    assert not auth.is_token(token, "reader-2", "secret", NOW + 60)
    assert not auth.is_token(token, READER, "changed", NOW + 60)


def test_a_token_ends() -> None:
    token = auth.make_token(READER, "secret", NOW)
    assert auth.is_token(token, READER, "secret", NOW + auth.LASTS - 1)
    assert not auth.is_token(token, READER, "secret", NOW + auth.LASTS + 1)


def test_a_token_cannot_be_prolonged() -> None:
    until, _, signature = auth.make_token(READER, "secret", NOW).partition(".")
    assert not auth.is_token(f"{int(until) + 1}.{signature}", READER, "secret", NOW)


@given(st.text(max_size=80))
def test_nothing_else_is_a_token(written: str) -> None:
    assert not auth.is_token(written, READER, "secret", NOW)


def test_the_password_is_compared_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(auth.PASSWORD, "größer")
    assert auth.is_password("größer")
    assert not auth.is_password("größe")
    assert not auth.is_password("")


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_password_none_is_right(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv(auth.PASSWORD, raising=False)
    else:
        monkeypatch.setenv(auth.PASSWORD, value)
    assert not auth.is_password("")
    assert auth.method() is auth.Method.OPEN


def test_a_password_in_the_environment_closes_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(auth.PASSWORD, "secret")
    assert auth.method() is auth.Method.PASSWORD
    assert not auth.may_upload(signed_in=False)
    assert auth.may_upload(signed_in=True)


def test_wrong_passwords_are_counted_by_the_minute() -> None:
    for i in range(10):
        assert not auth.too_many_wrong(NOW + i)
        auth.note_wrong(NOW + i)
    assert auth.too_many_wrong(NOW + 10)
    assert not auth.too_many_wrong(NOW + 61)


@pytest.mark.parametrize(
    "host", ["localhost:8501", "127.0.0.1:8501", "localhost", "LOCALHOST:1", "[::1]:8501", "[::1]"]
)
def test_a_browser_on_the_servers_machine_is_local(host: str) -> None:
    assert auth.is_local(None, {"Host": host})


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("192.0.2.7", {"Host": "localhost:8501"}),
        (None, {"Host": "policy.example.org"}),
        (None, {"Host": "localhost.example.org"}),
        (None, {}),
        (None, {"Host": "localhost", "X-Forwarded-For": "192.0.2.7"}),
        (None, {"Host": "localhost", "Forwarded": "for=192.0.2.7"}),
    ],
)
def test_another_machine_or_a_proxy_is_not(peer: str | None, headers: dict[str, str]) -> None:
    assert not auth.is_local(peer, headers)

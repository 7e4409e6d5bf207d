"""A seal holds for one index, one generation and the very bytes it was put on, as far as it looks."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rag import sealed
from rag.sealed import DIGEST_BYTES, Seal, read_footer

SEAL = Seal("identity", 3)


@pytest.fixture(params=[None, {"a": 1}])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(random.Random(1).randbytes(300_000))
    SEAL.close(path, request.param)
    return path


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_it_holds_for_one_index_and_generation(file: Path) -> None:
    assert SEAL.holds(file)
    assert SEAL.intact(file)
    assert not Seal("identity", 4).holds(file)
    assert not Seal("another", 3).holds(file)


@pytest.mark.parametrize("at", [0, 150_000, 299_999, -1, -40])
def test_it_breaks_with_any_bit_of_a_small_file(file: Path, at: int) -> None:
    flip(file, at)
    assert not SEAL.holds(file)


@pytest.mark.parametrize("length", [0, 1, DIGEST_BYTES, 40, 100_000, 300_000])
def test_it_breaks_when_the_file_is_cut(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    assert not SEAL.holds(file)
    read_footer(file)


def test_the_footer_comes_back_with_a_digest_of_everything(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    SEAL.close(path, {"probes": 7})
    footer = read_footer(path)
    assert footer is not None
    assert (footer[0]["probes"], footer[1]) == (7, len(b"content"))


def test_a_file_without_a_footer_has_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content of some length, longer than a footer's mark")
    SEAL.close(path)
    assert read_footer(path) is None


@pytest.fixture
def big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of which the seal reads 64 KB at its beginning, 2 KB at its end and 16 blocks of 4 KB."""
    for name, value in (("WHOLE_BYTES", 1 << 17), ("HEAD_BYTES", 1 << 16), ("SAMPLES", 16)):
        monkeypatch.setattr(sealed, name, value)
    monkeypatch.setattr(sealed, "_BLOCK_BYTES", 1 << 10)
    path = tmp_path / "big"
    path.write_bytes(random.Random(2).randbytes(1 << 20))
    SEAL.close(path, {"a": 1})
    return path


@pytest.mark.parametrize("at", [5, 60_000, (1 << 20) - 500, -100, -3])
def test_the_seal_of_a_big_file_looks_at_its_beginning_and_end(big: Path, at: int) -> None:
    assert SEAL.holds(big)
    flip(big, at)
    assert not SEAL.holds(big)


def test_what_it_does_not_look_at_is_seen_by_who_reads_everything(big: Path) -> None:
    assert SEAL.intact(big)
    flip(big, (1 << 16) + 5000)
    assert SEAL.holds(big)
    assert not SEAL.intact(big)


def test_a_big_file_with_a_hole_does_not_hold(big: Path) -> None:
    content = bytearray(big.read_bytes())
    content[400_000:500_000] = bytes(100_000)
    big.write_bytes(content)
    assert not SEAL.holds(big)

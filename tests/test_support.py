"""The support model: what is shipped loads, is the one expected, and gives each pair a score of its own."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import pytest

import rag
from rag.errors import ModelError
from rag.support import MAX_TOKENS, SupportModel, bundled_support_model, log_odds

FOLDER = Path(rag.__file__).parent / "models" / "support"
SPAN = "The Orlova Convention, signed in 1995, bans the laying of mines in navigable rivers."
PAIRS = [
    (SPAN, "The Orlova Convention prohibits laying mines in navigable rivers."),
    (SPAN, "The Orlova Convention permits the laying of mines in navigable rivers."),
    (SPAN, "Velmark destroyed 4,200 river mines."),
    ("Trade rose by 14 percent in 2022.", "Trade grew in 2022."),
]


@pytest.fixture(scope="module")
def model() -> SupportModel:
    return SupportModel(FOLDER)


def test_the_first_three_probabilities_sum_to_one(model: SupportModel) -> None:
    for one in model.read(PAIRS):
        assert one.not_found + one.contradicted + one.supported == pytest.approx(1, abs=1e-5)
        assert 0 <= one.answered <= 1


def test_a_rewording_is_supported_more_than_its_opposite_and_a_stranger(model: SupportModel) -> None:
    same, opposite, stranger, _ = model.read(PAIRS)
    assert same.supported > max(opposite.supported, stranger.supported)
    assert opposite.contradicted > same.contradicted


def test_a_score_does_not_depend_on_its_company(model: SupportModel) -> None:
    together = model.read(PAIRS)
    alone = [SupportModel(FOLDER).read([pair])[0] for pair in PAIRS]
    assert together == alone
    assert SupportModel(FOLDER).read(PAIRS[::-1]) == together[::-1]


def test_threads_agree(model: SupportModel) -> None:
    fresh = SupportModel(FOLDER)
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda n: fresh.read(PAIRS[n % 2 :]), range(8)))
    assert all(found == model.read(PAIRS[n % 2 :]) for n, found in enumerate(read))


def test_a_text_longer_than_the_model_reads_is_cut_not_refused(model: SupportModel) -> None:
    long = "The council met and discussed the budget of the year. " * MAX_TOKENS
    (one,) = model.read([(long, "The council met.")])
    assert 0 <= one.supported <= 1


def test_nothing_gives_nothing(model: SupportModel) -> None:
    assert model.read([]) == []


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    copied = shutil.copytree(FOLDER, tmp_path / "support")
    weights = bytearray((copied / "model.onnx").read_bytes())
    weights[len(weights) // 2] ^= 1
    (copied / "model.onnx").write_bytes(weights)
    with pytest.raises(ModelError, match="SHA-256"):
        SupportModel(copied).read(PAIRS)


def test_a_folder_without_a_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train-support"):
        SupportModel(tmp_path)


def test_what_is_shipped_is_small_and_described() -> None:
    size = sum(file.stat().st_size for file in FOLDER.iterdir())
    assert size < 30e6
    assert json.loads((FOLDER / "model.json").read_text())["calibration"]["threshold"] > 0
    card = (FOLDER / "README.md").read_text().casefold()
    assert all(word in card for word in ("licences", "seed", "balanced accuracy", "wrong"))


def test_the_name_identifies_the_weights() -> None:
    digest = json.loads((FOLDER / "model.json").read_text())["sha256"]
    assert bundled_support_model().name.endswith(digest[:12])


def test_loading_is_quick() -> None:
    """Under 0.3 s on a free machine; the bound leaves room for a busy one."""
    SupportModel(FOLDER).read(PAIRS[:1])
    started = perf_counter()
    SupportModel(FOLDER).read(PAIRS[:1])
    assert perf_counter() - started < 1.5


def test_log_odds_are_symmetric_and_bounded() -> None:
    assert log_odds(0.5) == pytest.approx(0)
    assert log_odds(0.9) == pytest.approx(-log_odds(0.1))
    assert log_odds(1.0) == pytest.approx(-log_odds(0.0))
    assert log_odds(1.0) < 10

"""The comparison with other systems: what runners print, metrics, table and plots. Nothing is installed."""

from __future__ import annotations

import json

import pytest

from evals.bench.peers.drawing import quality_plot, share_plot, shown, table
from evals.bench.peers.figures import (
    Indexed,
    Runs,
    locate,
    quality,
    read_asked,
    read_indexed,
    read_line,
    summary,
)
from evals.bench.peers.systems import PeerFailed
from evals.cases import Span
from evals.statistics import Interval

TEXTS = {"a.txt": "The pact was signed.\n\nIt entered into force in 1995.", "b.txt": "Nothing of note."}
GOLD = [(Span("a.txt", 22, 52),)]


def test_a_runner_may_print_before_its_line() -> None:
    printed = 'Loading\n{"index_s": 2.0, "chunks": 10, "peak_mb": 50.5, "load_s": 1.0, "pieces": 900}\n'
    assert read_indexed(printed) == Indexed(2.0, 10, 50.5, 900)


@pytest.mark.parametrize("printed", ["", "Killed", "[1]"])
def test_what_is_no_object_is_named_a_failure(printed: str) -> None:
    with pytest.raises(PeerFailed, match="run it by hand"):
        read_line(printed)


def test_a_passage_is_found_whatever_its_blanks() -> None:
    assert locate("a.txt", "was signed. It entered", TEXTS["a.txt"]) == Span("a.txt", 9, 32)
    assert locate("a.txt", "was never signed", TEXTS["a.txt"]) is None


def test_quality_counts_the_rank_at_which_the_quote_is_held() -> None:
    first = quality([[("a.txt", "It entered into force in 1995.")]], GOLD, TEXTS)
    second = quality([[("b.txt", "Nothing of note."), ("a.txt", TEXTS["a.txt"])]], GOLD, TEXTS)
    missed = quality([[("a.txt", "The pact was signed.")]], GOLD, TEXTS)
    assert first["nDCG@10"].value == 1
    assert second["nDCG@10"].value == pytest.approx(0.6309, abs=1e-4)
    assert (second["recall@5"].value, missed["recall@5"].value) == (1, 0)


def test_a_passage_that_stands_nowhere_keeps_its_rank() -> None:
    found = [[("a.txt", "made up")] * 5 + [("a.txt", TEXTS["a.txt"])]]
    assert quality(found, GOLD, TEXTS)["recall@5"].value == 0


def test_rates_leave_loading_out_and_what_was_not_measured_is_absent() -> None:
    asked = read_asked(
        json.dumps({"found": [[["a.txt", "It entered"]]], "milliseconds": [8.0], "peak_mb": 90.0})
    )
    figures = summary(
        Runs(indexed=[Indexed(2.0, 10, 50.0, 900)], asked=[asked], cold=[1.0, 3.0]), GOLD, TEXTS
    )
    cold, rate = figures["cold question, s"], figures["chunks/s"]
    assert cold is not None
    assert rate is not None
    assert (cold.value, rate.value) == (2.0, 5.0)
    read = figures["word pieces read/s"]
    assert read is not None
    assert read.value == 450
    assert figures["cold `rag ask`, s"] is None


def test_the_table_has_a_column_a_system_and_blanks_for_gaps() -> None:
    drawn = table({"x 1": {"s": Interval(1.5, 1.0, 2.0, 3), "MB": None}, "y 2": {"s": None}})
    assert drawn.splitlines() == [
        "| | x 1 | y 2 |",
        "|---|---|---|",
        "| s | 1.500 [1.000, 2.000] |  |",
        "| MB |  |  |",
    ]


def test_figures_keep_the_digits_that_count() -> None:
    assert shown(Interval(1234.5, 1234.5, 1234.5, 1)) == "1,234"
    assert shown(Interval(12.34, 11.0, 13.0, 3)) == "12.3 [11.0, 13.0]"


def test_plots_name_every_system_and_leave_out_gaps() -> None:
    figures = {"x 1": {"cold": Interval(4.0, 3.0, 5.0, 3), "recall@5": Interval(0.5, 0.4, 0.6, 9)}, "y 2": {}}
    bars, points = share_plot(figures, "cold"), quality_plot(figures)
    assert "x 1: 4.000" in bars
    assert "x 1 recall@5" in points
    assert "y 2" not in bars + points

from __future__ import annotations

import os
from pathlib import Path

import pytest
from load import load
from serving import started

SECONDS, READERS = 300.0, 10
PROMISED, SHARED = 1.0, 3.0
"""Seconds to an answer, the median, on two cores of one's own and on a machine that does other work too."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_readers_at_once_are_served_without_errors_or_mixing(
    index: Path, tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    with started(index, tmp_path, tmp_path / "log") as (address, process):
        seen = load(address, process, SECONDS, READERS)
    record_property("Load", f"{seen.said(SECONDS)}; promised {PROMISED:g} s; {os.cpu_count()} cores")
    assert seen.problems == []
    assert len(seen.seconds) >= 10 * READERS
    assert seen.median <= SHARED
    assert seen.growth(SECONDS) <= 0.1

"""Reliability bins and the calibration error, by hand-made cases."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from evals.classification import Bin, calibration_error, reliability
from evals.plots import reliability_plot, standalone


def test_a_bin_holds_pairs_of_like_support() -> None:
    bins = reliability([True, False, True, True], [0.12, 0.18, 0.95, 1.0])
    assert [(one.supported, one.pairs) for one in bins] == [(0.5, 2), (1.0, 2)]
    assert [one.support for one in bins] == pytest.approx([0.15, 0.975])


def test_the_error_is_the_mean_distance_from_the_diagonal() -> None:
    assert calibration_error([Bin(0.2, 0.2, 10), Bin(0.9, 0.5, 30)]) == pytest.approx(0.3)
    assert calibration_error([]) == 0


def test_the_plot_is_a_file_of_its_own() -> None:
    page = ElementTree.fromstring(standalone(reliability_plot(reliability([True, False], [0.7, 0.1]))))
    circles = page.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == 2

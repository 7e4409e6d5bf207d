"""Claim + cited span → Finding: what the support model and the deterministic checks say together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from rag.agreement import Agreement, agreements
from rag.checks import contradicts, fired_checks
from rag.logistic import Logistic, logistic
from rag.support import Probabilities, SupportModel, bundled_support_model, log_odds
from rag.types import Check, Verdict
from rag.windows import Window, windows

_SAME_THING = 0.5
"""Share of the claim's terms in its best sentence from which that sentence can contradict it."""
_REPLY = re.compile(
    r"^(?:no|yes)[,.;:]\s+(?=\w+\W+\w)"
    r"|^(?:the|this) (?:passage|text|document|source|context)s? (?:also |then |further )?(?:states?|says?|adds?|notes?|mentions?|explains?) that ",
    re.IGNORECASE,
)
FIRED = 0.1
"""A claim that a check tells apart from its span has this share of its support."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`support` in [0, 1] is calibrated P(supported); `start:end` the stretch of the span that carries
    the claim best; `checks` those that fired."""

    verdict: Verdict
    support: float
    checks: tuple[Check, ...]
    start: int
    end: int


class Verifier:
    """Verifies one claim against one span; spans are never joined. Safe to share between threads.

    A claim is SUPPORTED only if its calibrated support reaches the threshold and no check fires.
    """

    def __init__(self, model: SupportModel | None = None) -> None:
        self._model = model or bundled_support_model()
        self.calibration = _calibration(self._model)

    @property
    def name(self) -> str:
        return f"{self._model.name}+checks"

    @property
    def threshold(self) -> float:
        return self.calibration.threshold

    def verify(self, span: str, claim: str) -> Finding:
        return self.verify_all([(span, claim)])[0]

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        """One finding a (span, claim), in order; a "No," that only answers a question, or
        "The passage states that", states nothing."""
        pairs = [(span, _REPLY.sub("", claim)) for span, claim in pairs]
        tried = [(i, window) for i, (span, claim) in enumerate(pairs) for window in windows(span, claim)]
        read = self._model.read([(pairs[i][0][a:b], pairs[i][1]) for i, (a, b) in tried])
        by_pair: dict[int, list[tuple[Window, Probabilities]]] = {}
        for (i, window), probabilities in zip(tried, read, strict=True):
            by_pair.setdefault(i, []).append((window, probabilities))
        return [self._finding(span, claim, by_pair.get(i, [])) for i, (span, claim) in enumerate(pairs)]

    def support(self, span: str, claim: str) -> float:
        """Support as evals read it: 0.5 and more exactly where the verdict is SUPPORTED."""
        finding = self.verify(span, claim)
        if finding.verdict is Verdict.SUPPORTED:
            return 0.5 + 0.5 * finding.support
        return 0.5 * min(finding.support, 0.999)

    def _finding(self, span: str, claim: str, read: Sequence[tuple[Window, Probabilities]]) -> Finding:
        if not read:
            return Finding(Verdict.NOT_FOUND, 0.0, (), 0, 0)
        (start, end), best = max(read, key=lambda one: one[1].supported)
        agreed = agreements(span, claim)
        checks = fired_checks(span, claim)
        support = (
            1.0
            if agreed.is_quote
            else self.calibration.support.probability(signals(agreed, [p for _, p in read]))
        )
        if checks:
            support *= FIRED
        verdict = self._verdict(support, checks, best, agreed)
        return Finding(verdict, support, checks, start, end)

    def _verdict(
        self, support: float, checks: Sequence[Check], best: Probabilities, agreed: Agreement
    ) -> Verdict:
        if support >= self.calibration.threshold and not checks:
            return Verdict.SUPPORTED
        if agreed.sentence_overlap < _SAME_THING:
            return Verdict.NOT_FOUND
        otherwise = any(contradicts(check) for check in checks)
        if otherwise or (not checks and best.contradicted >= self.calibration.contradicted):
            return Verdict.CONTRADICTED
        return Verdict.NOT_FOUND


SIGNALS: Mapping[str, int] = {
    "supported": 1,
    "supported_mean": 1,
    "supported_first": 1,
    "contradicted": -1,
    "overlap": 1,
    "sentence_overlap": 1,
    "longest_run": 1,
    "length": 0,
    "sentences": 0,
    "supported_long": 0,
    "overlap_long": 0,
}
"""Each signal, with 1 where more of it speaks for support, -1 where against and 0 where for neither."""


def signals(agreed: Agreement, read: Sequence[Probabilities]) -> tuple[float, ...]:
    """What the calibration weighs, in the order of SIGNALS: the log-odds of support of the best window, their
    mean and those of the first; P(contradicted) of the first; how far the words agree; the logarithm of the
    claim's length, since a long claim says more that can go wrong; that of the span's number of sentences, by
    itself and times the best log-odds and the overlap, since among many windows one is soon high."""
    odds = [log_odds(p.supported) for p in read]
    long = log(max(1, agreed.sentences))
    return (
        max(odds),
        sum(odds) / len(odds),
        odds[0],
        read[0].contradicted,
        agreed.overlap,
        agreed.sentence_overlap,
        agreed.longest_run,
        log(1 + agreed.words),
        long,
        long * max(odds),
        long * agreed.sentence_overlap,
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Signals → P(supported), fitted by evals/training/calibrate.py, with the thresholds of the verdict.
    Belongs to the weights of one model."""

    support: Logistic
    threshold: float
    contradicted: float


def _calibration(model: SupportModel) -> Calibration:
    stored = model.manifest.get("calibration", {})
    fitted = logistic(stored, SIGNALS, "python -m evals.training.calibrate --pairs FILE")
    return Calibration(fitted, stored["threshold"], stored["contradicted"])

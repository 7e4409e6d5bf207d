"""The bench of write mode on a tiny library, with verifiers of known answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import pytest

from evals.alterations import Kind
from evals.bench.writing import (
    ALL,
    UNALTERED,
    Line,
    Trial,
    Wording,
    Written,
    altered_lines,
    first_check_line,
    lines,
    shares,
    shares_table,
    try_case,
    writing,
)
from evals.cases import Case, case_from_json
from rag.assistant import Assistant
from rag.prompts import Passage
from rag.terms import terms
from rag.types import Verdict
from rag.verification import Finding

CASE = {
    "id": "M1",
    "question": "How many river mines did Velmark destroy?",
    "type": "numeric",
    "answer": "Yes. Velmark destroyed 4,200 river mines between 1999 and 2003.",
    "must_include": ["4,200"],
    "evidence": [{"document": "briefs/river-mines.md", "quote": "Velmark destroyed 4,200 river mines"}],
    "answerable": True,
}


class Words:
    """SUPPORTED where the span holds every word."""

    name = "words"

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        return [self._verify(span, claim) for span, claim in pairs]

    def _verify(self, span: str, claim: str) -> Finding:
        held = set(terms(claim)) <= set(terms(span))
        verdict = Verdict.SUPPORTED if held else Verdict.NOT_FOUND
        return Finding(verdict, 0.9 if held else 0.1, (), 0, len(span))


class Always:
    """The same verdict for everything."""

    name = "always"

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        return [Finding(self.verdict, 0.5, (), 0, len(span)) for span, _ in pairs]


@pytest.fixture
def case() -> Case:
    return case_from_json(CASE, "here", "dev")


@pytest.fixture
def text_of(quick: Assistant) -> Callable[[str], str | None]:
    return lambda path: quick.index.document(path).text


def tried(quick: Assistant, case: Case, verifier: Words | Always) -> dict[tuple[Wording, str], list[Trial]]:
    passages, write = writing(quick, case, verifier)
    found: dict[tuple[Wording, str], list[Trial]] = {}
    for trial, _ in try_case(case, passages, lambda path: quick.index.document(path).text, write):
        found.setdefault((trial.wording, trial.kind), []).append(trial)
    return found


def test_the_answer_cites_the_passage_of_its_gold_span(
    quick: Assistant, case: Case, text_of: Callable[[str], str | None]
) -> None:
    passages, _ = writing(quick, case, Words())
    found = lines(case, passages, text_of, Random(0))
    (told,) = found[Wording.ANSWER]
    assert told.text == "Velmark destroyed 4,200 river mines between 1999 and 2003."
    cited = next(p for p in passages if p.n == told.n)
    assert "4,200" in cited.text
    (quoted,) = found[Wording.QUOTE]
    assert quoted.n == told.n
    assert all(said in quoted.text for said in ("river mines", "1999", "2003"))


def test_what_the_model_is_not_shown_it_does_not_write(
    case: Case, text_of: Callable[[str], str | None]
) -> None:
    elsewhere = Passage(1, "law/ferry-regulation.md", 0, 50, "No ferry.", "Ferry Regulation")
    assert not any(lines(case, [elsewhere], text_of, Random(0)).values())


def test_one_fact_of_the_kind_is_altered() -> None:
    text = "Velmark destroyed 4,200 river mines between 1999 and 2003."
    line = Line(text, 7)
    passage = Passage(7, "a.md", 0, len(text), text, "A")
    made = altered_lines([line], [passage], Kind.NUMBER, Random(0))
    assert made[line].n == 7
    assert "4,200" not in made[line].text
    assert "river mines between 1999 and 2003" in made[line].text
    assert not altered_lines([line], [passage], Kind.MODALITY, Random(0))


def test_true_sentences_survive_the_writer_and_altered_ones_do_not(quick: Assistant, case: Case) -> None:
    found = tried(quick, case, Words())
    assert [trial.shown for trial in found[Wording.ANSWER, UNALTERED]] == [True]
    assert [trial.shown for trial in found[Wording.ANSWER, Kind.NUMBER]] == [False]
    assert [trial.survived for trial in found[Wording.ANSWER, Kind.NUMBER]] == [True]


def test_a_verifier_that_supports_nothing_shows_nothing(quick: Assistant, case: Case) -> None:
    trials = [one for some in tried(quick, case, Always(Verdict.NOT_FOUND)).values() for one in some]
    assert {trial.kind for trial in trials} > {UNALTERED, Kind.NUMBER}
    assert not any(trial.shown for trial in trials)


def test_what_a_passage_does_not_name_is_struck_by_whatever_verifier(quick: Assistant, case: Case) -> None:
    found = tried(quick, case, Always(Verdict.SUPPORTED))
    assert all(trial.shown for trial in found[Wording.ANSWER, UNALTERED])
    assert not any(trial.shown for trial in found[Wording.ANSWER, Kind.NUMBER])


def test_the_time_comes_once_a_wording_and_only_with_something_shown(quick: Assistant, case: Case) -> None:
    def times(verifier: Words | Always) -> list[float | None]:
        passages, write = writing(quick, case, verifier)
        text_of = {path.path: quick.index.document(path.path).text for path in quick.index.documents()}.get
        return [spent for trial, spent in try_case(case, passages, text_of, write) if trial.kind == UNALTERED]

    assert all(spent is not None and spent > 0 for spent in times(Always(Verdict.SUPPORTED)))
    assert set(times(Always(Verdict.NOT_FOUND))) == {None}


def trial(kind: str, shown: bool, survived: bool = True, case: str = "1") -> Trial:
    return Trial(case, Wording.ANSWER, kind, f"{kind} {shown} {survived}", shown, survived)


def test_shares_by_kind() -> None:
    found = shares(
        [
            trial(UNALTERED, True),
            trial(UNALTERED, False, False),
            trial(Kind.NUMBER, False, case="1"),
            trial(Kind.NUMBER, True, case="2"),
            trial(Kind.NUMBER, False, False, "3"),
            trial(Kind.NAME, False, case="2"),
        ],
        Wording.ANSWER,
    )
    share = {kind: one.share.value for kind, one in found.items() if one.share}
    assert share == pytest.approx({UNALTERED: 0.5, Kind.NUMBER: 2 / 3, Kind.NAME: 1.0, ALL: 0.75})
    of_survivors = {kind: one.of_survivors.value for kind, one in found.items() if one.of_survivors}
    assert of_survivors == pytest.approx({Kind.NUMBER: 0.5, Kind.NAME: 1.0, ALL: 2 / 3})
    assert not shares([trial(UNALTERED, True)], Wording.QUOTE)


def test_the_table_says_which_promises_are_kept() -> None:
    table = shares_table(
        Wording.ANSWER, shares([trial(UNALTERED, False), trial(Kind.NUMBER, False)], Wording.ANSWER)
    )
    assert list(table.columns[0].cells) == ["survive", "number struck", "all struck"]
    assert list(table.columns[-1].cells) == ["no", "yes", "yes"]


def test_the_median_is_told() -> None:
    assert "median 20 ms" in first_check_line([10.0, 20.0, 90.0])
    assert "Too few" in first_check_line([10.0])


def test_a_script_that_loses_its_second_sentence() -> None:
    case = case_from_json(
        {**CASE, "answer": "Velmark destroyed mines. Ostrana cleared mines."}, "here", "dev"
    )
    text = "Velmark destroyed 4,200 river mines."
    passage = Passage(1, "briefs/river-mines.md", 0, len(text), text, "A")
    scripts: list[Sequence[Line]] = []

    def write(script: Sequence[Line]) -> Written:
        scripts.append(script)
        return Written(frozenset(script[:1]), 1.0)

    trials = [one for one, _ in try_case(case, [passage], lambda _: text, write)]
    told = [one for one in trials if one.wording is Wording.ANSWER and one.kind == UNALTERED]
    assert [one.shown for one in told] == [True, False]
    assert [line.n for line in scripts[0]] == [1, 1]


def test_of_a_script_only_the_sentences_that_survive_count_as_shown(quick: Assistant, case: Case) -> None:
    passages, write = writing(quick, case, Words())
    n = next(p.n for p in passages if "4,200" in p.text)
    true, false = Line("Velmark destroyed 4,200 river mines.", n), Line("Velmark destroyed 9,900 ferries.", n)
    assert write([false, true]).shown == {true}


def test_each_sentence_cites_the_passage_of_the_gold_span_it_shares_most_with() -> None:
    texts = {"a.md": "Velmark destroyed river mines.", "b.md": "Ostrana cleared the Lesna."}
    evidence = [{"document": path, "quote": text[:-1]} for path, text in texts.items()]
    told = {**CASE, "answer": "Ostrana cleared the Lesna. Velmark destroyed mines.", "evidence": evidence}
    passages = [Passage(n, path, 0, len(text), text, path) for n, (path, text) in enumerate(texts.items(), 1)]
    found = lines(case_from_json(told, "here", "dev"), passages, texts.get, Random(0))
    assert [line.n for line in found[Wording.ANSWER]] == [2, 1]

"""Reports: complete, escaped, self-contained, readable by the programs they are for."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from random import Random
from xml.etree import ElementTree as xml

import pytest
from rich.console import Console

from evals.cases import Case, CaseType, GoldQuote
from evals.evaluate import Evaluation, evaluate, load_baseline, timings_to_json
from evals.gate import Rule, Rules, load_rules
from evals.html import html_report
from evals.junit import junit_xml
from evals.markdown import markdown_summary
from evals.mutations import HARMFUL
from evals.record import Run, RunRecord, baseline_to_json
from evals.responses import Response, failure, response_from_json
from evals.scoring import score
from evals.scripted import scripted_answer
from evals.selftest import check_gate
from evals.terminal import print_evaluation
from evals.verifier import OverlapVerifier
from rag.errors import UsageError

EVIL = "<script>alert('x')</script> & | \x01 [link](http://evil) @team"
TEXTS = {
    f"d{i}.md": f"In {1900 + i} the council of Varn built {i + 3} <bridges> & roads. It rained. " * 3
    for i in range(12)
}
CASES = tuple(
    Case(
        id=f"Q{i:02}",
        question=f"{EVIL} What was built in {1900 + i}?",
        type=CaseType.NUMERIC if i % 2 else CaseType.FACTOID,
        answer="Bridges.",
        must_include=((f"{i + 3} bridges",),),
        evidence=(
            GoldQuote(f"d{i}.md", f"In {1900 + i} the council of Varn built {i + 3} <bridges> & roads."),
        ),
        answerable=True,
        split="dev",
    )
    for i in range(12)
)
RECORD = RunRecord("abc", "dev.jsonl", "0", {}, {"minilm": "53aa51172d"}, "1" * 64, 3, "v", 0)
RULES = Rules(0.05, (Rule("fact_coverage", 0.9, 0.0), Rule("groundedness", 0.9, 0.0)))
TIMINGS = {f"Q{i:02}": {"retrieve": 5.0, "total": 10.0 + i} for i in range(12)}


def recorded() -> dict[str, Response]:
    return {case.id: response_from_json(scripted_answer(case, TEXTS, Random(case.id))) for case in CASES}


def scored(responses: dict[str, Response]) -> Run:
    verifier = OverlapVerifier()
    return Run(RECORD, tuple(score(case, responses[case.id], TEXTS.get, verifier) for case in CASES))


@pytest.fixture(scope="module")
def good() -> Run:
    return scored(recorded())


@pytest.fixture(scope="module")
def bad(good: Run) -> Evaluation:
    responses = HARMFUL["invent"](recorded(), Random(0))
    responses["Q01"] = replace(responses["Q01"], text=EVIL)
    responses["Q02"] = failure(EVIL)
    return evaluate(scored(responses), TIMINGS, good, RULES)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]


def test_the_page_needs_nothing_from_outside(bad: Evaluation) -> None:
    page = html_report(bad, TEXTS.get)
    tags = _Tags()
    tags.feed(page)
    assert tags.links == []
    assert not {"script", "link", "img", "iframe", "object"}.intersection(tags.opened)
    assert not re.search(r"url\(|@import", page)


def test_everything_from_data_is_escaped(bad: Evaluation) -> None:
    page = html_report(bad, TEXTS.get)
    assert "<script" not in page
    assert "<bridges>" not in page
    assert "&lt;script&gt;" in page


def test_the_page_shows_verdict_plots_and_worst_cases(bad: Evaluation) -> None:
    page = html_report(bad, TEXTS.get)
    assert page.count("<svg") >= 6
    assert "Gate failed." in page
    assert "Worse than the baseline: " in page
    assert "Missing:" in page
    assert "<mark" in page


def test_evidence_is_marked_exactly(good: Run) -> None:
    one = replace(good.results[0], scores={**good.results[0].scores, "fact_coverage": 0.0})
    page = html_report(evaluate(replace(good, results=(one,)), {}), TEXTS.get)
    assert (
        '<mark class="cited">In 1900 the council of Varn built 3 &lt;bridges&gt; &amp; roads.</mark>' in page
    )


def test_a_good_run_without_a_baseline_has_a_page_too(good: Run) -> None:
    page = html_report(evaluate(good, {}), TEXTS.get)
    assert "Every case is answered in full." in page
    assert "Gate" not in page


def test_junit_counts_failures_and_errors(bad: Evaluation) -> None:
    root = xml.fromstring(junit_xml(bad))
    cases, gate = root.findall("testsuite")
    assert cases.get("tests") == "12"
    assert cases.get("errors") == "1"
    assert cases.get("failures") == "11"
    assert int(gate.get("failures") or 0) == len(bad.gate.findings if bad.gate else ())


def test_junit_of_a_good_run_is_green(good: Run) -> None:
    root = xml.fromstring(junit_xml(evaluate(good, {}, good, RULES)))
    assert [suite.get("failures") for suite in root] == ["0", "0"]
    assert root.find("testsuite[@name='gate']/testcase[@name='passed']") is not None


def test_markdown_has_a_row_a_figure_and_no_live_markup(bad: Evaluation) -> None:
    summary = markdown_summary(bad)
    for name in bad.figures:
        assert f"| {name} |" in summary
    assert "**Gate failed.**" in summary
    assert "<script" not in summary
    assert "[link](" not in summary
    assert " @team" not in summary


def test_the_terminal_shows_both_answers_of_a_worse_case(bad: Evaluation) -> None:
    console = Console(file=io.StringIO(), width=140)
    print_evaluation(bad, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Gate: failed" in shown
    assert "baseline" in shown
    assert "fact_coverage 1.00 → 0.00" in shown
    assert "Latency p50 15 ms, p95 21 ms" in shown


def test_timings_are_json() -> None:
    assert json.loads(timings_to_json(TIMINGS))["Q01"]["total"] == 11.0


def test_a_baseline_of_another_gold_file_is_refused(tmp_path, good: Run) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "main.json"
    path.write_text(baseline_to_json(good), encoding="utf-8")
    other = replace(good, record=replace(RECORD, gold="test.jsonl"))
    with pytest.raises(UsageError, match="same gold file"):
        load_baseline(path, other)
    assert load_baseline(path, good).record == RECORD


def test_the_shipped_rules_can_be_read() -> None:
    rules = load_rules()
    assert 0 < rules.alpha <= 0.05
    assert {"recall@10", "fact_coverage", "groundedness", "quote_exactness"} <= {
        rule.figure for rule in rules.figures
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [('[figures."recall@7"]\nfloor = 1', "recall@7"), ("[figures.mrr]\nlow = 1", "low"), ("= 1", "not TOML")],
)
def test_wrong_rules_are_named(tmp_path, content: str, words: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "gate.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        load_rules(path)


def test_the_self_test_notices_an_empty_gate(good: Run) -> None:
    blind = check_gate(CASES, good, TEXTS.get, Rules(0.05, ()))
    assert not all(trial.as_expected for trial in blind)
    assert sum(trial.name.startswith("no change") and trial.as_expected for trial in blind) == 10

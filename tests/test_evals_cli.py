"""The commands: what they write, print and return; suggestions; the pytest plugin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import evals.subject
from evals.cases import Case, CaseType, GoldError, load_cases
from evals.cli import bench_group, eval_command
from evals.scripted import scripted_answer
from evals.starter import write_starter
from evals.subject import Subject
from evals.suggest import candidate_to_json, suggest
from rag.errors import UsageError
from rag.types import Document, Metadata, Section, Vectors

pytest_plugins = ["pytester"]

TEXTS = {
    f"d{i}.md": f"In {1900 + i} the council of Varn built {i + 3} bridges. It rained." for i in range(10)
}


class Flat:
    """Every text is equally far from every other."""

    name, fingerprint, dimension, max_tokens = "flat", "0", 2, 256

    def embed_documents(self, texts: Any) -> Vectors:
        return np.tile(np.array([[0.0, 1.0]], dtype=np.float32), (len(texts), 1))

    def embed_query(self, text: str) -> Vectors:
        return self.embed_documents([text])

    def count_tokens(self, texts: Any) -> list[int]:
        return [len(text.split()) for text in texts]


def scripted_subject(texts: Mapping[str, str]) -> Subject:
    def ask(case: Case) -> Mapping[str, Any]:
        return scripted_answer(case, texts, Random(case.id))

    return Subject(ask, texts.get, Flat(), {"mode": "quote"}, {"flat": "0"}, "c" * 64, 1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with gold; an index directory "other" lacks one document."""

    @contextmanager
    def open_scripted(
        index: Path | None, settings: Mapping[str, object], chat_model: str | None = None
    ) -> Iterator[Subject]:
        gone = "d3.md" if index == Path("other") else ""
        yield scripted_subject({path: text for path, text in TEXTS.items() if path != gone})

    monkeypatch.setattr(evals.subject, "open_subject", open_scripted)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evals/gold").mkdir(parents=True)
    rows = [
        {
            "id": f"Q{i}",
            "question": f"What was built in {1900 + i}?",
            "type": "numeric",
            "answer": "Bridges.",
            "must_include": [f"{i + 3} bridges"],
            "evidence": [{"document": f"d{i}.md", "quote": f"In {1900 + i} the council of Varn built"}],
            "answerable": True,
        }
        for i in range(10)
    ]
    gold = tmp_path / "evals/gold/dev.jsonl"
    gold.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (tmp_path / "rules.toml").write_text('[figures."recall@10"]\nfloor = 0.5\ndrop = 0.0\n', encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(eval_command, list(arguments), catch_exceptions=False)


def test_a_run_writes_every_report(folder: Path) -> None:
    result = run("--html", "page/index.html")
    assert result.exit_code == 0
    written = {path.name for path in (folder / "build/evals").iterdir()}
    assert written == {"run.json", "timings.json", "report.html", "summary.md", "junit.xml"}
    assert (folder / "page/index.html").read_bytes() == (folder / "build/evals/report.html").read_bytes()


def test_two_runs_are_the_same_bytes(folder: Path) -> None:
    first, second = run("--json"), run("--json", "--workers", "5")
    assert first.stdout == second.stdout == (folder / "build/evals/run.json").read_text(encoding="utf-8")
    assert json.loads(first.stdout)["figures"]["recall@10"]["value"] == 1.0


def test_the_gate_from_baseline_to_red(folder: Path) -> None:
    baseline = ("--baseline", "evals/baselines/main.json")
    assert run("--update-baseline").exit_code == 0
    assert run(*baseline, "--gate", "--rules", "rules.toml").exit_code == 0
    red = run(*baseline, "--gate", "--rules", "rules.toml", "--index", "other")
    assert red.exit_code == 1
    assert "d3.md is not in the index" in red.stdout.replace("\n", " ")
    assert run(*baseline, "--index", "other").exit_code == 0


def test_a_missing_baseline_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(UsageError, match="--update-baseline"):
        run("--baseline", "none.json", "--gate")


def test_the_gate_can_be_put_to_the_test(folder: Path) -> None:
    run()
    result = CliRunner().invoke(eval_command, ["mutations"], catch_exceptions=False)
    assert result.stdout.count("no change") == 10
    assert "ok   swap-citations" in result.stdout
    assert result.exit_code == int("FAIL" in result.stdout)


def test_init_writes_gold_and_workflow_once(tmp_path: Path) -> None:
    result = run("init", str(tmp_path))
    assert result.exit_code == 0
    assert "--gate" in (tmp_path / ".github/workflows/evals.yml").read_text(encoding="utf-8")
    with pytest.raises(GoldError, match="holds no cases"):
        load_cases(tmp_path / "evals/gold/dev.jsonl")
    with pytest.raises(UsageError, match="is there already"):
        write_starter(tmp_path)


def test_the_examples_of_init_are_valid_cases(tmp_path: Path) -> None:
    write_starter(tmp_path)
    gold = tmp_path / "evals/gold/dev.jsonl"
    lines = gold.read_text(encoding="utf-8").splitlines()
    gold.write_text("\n".join(line.removeprefix("# ") for line in lines if '{"id"' in line), encoding="utf-8")
    assert [case.answerable for case in load_cases(gold)] == [True, False]


POLICY = (
    "Data Rules\nScope\nThese rules apply to every office that keeps records of persons.\n"
    "Terms\n“Controller” means the office that decides why records are kept at all.\n"
    "It is a matter of course that nobody reads this sentence aloud.\n"
    "The rules entered into force on 3 July 2024 after a vote of the council.\n"
    "Section 9\nAn office answers every complaint within thirty days of its arrival."
)


def _document() -> Document:
    starts = [POLICY.index(heading) for heading in ("Data Rules", "Scope", "Terms", "Section 9")]
    paths = (("Data Rules",), ("Data Rules", "Scope"), ("Data Rules", "Terms"), ("Data Rules", "Section 9"))
    ends = [*starts[1:], len(POLICY)]
    sections = tuple(
        Section(path, None, start, end) for path, start, end in zip(paths, starts, ends, strict=True)
    )
    return Document("rules.md", POLICY, Metadata("Data Rules"), "0", sections=sections)


def test_suggestions_rest_on_exact_sentences() -> None:
    found = list(suggest([_document()]))
    reasons = {candidate.reason: candidate for candidate in found}
    assert set(reasons) == {"definition", "dated fact", "heading"}
    assert reasons["definition"].question == "What is meant by “Controller”?"
    assert reasons["dated fact"].must_include == ("3 July 2024",)
    assert reasons["dated fact"].type is CaseType.TIMELINE
    assert "Scope" in reasons["heading"].question
    for candidate in found:
        sentence = candidate.sentence
        assert POLICY[sentence.start : sentence.end] == sentence.text
        assert "Section 9" not in candidate.question
        assert "matter of course" not in candidate.sentence.text


def test_suggestions_are_never_run_unreviewed(tmp_path: Path) -> None:
    line = candidate_to_json(next(suggest([_document()])), 1)
    path = tmp_path / "dev.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(GoldError, match="field review: still pending"):
        load_cases(path)
    accepted = {name: value for name, value in json.loads(line).items() if name != "review"}
    path.write_text(json.dumps(accepted), encoding="utf-8")
    (case,) = load_cases(path)
    assert case.spans({"rules.md": POLICY}.get)


def test_the_bench_names_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="BEIR"):
        CliRunner().invoke(bench_group, ["retrieval", str(tmp_path)], catch_exceptions=False)


def test_the_plugin_asks_each_case_and_fails_the_weak_ones(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from random import Random
        import pytest
        import evals.pytest_plugin
        from evals.scripted import scripted_answer
        from evals.subject import Subject
        import numpy as np

        TEXTS = {"a.md": "The council built 3 bridges."}

        class Flat:
            name, fingerprint, dimension, max_tokens = "flat", "0", 2, 256
            def embed_query(self, text): return np.ones((1, 2), dtype=np.float32)
            def embed_documents(self, texts): return np.ones((len(texts), 2), dtype=np.float32)
            def count_tokens(self, texts): return [1 for _ in texts]

        @pytest.fixture(scope="session")
        def rag_subject():
            ask = lambda case: scripted_answer(case, TEXTS, Random(1))
            yield Subject(ask, TEXTS.get, Flat(), {}, {}, "0", 1)
        """
    )
    case = {
        "id": "good",
        "question": "How many?",
        "type": "numeric",
        "answer": "Three.",
        "must_include": ["three bridges"],
        "evidence": [{"document": "a.md", "quote": "The council built 3 bridges."}],
        "answerable": True,
    }
    weak = {**case, "id": "weak", "must_include": ["four bridges"]}
    pytester.makefile(".jsonl", gold="\n".join(map(json.dumps, (case, weak))))
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.rag_gold("gold.jsonl")
        def test_case(rag_case):
            rag_case.require(fact_coverage=1.0, recall_10=1.0, groundedness=1.0)
        """
    )
    outcome = pytester.runpytest("-p", "evals.pytest_plugin", "-W", "ignore")
    outcome.assert_outcomes(passed=1, failed=1)
    outcome.stdout.fnmatch_lines(["*weak: {'fact_coverage': 0.0}; missing: four bridges*"])

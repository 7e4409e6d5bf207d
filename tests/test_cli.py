"""The command line: exit codes, one line for a user's error, JSON and nothing else, and help at once."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from rag.cli import main

MINES = "How many river mines did Velmark destroy?"


def run(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def spawn(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rag.cli", *(str(a) for a in arguments)]
    return subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=120, check=False)


def lines(result: Result) -> list[dict[str, Any]]:
    """The objects on standard output; anything else there fails."""
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    for part in said:
        assert part in result.stderr


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    questions = [
        {"id": "b", "question": MINES},
        {"id": "a", "question": "How do I bake sourdough bread?"},
        {
            "id": "7",
            "question": "And when did it enter into force?",
            "history": [{"role": "user", "content": "What does the Orlova Convention ban?"}],
        },
        {"id": "ü", "question": "Who commands the garrison at Mirov?"},
    ]
    path = tmp_path / "batch.jsonl"
    text = "\n\n".join(json.dumps(q, ensure_ascii=False) for q in questions) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command", [["ask", MINES], ["search", "mines"], ["show", "x.md"], ["status"], ["ask", MINES, "--json"]]
)
def test_without_an_index_the_command_to_build_one_is_named(tmp_path: Path, command: list[str]) -> None:
    refused(run(*command, "--index", tmp_path / "none"), "rag index")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "rag ask"),
        (["ask", "who?", "--batch", "x.jsonl"], "rag ask"),
        (["search"], "rag search"),
        (["ask", "who?", "--from", "yesterday"], "'yesterday' is no date"),
        (["search", "mines", "--to", "03/04/2024"], "'03/04/2024' is no date"),
        (["ask", "--batch", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["ask", "who?", "-k", "0"], "passages"),
        (["ask", "who?", "--strictness", "7"], "strictness"),
    ],
)
def test_a_user_s_error_is_one_line_and_exit_2(hashed_index: Path, arguments: list[str], said: str) -> None:
    refused(run(*arguments, "--index", hashed_index), said)


@pytest.mark.model
@pytest.mark.parametrize(("question", "said"), [("  ", "empty"), ("x" * 5000, "5000 characters")])
def test_a_question_that_is_none_is_a_user_s_error(real_index: Path, question: str, said: str) -> None:
    refused(run("ask", question, "--index", real_index), said)
    refused(run("search", question, "--index", real_index), said)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{not json", "line 2"),
        ('{"id": "x"}', '"question"'),
        ('["question"]', '"question"'),
        ('{"question": 5}', '"question"'),
        ('{"question": "Who?", "history": [5]}', '"history"'),
        ('{"question": "Who?", "history": [{"role": "user"}]}', '"history"'),
    ],
)
@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_bad_line_of_a_batch_is_named_before_any_is_answered(
    tmp_path: Path, hashed_index: Path, command: str, bad: str, said: str
) -> None:
    path = tmp_path / "batch.jsonl"
    path.write_text(f'{{"question": "{MINES}"}}\n{bad}\n', encoding="utf-8")
    refused(run(command, "--batch", path, "--json", "--index", hashed_index), "line 2", said)


def test_bad_option_values_are_exit_2_too() -> None:
    for arguments in (
        ["search", "x", "-k", "many"],
        ["search", "x", "--retriever", "magic"],
        ["no-such-command"],
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "Traceback" not in result.output


def test_an_unknown_document_is_answered_with_a_near_one(hashed_index: Path) -> None:
    refused(run("show", "river-mines.md", "--index", hashed_index), "briefs/river-mines.md")
    refused(
        run("show", "briefs/river-mine.md", "--index", hashed_index), "did you mean briefs/river-mines.md"
    )


@pytest.mark.parametrize("span", ["5", "a:b", "5:", "-1:4", "9:5", "0:999999", "3:3"])
def test_a_bad_span_is_named(hashed_index: Path, span: str) -> None:
    refused(run("show", "law/ferry-regulation.md", "--span", span, "--index", hashed_index), span)


def test_a_quote_that_is_not_there_is_not_found(hashed_index: Path) -> None:
    shown = run("show", "law/ferry-regulation.md", "--quote", "No ferry may sail", "--index", hashed_index)
    refused(shown, "law/ferry-regulation.md")


def test_a_document_is_shown_as_text_as_json_and_for_reading(hashed_index: Path) -> None:
    text = run("show", "law/ferry-regulation.md", "--text", "--index", hashed_index)
    assert text.stdout.startswith("Ferry Regulation\n\nArticle 1 Licences\n")
    (whole,) = lines(run("show", "law/ferry-regulation.md", "--json", "--index", hashed_index))
    assert whole["text"] == text.stdout
    assert (whole["title"], whole["date"], whole["type"]) == ("Ferry Regulation", "2011-05-30", "regulation")
    quote = "The fee is EUR 480 for a large ferry."
    (place,) = lines(
        run("show", "law/ferry-regulation.md", "--quote", quote, "--json", "--index", hashed_index)
    )
    assert text.stdout[place["start"] : place["end"]] == quote == place["quote"]
    assert place["section"] == "Art. 2(2)"
    span = f"{place['start']}:{place['end']}"
    (by_span,) = lines(
        run("show", "law/ferry-regulation.md", "--span", span, "--json", "--index", hashed_index)
    )
    assert by_span == place
    assert quote in run("show", "law/ferry-regulation.md", "--span", span, "--index", hashed_index).stdout


def test_status_counts_what_the_index_holds(hashed_index: Path) -> None:
    (status,) = lines(run("status", "--json", "--index", hashed_index))
    assert {d["document"] for d in status["documents"]} == {
        "briefs/river-mines.md",
        "briefs/karst-border.md",
        "law/ferry-regulation.md",
        "reports/lindos-port.md",
    }
    assert status["types"] == {"brief": 1, "timeline": 1, "regulation": 1, "report": 1}
    assert status["jurisdictions"]["Ostrana"] == 3
    assert "4 documents" in run("status", "--index", hashed_index).stdout


@pytest.mark.model
def test_index_says_what_changed_and_does_only_that(tmp_path: Path, library: Path) -> None:
    (first,) = lines(run("index", library / "law", "--index", tmp_path / "index", "--json"))
    assert len(first["added"]) == 1
    assert first["chunks_embedded"] > 0
    (again,) = lines(run("index", "--index", tmp_path / "index", "--json"))
    assert (again["added"], len(again["unchanged"]), again["chunks_embedded"]) == ([], 1, 0)
    assert again["generation"] == first["generation"]
    refused(run("index", tmp_path / "nowhere", "--index", tmp_path / "index"), "nowhere")


@pytest.mark.model
def test_ask_prints_one_object_whose_citations_read_back(real_index: Path) -> None:
    (answer,) = lines(run("ask", MINES, "--json", "--index", real_index))
    assert (answer["kind"], answer["question"], answer["id"]) == ("answer", MINES, None)
    assert "4,200" in answer["text"]
    for citation in answer["citations"]:
        text = run("show", citation["document"], "--text", "--index", real_index).stdout
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.model
def test_a_refusal_is_a_result(real_index: Path) -> None:
    (refusal,) = lines(run("ask", "How do I bake sourdough bread?", "--json", "--index", real_index))
    assert (refusal["kind"], refusal["citations"]) == ("refusal", [])
    assert "sourdough" in refusal["missing"]
    shown = run("ask", "How do I bake sourdough bread?", "--index", real_index)
    assert shown.exit_code == 0
    assert "do not answer" in shown.stdout


@pytest.mark.model
def test_a_batch_keeps_ids_and_order(real_index: Path, batch: Path) -> None:
    asked = [json.loads(line) for line in batch.read_text(encoding="utf-8").split("\n") if line]
    answers = lines(run("ask", "--batch", batch, "--json", "--index", real_index))
    assert [(a["id"], a["question"]) for a in answers] == [(q["id"], q["question"]) for q in asked]
    assert "12 September 1998" in answers[2]["text"]
    (alone,) = lines(run("ask", MINES, "--json", "--index", real_index))
    ours = {"id": None, "timings_ms": None}
    assert {**answers[0], **ours} == {**alone, **ours}
    stdin = run(
        "ask", "--batch", "-", "--json", "--index", real_index, stdin=batch.read_text(encoding="utf-8")
    )
    assert [a["id"] for a in lines(stdin)] == ["b", "a", "7", "ü"]


@pytest.mark.model
def test_search_prints_hits_alone_or_by_id(real_index: Path, batch: Path) -> None:
    (found,) = lines(run("search", "ferry fee", "-k", "2", "--json", "--index", real_index))
    assert [h["rank"] for h in found["hits"]] == [1, 2]
    assert set(found["hits"][0]) >= {
        "document",
        "start",
        "end",
        "page",
        "section",
        "score",
        "rank",
        "retriever",
        "text",
    }
    by_id = lines(run("search", "--batch", batch, "-k", "1", "--json", "--index", real_index))
    assert [(f["id"], len(f["hits"])) for f in by_id] == [("b", 1), ("a", 1), ("7", 1), ("ü", 1)]


@pytest.mark.model
def test_filters_of_the_command_line_narrow_the_search(real_index: Path) -> None:
    def documents(*options: str) -> set[str]:
        (found,) = lines(run("search", "the Lesna", "-k", "20", *options, "--json", "--index", real_index))
        return {h["document"] for h in found["hits"]}

    assert len(documents()) == 4
    assert documents("--type", "brief") == {"briefs/river-mines.md"}
    assert documents("--from", "2020", "--to", "2022-12") == {"briefs/karst-border.md"}
    assert documents("--jurisdiction", "karstia") == {"briefs/karst-border.md", "reports/lindos-port.md"}
    assert documents("--document", "law/ferry-regulation.md") == {"law/ferry-regulation.md"}


@pytest.mark.model
def test_what_people_read_fits_the_terminal(real_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = run("ask", MINES, "--index", real_index).stdout
    assert "✓ Velmark destroyed 4,200 river mines" in shown
    assert "[1]" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= 60
    markdown = run("ask", MINES, "--markdown", "--index", real_index).stdout
    assert re.search(r"^1\. .*briefs/river-mines\.md, characters \d+-\d+", markdown, re.MULTILINE)


@pytest.mark.model
def test_chat_understands_a_follow_up_and_survives_a_mistake(real_index: Path) -> None:
    said = f"What does the Orlova Convention ban?\nAnd when did it enter into force?\n{'x' * 5000}\n\n"
    result = run("chat", "--index", real_index, stdin=said)
    assert result.exit_code == 0
    assert "bans the laying of mines" in result.stdout
    assert re.search(r"And when did it enter into force\? \(about: [^)]*Orlova", result.stdout)
    assert "5000 characters" in result.stderr


def test_the_process_itself_ends_with_2_and_one_line(tmp_path: Path) -> None:
    ended = spawn("ask", MINES, "--index", tmp_path / "none", "--json")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1
    assert ended.stderr.startswith("rag: ")


@pytest.mark.model
def test_the_process_itself_prints_json_and_nothing_else(real_index: Path) -> None:
    ended = spawn("ask", MINES, "--index", real_index, "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["kind"] == "answer"
    assert "Traceback" not in ended.stderr


def test_help_comes_at_once() -> None:
    spent = []
    for _ in range(5):
        started = perf_counter()
        assert spawn("--help").stdout.startswith("Usage")
        spent.append(perf_counter() - started)
    assert statistics.median(spent) < 0.5


def loaded(*arguments: str) -> set[str]:
    """The top-level packages in memory after a run of the command."""
    probe = (
        "import sys\nfrom rag.cli import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True
    )
    return {name.partition(".")[0] for name in ended.stderr.split()}


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["--version"], ["show", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    found = loaded(*arguments)
    assert "click" in found
    assert not found & {
        "torch",
        "sentence_transformers",
        "langchain_core",
        "faiss",
        "pydantic",
        "rich",
        "evals",
    }


def test_help_does_not_load_numpy_either() -> None:
    assert "numpy" not in loaded("--help")

"""`rag check`: what it prints, what it ends with, and pairs that stream through it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from rag.checking import CheckedSentence, CheckedText
from rag.cli import main
from rag.printed_check import print_checked
from rag.statements import Unchecked
from rag.types import Check, Citation, Verdict

DRAFT = """# The river

Velmark destroyed 4,200 river mines between 1999 and 2003 [1].
Velmark destroyed 9,900 river mines between 1999 and 2003. Who pays?

Penguins breed on the southern glaciers of Antarctica.
"""
RISE, FALL = "Trade rose by 14 percent in 2022.", "Trade rose by 41 percent in 2022."


def run(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *(str(a) for a in arguments)], input=stdin)


def refused(result: Result, *said: str) -> None:
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    for part in said:
        assert part in result.stderr


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.md"
    path.write_text(DRAFT, encoding="utf-8")
    return path


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    rows = [{"id": n, "context": RISE, "claim": claim} for n, claim in enumerate([RISE, FALL] * 40)]
    path.write_text("\ufeff" + "\n\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def printed(capsys: pytest.CaptureFixture[str], *sentences: CheckedSentence) -> list[str]:
    print_checked(CheckedText(sentences))
    return capsys.readouterr().out.splitlines()


def sentence(verdict: Verdict | None, claim: str, *checks: Check, **more: Any) -> CheckedSentence:
    return CheckedSentence(claim, 0, len(claim), claim, verdict, 0.75, checks, **{"citation": None, **more})


def test_a_contradiction_shows_the_two_texts_side_by_side(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    citation = Citation(3, "briefs/trade.md", "The trade", 12, "Art. 6(1)", 5, 38, RISE, "Ivo Brenn", "2022")
    shown = printed(
        capsys,
        sentence(Verdict.CONTRADICTED, FALL, Check("number", "41 percent", "14 percent"), citation=citation),
    )
    assert max(map(cell_len, shown)) <= 70
    assert shown[0].startswith(f"✗ {FALL}  contradicted 0.75")
    assert shown[1].split() == "the text says the source says".split()
    assert shown[2].split() == "number 41 percent 14 percent".split()
    assert shown[2].index("41 percent") == shown[1].index("the text says")
    assert shown[2].index("14 percent") == shown[1].index("the source says")
    whole = " ".join(" ".join(shown).split())
    assert f"“{RISE}” [3] Ivo Brenn, “The trade”, Art. 6(1), p. 12, 2022 briefs/trade.md 5:38" in whole
    assert shown[-1] == "0 of 1 sentences supported, 1 contradicted; groundedness 0.00"


def test_the_summary_counts_every_sort(capsys: pytest.CaptureFixture[str]) -> None:
    heading = sentence(None, "The river", unchecked=Unchecked.HEADING)
    shown = printed(
        capsys,
        heading,
        sentence(Verdict.SUPPORTED, RISE),
        sentence(Verdict.NOT_FOUND, "Penguins breed.", Check("name", "Penguins", "")),
    )
    assert shown[0].rstrip() == "· The river  (heading)"
    assert any(line.split() == "name Penguins nothing of it".split() for line in shown)
    assert shown[-1] == "1 of 2 sentences supported, 1 not found, 1 not checked; groundedness 0.50"
    assert printed(capsys, heading)[-1] == "Nothing in this text states anything to check."


def test_a_text_cannot_steer_the_terminal_or_the_markup(capsys: pytest.CaptureFixture[str]) -> None:
    shown = printed(capsys, sentence(Verdict.NOT_FOUND, "[bold]Mines\x1b[2J\nare[/bold] banned."))
    assert shown[0].startswith("? [bold]Mines [2J are[/bold] banned.")
    assert "\x1b" not in "".join(shown)


@pytest.mark.model
def test_the_command_prints_each_sentence_with_what_decided(draft: Path, real_index: Path) -> None:
    result = run(draft, "--index", real_index)
    assert result.exit_code == 0, result.stderr
    whole = " ".join(result.stdout.split())
    assert "· The river (heading)" in whole
    assert "✓ Velmark destroyed 4,200 river mines between 1999 and 2003. supported" in whole
    assert "✗ Velmark destroyed 9,900 river mines between 1999 and 2003. contradicted" in whole
    assert re.search(r"number 9,900[\w ]* 4,200", whole)
    assert "What the convention bans" in whole
    assert "briefs/river-mines.md" in whole
    assert "1 of 3 sentences supported, 1 contradicted, 1 not found, 2 not checked" in whole


@pytest.mark.model
def test_json_holds_every_sentence_at_its_place(draft: Path, real_index: Path) -> None:
    (shown,) = lines(run(draft, "--json", "--index", real_index))
    assert shown["groundedness"] == pytest.approx(1 / 3)
    assert [s["verdict"] for s in shown["sentences"]] == [
        None, "SUPPORTED", "CONTRADICTED", None, "NOT_FOUND",
    ]  # fmt: skip
    assert [s["unchecked"] for s in shown["sentences"]] == ["heading", None, None, "question", None]
    for found in shown["sentences"]:
        assert DRAFT[found["start"] : found["end"]] == found["text"]
    cited = shown["sentences"][1]["citation"]
    text = run_show(cited["document"], real_index)
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    assert set(shown["sentences"][2]["checks"][0]) == {"name", "claim", "source"}
    (again,) = lines(run("-", "--json", "--index", real_index, stdin=DRAFT))
    assert again == shown


def run_show(document: str, index: Path) -> str:
    return CliRunner().invoke(main, ["show", document, "--text", "--index", str(index)]).stdout


@pytest.mark.model
@pytest.mark.parametrize(("least", "code"), [("0.9", 1), ("0.34", 1), ("0.33", 0), ("0", 0)])
def test_a_gate_on_groundedness_ends_with_1(draft: Path, real_index: Path, least: str, code: int) -> None:
    result = run(draft, "--fail-under", least, "--json", "--index", real_index)
    assert result.exit_code == code
    assert json.loads(result.stdout)["groundedness"] == pytest.approx(1 / 3)


@pytest.mark.model
def test_a_text_that_states_nothing_passes_the_gate(real_index: Path) -> None:
    result = run("-", "--fail-under", "1", "--index", real_index, stdin="# Heading\n\nWhy?\n")
    assert result.exit_code == 0
    assert "Nothing in this text states anything" in result.stdout


@pytest.mark.model
def test_filters_choose_the_documents(draft: Path, real_index: Path) -> None:
    (shown,) = lines(run(draft, "--type", "regulation", "--json", "--index", real_index))
    assert {s["citation"]["document"] for s in shown["sentences"] if s["citation"]} == {
        "law/ferry-regulation.md"
    }


@pytest.mark.parametrize("content", [b"%PDF-1.7\n1 0 obj", b"PK\x03\x04word/document.xml"])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, hashed_index: Path, content: bytes) -> None:
    path = tmp_path / "draft.bin"
    path.write_bytes(content)
    refused(run(path, "--index", hashed_index), str(path), "save it as text")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "rag check"),
        (["x.md", "--pairs", "x.jsonl"], "rag check --pairs"),
        (["--pairs", "x.jsonl", "--fail-under", "0.5"], "--fail-under"),
        (["no-such-file.md"], "no-such-file.md"),
        (["--pairs", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["."], "Cannot read"),
        (["-", "--from", "soon"], "'soon' is no date"),
    ],
)
def test_a_wrong_call_is_one_line_and_exit_2(arguments: list[str], said: str) -> None:
    refused(run(*arguments, stdin="Mines."), said)


def test_without_an_index_the_command_to_build_one_is_named(tmp_path: Path) -> None:
    refused(run("-", "--index", tmp_path / "none", stdin="Mines are banned."), "rag index")
    assert run("-", "--fail-under", "2", stdin="Mines.").exit_code == 2


@pytest.mark.model
def test_pairs_are_answered_in_order_without_an_index(
    pairs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = lines(run("--pairs", pairs, "--json"))
    assert [one["id"] for one in found] == list(range(80))
    assert [one["verdict"] for one in found] == ["SUPPORTED", "CONTRADICTED"] * 40
    assert all(set(one) == {"id", "support", "verdict", "checks"} for one in found)
    assert all(0 <= one["support"] <= 1 for one in found)
    assert found[1]["checks"][0]["name"] == "number"
    assert lines(run("--pairs", "-", "--json", stdin=pairs.read_bytes())) == found
    shown = run("--pairs", pairs).stdout.splitlines()
    assert shown[0].startswith(f"0  ✓ {RISE}  supported")


@pytest.mark.model
def test_an_id_may_be_anything_or_nothing() -> None:
    rows = [{"id": id, "context": RISE, "claim": RISE} for id in ("ü", None, [1], {"a": 1})]
    rows.append({"context": "", "claim": RISE})
    found = lines(run("--pairs", "-", "--json", stdin="\n".join(map(json.dumps, rows))))
    assert [one["id"] for one in found] == ["ü", None, [1], {"a": 1}, None]
    assert (found[-1]["verdict"], found[-1]["support"]) == ("NOT_FOUND", 0.0)


BAD_LINES = [
    (b"not json", "not JSON"),
    (b"[1]", '"context" and "claim"'),
    (b'{"id": 1, "context": "a"}', '"context" and "claim"'),
    (b'{"context": 3, "claim": "b"}', '"context" and "claim"'),
    (b'{"context": "a", "claim": " "}', "empty"),
    (b'{"context": "a\\ud800", "claim": "b"}', "surrogate"),
    (b'{"context": "\xff", "claim": "b"}', "UTF-8"),
    (b"[" * 100_000, "not JSON"),
]


@pytest.mark.parametrize(("bad", "said"), BAD_LINES)
def test_a_bad_line_of_a_file_is_named_before_any_is_verified(tmp_path: Path, bad: bytes, said: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(b'{"id": 1, "context": "a", "claim": "b"}\n\n' + bad + b"\n")
    refused(run("--pairs", path, "--json"), str(path), "line 3", said)


@pytest.mark.model
def test_standard_input_is_answered_up_to_its_bad_line() -> None:
    result = run(
        "--pairs", "-", "--json", stdin=json.dumps({"id": 7, "context": RISE, "claim": RISE}) + "\nno"
    )
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [7]
    assert "line 2" in result.stderr


@pytest.mark.model
def test_each_pair_is_answered_before_the_next_is_written() -> None:
    command = [sys.executable, "-m", "rag.cli", "check", "--pairs", "-", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(3):
            process.stdin.write(json.dumps({"id": n, "context": RISE, "claim": RISE}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
    assert process.returncode == 0


def test_help_loads_nothing_heavy() -> None:
    probe = (
        "import sys\nfrom rag.cli import main\n"
        "try:\n    main(['check', '--help'])\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in ended.stderr.split()}
    assert "--fail-under" in ended.stdout
    assert not loaded & {"torch", "onnxruntime", "langchain_core", "faiss", "pydantic", "rich", "numpy"}

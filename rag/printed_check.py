"""What `rag check` prints for people, and its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from rag.citations import SCHEMA, citation_json, reference
from rag.types import Check, Citation, Verdict

if TYPE_CHECKING:
    from rag.checking import CheckedSentence, CheckedText, Progress
    from rag.verification import Finding

_SHOWN = {
    Verdict.SUPPORTED: ("✓", "green", "supported"),
    Verdict.CONTRADICTED: ("✗", "red", "contradicted"),
    Verdict.NOT_FOUND: ("?", "yellow", "not found"),
}
_INDENT = 2


def text_json(checked: CheckedText) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "groundedness": checked.groundedness,
        "sentences": [_sentence_json(sentence) for sentence in checked.sentences],
    }


def pair_json(id: object, found: Finding) -> dict[str, Any]:
    return {
        "id": id,
        "support": round(found.support, 6),
        "verdict": found.verdict.value,
        "checks": _checks_json(found.checks),
    }


def print_checked(checked: CheckedText) -> None:
    """Each sentence with its verdict, the two texts of each check, and the passage that decided."""
    console = _console()
    for sentence in checked.sentences:
        if sentence.verdict is None:
            why = f"  ({sentence.unchecked})" if sentence.unchecked else ""
            console.print(Text(f"· {_on_one_line(sentence.claim)}{why}", style="dim"), "")
            continue
        console.print(_head(sentence.claim, sentence.verdict, sentence.support, sentence.checks))
        _print_differences(console, sentence.checks)
        if sentence.citation:
            console.print(
                Padding(_passage(sentence.citation, sentence.verdict, sentence.checks), (0, 0, 1, _INDENT))
            )
    console.print(_summary(checked))


def print_pair(id: object, claim: str, found: Finding) -> None:
    console = _console()
    name = Text(f"{id}  ", style="dim")
    console.print(name + _head(claim, found.verdict, found.support, found.checks))
    _print_differences(console, found.checks)


@contextmanager
def checking_progress(*, quiet: bool) -> Iterator[Progress | None]:
    """A progress bar on standard error; none where nobody watches."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _head(said: str, verdict: Verdict, support: float | None, checks: Sequence[Check]) -> Text:
    mark, colour, name = _SHOWN[verdict]
    text = Text(_on_one_line(said), style="bold")
    text.highlight_words(
        [_on_one_line(c.claim) for c in checks if c.claim.strip()], f"bold underline {colour}"
    )
    head = Text.assemble((f"{mark} ", colour), text, (f"  {name}", colour))
    return head.append(f" {support:.2f}", style="dim") if support is not None else head


def _print_differences(console: Console, checks: Sequence[Check]) -> None:
    if not checks:
        return
    table = Table(
        "",
        "the text says",
        "the source says",
        box=None,
        pad_edge=False,
        header_style="dim",
        padding=(0, 2, 0, 0),
    )
    for check in checks:
        source = Text(_on_one_line(check.source)) if check.source else Text("nothing of it", style="dim")
        table.add_row(
            Text(check.name, style="yellow"), Text(_on_one_line(check.claim) or "nothing of it"), source
        )
    console.print(Padding(table, (0, 0, 0, _INDENT)))


def _passage(citation: Citation, verdict: Verdict, checks: Sequence[Check]) -> Text:
    quote = Text(f"“{_on_one_line(citation.quote)}”")
    quote.highlight_words([_on_one_line(c.source) for c in checks if c.source.strip()], "underline")
    nearest = "nearest: " if verdict is Verdict.NOT_FOUND else ""
    place = Text.assemble(
        (f"\n{nearest}", "dim"),
        (f"[{citation.n}] ", "cyan"),
        _on_one_line(reference(citation)),
        (f"  {citation.document} {citation.start}:{citation.end}", "dim"),
    )
    return quote + place


def _summary(checked: CheckedText) -> Text:
    verdicts = [sentence.verdict for sentence in checked.sentences if sentence.verdict is not None]
    if not verdicts:
        return Text("Nothing in this text states anything to check.", style="yellow")
    supported = verdicts.count(Verdict.SUPPORTED)
    said = [f"{supported} of {len(verdicts)} sentences supported"]
    others = {v: verdicts.count(v) for v in (Verdict.CONTRADICTED, Verdict.NOT_FOUND)}
    said += [f"{n} {_SHOWN[verdict][2]}" for verdict, n in others.items() if n]
    unchecked = len(checked.sentences) - len(verdicts)
    said += [f"{unchecked} not checked"] if unchecked else []
    return Text.assemble((", ".join(said), "bold"), f"; groundedness {checked.groundedness:.2f}")


def _sentence_json(sentence: CheckedSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "claim": sentence.claim,
        "verdict": sentence.verdict.value if sentence.verdict else None,
        "unchecked": sentence.unchecked.value if sentence.unchecked else None,
        "support": None if sentence.support is None else round(sentence.support, 4),
        "checks": _checks_json(sentence.checks),
        "citation": citation_json(sentence.citation) if sentence.citation else None,
    }


def _checks_json(checks: Sequence[Check]) -> list[dict[str, str]]:
    return [{"name": check.name, "claim": check.claim, "source": check.source} for check in checks]


def _on_one_line(text: str) -> str:
    """Without line ends, and without characters that would steer the terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _console() -> Console:
    return Console(highlight=False, soft_wrap=False)

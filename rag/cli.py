"""The command `rag`: arguments in, text out. Heavy modules load inside the commands that need them.

Exit codes: 0 an answer or a refusal, 2 a user's error (one line on standard error), 1 anything else.
With --json, standard output holds JSON and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rag.errors import RagError, UsageError

if TYPE_CHECKING:
    from rag.pipeline import Pipeline
    from rag.types import Filters

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LAZY = {
    "ask": "rag.cli_ask:ask",
    "chat": "rag.cli_ask:chat",
    "check": "rag.cli_check:check",
    "ui": "ui.launch:ui_command",
    "eval": "evals.cli:eval_command",
    "bench": "evals.cli:bench_group",
}


class _Group(click.Group):
    """Turns RagError into one line and exit code 2; loads the evals' commands when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_LAZY]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in _LAZY:
            return _load(_LAZY[name])
        return super().get_command(ctx, name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, c.get_short_help_str(90)) for name, c in sorted(self.commands.items())]
        rows += [
            ("ask", "Answer a question from the documents, or say that they do not answer it."),
            ("chat", "Ask one question after another; follow-ups are understood."),
            ("check", "Verify the sentences of a text against the documents."),
            ("ui", "Open the assistant in a browser."),
            ("eval", "Score the assistant against a gold set; gate a release."),
            ("bench", "Measure on outside data."),
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except RagError as error:
            click.echo(f"rag: {error}", err=True)
            ctx.exit(2)


def _load(target: str) -> click.Command:
    from importlib import import_module

    module, _, name = target.partition(":")
    command: click.Command = getattr(import_module(module), name)
    return command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="policy-rag", prog_name="rag")
def main() -> None:
    """Ask policy texts; get sentences quoted, cited and checked.

    Settings: arguments, then RAG_* in the environment, then rag.toml in this folder.
    """


def index_option(command: _Command) -> _Command:
    return click.option("--index", "index_dir", type=click.Path(), help="The index folder [default: index].")(
        command
    )


def json_option(command: _Command) -> _Command:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")(command)


def filter_options(command: _Command) -> _Command:
    return _dates_option("Documents dated")(_document_options(command))


def _dates_option(what: str) -> Callable[[_Command], _Command]:
    def add(command: _Command) -> _Command:
        help_from = f"{what} then or later (2024, 2024-07, 2024-07-20)."
        command = click.option("--to", "date_to", metavar="DATE", help=f"{what} then or earlier.")(command)
        return click.option("--from", "date_from", metavar="DATE", help=help_from)(command)

    return add


def _document_options(command: _Command) -> _Command:
    for option in (
        click.option("--type", "types", multiple=True, help="Documents of this type; may be given again."),
        click.option(
            "--jurisdiction", "jurisdictions", multiple=True, help="Documents on this jurisdiction."
        ),
        click.option("--document", "documents", multiple=True, help="This document only (its path)."),
    ):
        command = option(command)
    return command


@main.command()
@click.argument("sources", nargs=-1, metavar="[PATH]...")
@index_option
@click.option(
    "--rebuild", is_flag=True, help="Build afresh; the old index answers until the new one is whole."
)
@click.option(
    "--embedding-model", help="Name or folder of a sentence-transformers model [default: all-MiniLM-L6-v2]."
)
@click.option(
    "--precision",
    type=click.Choice(["auto", "float32", "bfloat16"]),
    help="How the bundled model reads documents [default: auto, bfloat16 for more than a few files where the processor has AMX].",
)
@json_option
def index(
    sources: tuple[str, ...],
    index_dir: str | None,
    rebuild: bool,
    embedding_model: str | None,
    precision: str | None,
    as_json: bool,
) -> None:
    """Index files, folders and web addresses; only what changed is read again.

    Without PATH, the sources that the index was built from.
    """
    from rag import terminal
    from rag.config import load_settings
    from rag.documents import Limits
    from rag.embedding import load_embedder
    from rag.indexing import update_index

    settings = load_settings(index=index_dir, embedding_model=embedding_model, precision=precision)
    limits = Limits(
        max_bytes=settings.max_file_mb * 1_000_000,
        max_pages=settings.max_pages,
        max_characters=settings.max_characters,
        seconds=settings.max_seconds,
        memory_mb=settings.max_memory_mb,
    )
    embedder = load_embedder(settings.embedding_model, allow_download=settings.allow_download)
    with terminal.indexing_progress(quiet=as_json) as progress:
        report = update_index(
            settings.index,
            sources,
            embedder,
            limits,
            settings.chunk_tokens,
            rebuild=rebuild,
            progress=progress,
            precision=settings.precision,
        )
    terminal.print_json(terminal.report_json(report)) if as_json else terminal.print_report(
        report, settings.index
    )


@main.command()
@click.argument("query", required=False)
@index_option
@click.option(
    "--batch", type=click.Path(), metavar="FILE", help="JSONL of {id, question}; - for standard input."
)
@click.option("-k", "k", type=click.IntRange(1, 1000), default=10, show_default=True)
@click.option(
    "--retriever",
    type=click.Choice(["dense", "bm25", "fused", "reranked"]),
    default="reranked",
    show_default=True,
)
@filter_options
@json_option
def search(
    query: str | None,
    index_dir: str | None,
    batch: str | None,
    k: int,
    retriever: str,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Find passages without answering."""
    if (query is None) == (batch is None):
        raise UsageError('Give a query, `rag search "…"`, or a file of them, `rag search --batch FILE.jsonl`')
    from rag import terminal
    from rag.citations import search_json
    from rag.types import Retriever

    lines = read_batch(batch) if batch else [{"question": query or ""}]
    filters = read_filters(conditions)
    with open_pipeline(index_dir) as pipeline:
        for line in lines:
            hits = pipeline.search(line["question"], k, filters, Retriever(retriever))
            documents = {h.chunk.document: pipeline.index.document(h.chunk.document) for h in hits}
            found = search_json(hits, documents)
            if as_json:
                terminal.print_json({"id": line["id"], **found} if "id" in line else found)
            else:
                terminal.print_hits(hits, documents)


@main.command()
@click.argument("document")
@index_option
@click.option(
    "--text", "as_text", is_flag=True, help="The plain text that offsets refer to, and nothing else."
)
@click.option("--span", metavar="START:END", help="Highlight these characters in their context.")
@click.option("--quote", "quoted", metavar="TEXT", help="Highlight this quote in its context.")
@json_option
def show(
    document: str, index_dir: str | None, as_text: bool, span: str | None, quoted: str | None, as_json: bool
) -> None:
    """Print a document, or a citation in its context with the quote highlighted."""
    from rag import terminal
    from rag.citations import citation_json, cite, locate
    from rag.config import load_settings
    from rag.index import Index

    with Index.open(load_settings(index=index_dir).index) as opened:
        found = opened.document(document)
    place = _span(span) if span else locate(found, quoted) if quoted else None
    if quoted and place is None:
        raise UsageError(f"{document} does not contain that quote, character for character")
    citation = cite(found, *place, 1) if place else None
    if as_text:
        sys.stdout.write(found.text)
    elif as_json:
        terminal.print_json(citation_json(citation) if citation else terminal.document_json(found))
    else:
        terminal.print_document(found, citation)


@main.command()
@click.argument("topic", required=False)
@index_option
@_dates_option("Events")
@_document_options
@json_option
def timeline(topic: str | None, index_dir: str | None, as_json: bool, **conditions: Any) -> None:
    """What the documents date, in order, each sentence cited; all of it or what is on TOPIC."""
    from rag import terminal
    from rag.config import load_settings
    from rag.index import Index
    from rag.timeline import timeline as read_timeline
    from rag.timeline import timeline_json

    filters, topic = read_filters(conditions), (topic or "").strip()
    if topic:
        with open_pipeline(index_dir) as pipeline:
            lines = read_timeline(pipeline.index, topic, pipeline.embedder, filters)
    else:
        with Index.open(load_settings(index=index_dir).index) as opened:
            lines = read_timeline(opened, filters=filters)
    terminal.print_json(timeline_json(topic, lines)) if as_json else terminal.print_timeline(lines)


@main.command()
@index_option
@json_option
def status(index_dir: str | None, as_json: bool) -> None:
    """What the index holds: documents by type, date and jurisdiction, and what was skipped."""
    from rag import terminal
    from rag.config import load_settings
    from rag.index import Index

    settings = load_settings(index=index_dir)
    with Index.open(settings.index) as opened:
        found = terminal.status_json(opened, settings.index)
    terminal.print_json(found) if as_json else terminal.print_status(found)


def open_pipeline(index_dir: str | None, chat_model: str | None = None, **settings: object) -> Pipeline:
    from rag.pipeline import Pipeline

    return Pipeline.open(index_dir, chat_model, **settings)


def read_filters(conditions: dict[str, Any]) -> Filters:
    from rag.dates import iso_date
    from rag.types import Filters

    for name in ("date_from", "date_to"):
        if conditions[name] and iso_date(conditions[name]) is None:
            raise UsageError(f"{conditions[name]!r} is no date: write 2024, 2024-07 or 2024-07-20")
    return Filters(**conditions)


def read_batch(file: str) -> list[dict[str, Any]]:
    """The lines of a batch, all checked before the first is answered."""
    import json

    try:
        with click.open_file(file, encoding="utf-8") as stream:
            lines = [(n, line) for n, line in enumerate(stream, 1) if line.strip()]
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}") from error
    found: list[dict[str, Any]] = []
    for n, line in lines:
        try:
            parsed = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(f"{file}, line {n}: not JSON ({error.msg})") from error
        if not isinstance(parsed, dict) or not isinstance(parsed.get("question"), str):
            raise UsageError(f'{file}, line {n}: needs an object with "question"')
        read_history(parsed, f"{file}, line {n}: ")
        found.append(parsed)
    return found


def read_history(line: dict[str, Any], where: str = "") -> list[Any]:
    from rag.types import Turn

    try:
        return [Turn(str(turn["role"]), str(turn["content"])) for turn in line.get("history") or ()]
    except (TypeError, KeyError) as error:
        raise UsageError(f'{where}"history" needs a list of {{"role", "content"}}') from error


def _span(text: str) -> tuple[int, int]:
    start, _, end = text.partition(":")
    if not (start.isdigit() and end.isdigit()):
        raise UsageError(f"{text!r} is no span: write START:END, such as 120:260")
    return int(start), int(end)


if __name__ == "__main__":
    main()

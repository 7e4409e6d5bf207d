"""`rag ask` and `rag chat`: answers in quotes, or in a chat model's verified sentences as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from rag.cli import (
    filter_options,
    index_option,
    json_option,
    open_pipeline,
    read_batch,
    read_filters,
    read_history,
)
from rag.errors import UsageError

if TYPE_CHECKING:
    from rag.types import Answer, Refusal

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _model_options(command: _Command) -> _Command:
    for option in (
        click.option("--base-url", help="Address of an OpenAI-compatible or Ollama server."),
        click.option(
            "--mode",
            type=click.Choice(["quote", "write"]),
            help="quote: passages verbatim; write: a chat model's sentences, verified [default: write with --model].",
        ),
        click.option("--model", help="A chat model by provider and name, such as ollama:qwen3:4b."),
    ):
        command = option(command)
    return command


@click.command()
@click.argument("question", required=False)
@index_option
@click.option(
    "--batch",
    type=click.Path(),
    metavar="FILE",
    help="JSONL of {id, question, history?}; - for standard input.",
)
@click.option("-k", "passages", type=int, help="Passages an answer may use [default: 10].")
@click.option("--strictness", type=float, help="0 answers everything, 1 refuses everything [default: 0.5].")
@_model_options
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown.")
@filter_options
@json_option
def ask(
    question: str | None,
    index_dir: str | None,
    batch: str | None,
    passages: int | None,
    strictness: float | None,
    model: str | None,
    mode: str | None,
    base_url: str | None,
    as_markdown: bool,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Answer a question from the documents, or say that they do not answer it."""
    if (question is None) == (batch is None):
        raise UsageError('Give a question, `rag ask "…"`, or a file of them, `rag ask --batch FILE.jsonl`')
    lines = read_batch(batch) if batch else [{"question": question or ""}]
    filters = read_filters(conditions)
    settings = {"passages": passages, "strictness": strictness, "mode": mode, "chat_base_url": base_url}
    with open_pipeline(index_dir, chat_model=model, **settings) as pipeline:
        for line in lines:
            results = pipeline.ask_stream(str(line["question"]), read_history(line), filters)
            _print(results, as_json=as_json, as_markdown=as_markdown, id=line.get("id"))


@click.command()
@index_option
@_model_options
@filter_options
def chat(
    index_dir: str | None, model: str | None, mode: str | None, base_url: str | None, **conditions: Any
) -> None:
    """Ask one question after another; follow-ups are understood. An empty line ends it."""
    from rag import terminal

    filters = read_filters(conditions)
    with open_pipeline(index_dir, chat_model=model, mode=mode, chat_base_url=base_url) as pipeline:
        conversation = pipeline.chat(filters)
        while question := terminal.prompt():
            try:
                terminal.print_growing(conversation.ask_stream(question))
            except UsageError as error:
                click.echo(f"rag: {error}", err=True)


def _print(
    results: Iterable[Answer | Refusal], *, as_json: bool, as_markdown: bool, id: str | None = None
) -> None:
    from rag import citations, terminal

    if not (as_json or as_markdown):
        terminal.print_growing(results)
        return
    *_, last = results
    if as_json:
        terminal.print_json(citations.as_json(last, id))
    else:
        click.echo(citations.as_markdown(last))

"""`rag check`: verify a text against the documents, or claims against their contexts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

import click

from rag.cli import filter_options, index_option, json_option, open_pipeline, read_filters
from rag.errors import DocumentError, UsageError

_TOGETHER = 32
"""Pairs of a file that are verified at a time."""
_NO_TEXT = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@click.command()
@click.argument("file", required=False, metavar="FILE|-")
@click.option(
    "--pairs",
    type=click.Path(),
    metavar="FILE",
    help="Verify JSONL of {id, context, claim} instead; - for standard input. Needs no index.",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 1),
    help="Exit 1 if a smaller share of the sentences is supported.",
)
@index_option
@filter_options
@json_option
def check(
    file: str | None,
    pairs: str | None,
    fail_under: float | None,
    index_dir: str | None,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Verify a text, plain or Markdown, against the documents, sentence by sentence.

    Each sentence is set against the passages that fit it best, one at a time: supported, contradicted or
    not found, with the passage that decided and, where a check fired, the two texts that differ.
    """
    if (file is None) == (pairs is None):
        raise UsageError("Give a text, `rag check draft.md`, or pairs, `rag check --pairs FILE.jsonl`")
    if pairs is not None:
        if fail_under is not None:
            raise UsageError("--fail-under goes with a text, not with --pairs: leave it out")
        _check_pairs(pairs, as_json)
        return
    from rag import printed_check, terminal

    text, filters = _read_text(str(file)), read_filters(conditions)
    with open_pipeline(index_dir) as pipeline, printed_check.checking_progress(quiet=as_json) as progress:
        checked = pipeline.check(text, filters, progress)
    if as_json:
        terminal.print_json(printed_check.text_json(checked))
    else:
        printed_check.print_checked(checked)
    if fail_under is not None and checked.groundedness is not None and checked.groundedness < fail_under:
        click.get_current_context().exit(1)


@dataclass(frozen=True, slots=True)
class _Pair:
    id: object
    context: str
    claim: str


def _check_pairs(file: str, as_json: bool) -> None:
    """A file is read through before its first pair is verified, so that a bad line costs no time; what
    comes in on standard input is answered line by line."""
    from rag import printed_check, terminal
    from rag.verification import Verifier

    streamed = file == "-"
    if not streamed:
        for _ in _pairs(file):
            pass
    verifier = Verifier()
    for batch in _batches(_pairs(file), 1 if streamed else _TOGETHER):
        findings = verifier.verify_all([(pair.context, pair.claim) for pair in batch])
        for pair, found in zip(batch, findings, strict=True):
            if as_json:
                terminal.print_json(printed_check.pair_json(pair.id, found))
            else:
                printed_check.print_pair(pair.id, pair.claim, found)


def _pairs(file: str) -> Iterator[_Pair]:
    with _opened(file) as stream:
        for n, line in enumerate(stream, 1):
            if line.strip():
                yield _pair(line, f"{file}, line {n}")


def _pair(line: bytes, where: str) -> _Pair:
    try:
        parsed = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        said = getattr(error, "msg", None) or type(error).__name__
        raise UsageError(f"{where}: not JSON in UTF-8 ({said}); write one object a line") from error
    if not isinstance(parsed, dict):
        raise UsageError(f'{where}: needs an object with the texts "context" and "claim"')
    pair = _Pair(parsed.get("id"), _text(parsed, "context", where), _text(parsed, "claim", where))
    if not pair.claim.strip():
        raise UsageError(f'{where}: the "claim" is empty; write one sentence, or leave the line out')
    return pair


def _text(parsed: dict[str, Any], name: str, where: str) -> str:
    text = parsed.get(name)
    if not isinstance(text, str):
        raise UsageError(f'{where}: needs an object with the texts "context" and "claim"')
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f'{where}: "{name}" holds half a character (a lone surrogate); write it in UTF-8')
    return text


def _batches(pairs: Iterable[_Pair], size: int) -> Iterator[list[_Pair]]:
    rest = iter(pairs)
    while batch := list(islice(rest, size)):
        yield batch


def _read_text(file: str) -> str:
    from rag.plaintext import decode

    with _opened(file) as stream:
        content = stream.read()
    if content.startswith(_NO_TEXT):
        raise UsageError(f"{file} is neither text nor Markdown: save it as text and check that")
    try:
        return decode(content)
    except DocumentError as error:
        raise UsageError(
            f"{file} is not text in any known encoding: save it as UTF-8 and check that"
        ) from error


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    try:
        with click.open_file(file, "rb") as stream:
            yield stream
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror or error}") from error

"""The object that every face prints (rag.citations.as_json) → the Answer or Refusal that it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from rag.citations import SCHEMA, as_json
from rag.errors import RagError
from rag.types import (
    Answer,
    Check,
    Citation,
    Claim,
    Evidence,
    IndexInfo,
    Mode,
    Note,
    NoteKind,
    NoteSide,
    Refusal,
    Source,
    Timings,
    Usage,
    Verdict,
)

Result = Answer | Refusal


def dump(result: Result) -> str:
    return json.dumps(as_json(result), ensure_ascii=False)


def load(written: str) -> Result:
    """The result without `retrieved`, whose texts are not written. Raises RagError."""
    try:
        found = json.loads(written)
        if found["schema"] != SCHEMA:
            raise KeyError(f"schema {found['schema']}")
        return _result(found)
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise RagError(
            f"A stored answer cannot be read ({type(error).__name__}: {error}): ask the question again"
        ) from error


def _result(found: Mapping[str, Any]) -> Result:
    notes = tuple(_note(n) for n in found["notes"])
    timings = Timings(**_known(Timings, found["timings_ms"]))
    usage = _usage(found.get("usage"))
    common: tuple[tuple[Note, ...], Evidence, Timings, IndexInfo, float] = (
        notes,
        (),
        timings,
        IndexInfo(**_known(IndexInfo, found["index"])),
        found["confidence"],
    )
    question, standalone, mode = found["question"], found["standalone_question"], Mode(found["mode"])
    if found["kind"] == "answer":
        claims = tuple(_claim(c) for c in found["claims"])
        cited = tuple(_citation(c) for c in found["citations"])
        struck = tuple(_claim(c) for c in found.get("struck", ()))
        return Answer(question, standalone, mode, claims, cited, *common, struck, usage)
    nearest = tuple(_citation(c) for c in found["nearest"])
    return Refusal(question, standalone, mode, nearest, tuple(found["missing"]), *common, usage)


def _claim(found: Mapping[str, Any]) -> Claim:
    short = found.get("short_answer")
    return Claim(
        text=found["text"],
        verdict=Verdict(found["verdict"]),
        support=found["support"],
        citations=tuple(found["citations"]),
        checks=tuple(Check(c["name"], c["claim"], c["source"]) for c in found["checks"]),
        short_answer=(short["start"], short["end"]) if short else None,
    )


def _citation(found: Mapping[str, Any]) -> Citation:
    sources = tuple(Source(**_known(Source, source)) for source in found["sources"])
    return Citation(**_known(Citation, found) | {"sources": sources})


def _known(kind: type[Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that this version knows; the object may have gained others since."""
    return {field.name: found[field.name] for field in fields(kind) if field.name in found}


def _note(found: Mapping[str, Any]) -> Note:
    sides = tuple(NoteSide(**_known(NoteSide, side)) for side in found.get("sides", ()))
    return Note(NoteKind(found["kind"]), found["text"], tuple(found["citations"]), found["holds"], sides)


def _usage(found: Mapping[str, Any] | None) -> Usage | None:
    """The JSON names milliseconds as such."""
    if found is None:
        return None
    times = {name: found.get(f"{name}_ms") for name in ("first_token", "first_sentence", "first_check")}
    return Usage(**_known(Usage, found) | times)

"""A whole conversation as a file: Markdown to read, JSON to work with (pure)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from rag.citations import as_json as result_json
from rag.citations import as_markdown as result_markdown
from rag.citations import escape_markdown
from ui.history import Conversation, Turn


def as_markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """Its title, then question and answer by turns; quoted text cannot become Markdown."""
    parts = [f"# {escape_markdown(conversation.title)}\n", f"{_day(conversation.created)}\n"]
    return "\n".join(parts + [_turn(turn) for turn in turns])


def as_json(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """{"title", "created", "turns": [{"question", "asked", "result"}]}; a result is the object of `rag ask
    --json`, null where there is none."""
    found = {
        "title": conversation.title,
        "created": _time(conversation.created),
        "turns": [
            {
                "question": turn.question,
                "asked": _time(turn.asked),
                "result": result_json(turn.result) if turn.result else None,
            }
            for turn in turns
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _turn(turn: Turn) -> str:
    if turn.result:
        return result_markdown(turn.result)
    return f"**{escape_markdown(turn.question)}**\n\n{escape_markdown(turn.problem) or 'No answer.'}\n"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from test_ui_results import ANSWER, REFUSAL

from rag.errors import RagError, UsageError
from ui.history import FeedbackKind, History, State
from ui.transcripts import as_json, as_markdown

ANA, IVO = "browser ana", "browser ivo"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "deep" / "conversations.sqlite")
    yield opened
    opened.close()


def test_a_conversation_survives_a_restart(history: History) -> None:
    id = history.begin(ANA, "Why did it take 28 years?")
    turn = history.ask(ANA, id, "Why did it take 28 years?")
    history.answer(ANA, turn, ANSWER)
    history.suggest(ANA, turn, ["What else?"])
    history.close()
    again = History(history.path)
    (found,) = again.turns(ANA, id)
    assert (found.state, found.result, found.suggestions) == (State.ANSWERED, ANSWER, ("What else?",))
    assert [c.title for c in again.conversations(ANA)] == ["Why did it take 28 years?"]
    again.close()


def test_nobody_sees_or_changes_anothers(history: History) -> None:
    id = history.begin(ANA, "Secret")
    turn = history.ask(ANA, id, "Secret?")
    history.say(ANA, turn, FeedbackKind.COMMENT, comment="mine")
    assert history.conversations(IVO) == []
    assert history.conversation(IVO, id) is None
    assert history.turns(IVO, id) == []
    assert history.turn(IVO, turn) is None
    assert history.feedback(IVO) == []
    assert history.thumbs(IVO, [turn]) == {}
    for change in (
        lambda: history.rename(IVO, id, "Mine"),
        lambda: history.delete(IVO, id),
        lambda: history.ask(IVO, id, "Mine?"),
        lambda: history.answer(IVO, turn, ANSWER),
        lambda: history.stop(IVO, turn),
        lambda: history.reopen(IVO, turn),
        lambda: history.suggest(IVO, turn, []),
        lambda: history.say(IVO, turn, FeedbackKind.GOOD),
    ):
        with pytest.raises(UsageError):
            change()
    (kept,) = history.turns(ANA, id)
    assert (kept.state, kept.question) == (State.ASKED, "Secret?")


def test_the_latest_conversation_stands_first(history: History) -> None:
    first, second = history.begin(ANA, "First"), history.begin(ANA, "Second")
    history.ask(ANA, first, "Again")
    assert [c.id for c in history.conversations(ANA)] == [first, second]


def test_rename_and_delete(history: History) -> None:
    id = history.begin(ANA, "First")
    turn = history.ask(ANA, id, "q")
    history.say(ANA, turn, FeedbackKind.BAD)
    history.rename(ANA, id, "  A better\ntitle ")
    assert history.conversations(ANA)[0].title == "A better title"
    with pytest.raises(UsageError, match="title"):
        history.rename(ANA, id, "  ")
    history.delete(ANA, id)
    assert history.conversations(ANA) == history.turns(ANA, id) == history.feedback() == []


def test_states_of_a_turn(history: History) -> None:
    id = history.begin(ANA, "t")
    turn = history.ask(ANA, id, "q")
    history.stop(ANA, turn)
    assert history.turns(ANA, id)[0].state is State.STOPPED
    history.reopen(ANA, turn)
    assert history.turns(ANA, id)[0].state is State.ASKED
    history.fail(ANA, turn, "The index is gone.")
    failed = history.turn(ANA, turn)
    assert failed
    assert (failed.state, failed.problem, failed.result) == (State.FAILED, "The index is gone.", None)
    history.answer(ANA, turn, REFUSAL)
    assert history.turns(ANA, id)[0].result == REFUSAL


def test_a_thumb_replaces_the_one_before_and_words_add_up(history: History) -> None:
    turn = history.ask(ANA, history.begin(ANA, "t"), "q")
    history.answer(ANA, turn, ANSWER)
    for kind in (FeedbackKind.GOOD, FeedbackKind.BAD):
        history.say(ANA, turn, kind)
    history.say(ANA, turn, FeedbackKind.WRONG_CITATION, 1, " The page is wrong. ")
    history.say(ANA, turn, FeedbackKind.COMMENT, comment="More please")
    assert history.thumbs(ANA, [turn]) == {turn: FeedbackKind.BAD}
    found = history.feedback()
    assert [f.kind for f in found] == [FeedbackKind.COMMENT, FeedbackKind.WRONG_CITATION, FeedbackKind.BAD]
    assert (found[1].citation, found[1].comment, found[1].question) == (1, "The page is wrong.", "q")
    assert found[1].result == ANSWER


def test_an_answer_that_cannot_be_read_does_not_hide_the_others(history: History) -> None:
    id = history.begin(ANA, "t")
    broken, whole = history.ask(ANA, id, "a"), history.ask(ANA, id, "b")
    for turn in (broken, whole):
        history.answer(ANA, turn, ANSWER)
    with sqlite3.connect(history.path) as connection:
        connection.execute("UPDATE turns SET result = '{}' WHERE id = ?", (broken,))
    connection.close()
    first, second = history.turns(ANA, id)
    assert (first.state, first.result) == (State.FAILED, None)
    assert "ask the question again" in first.problem
    assert second.result == ANSWER


def test_threads_take_turns(history: History) -> None:
    owners = [f"browser {i}" for i in range(8)]

    def converse(owner: str) -> None:
        id = history.begin(owner, owner)
        for i in range(10):
            history.answer(owner, history.ask(owner, id, f"{owner} {i}"), ANSWER)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(converse, owners))
    for owner in owners:
        (conversation,) = history.conversations(owner)
        questions = [turn.question for turn in history.turns(owner, conversation.id)]
        assert questions == [f"{owner} {i}" for i in range(10)]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RagError, match="RAG_UI_DATA"):
        History(tmp_path / "file" / "conversations.sqlite")


def test_a_file_of_something_else_is_named(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    path.write_bytes(b"not a database, by any means" * 100)
    with pytest.raises(RagError, match=r"conversations\.sqlite"):
        History(path)


def test_another_versions_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RagError, match="another version"):
        History(path)


def test_a_conversation_can_be_taken_away(history: History) -> None:
    id = history.begin(ANA, "On *fees*")
    history.answer(ANA, history.ask(ANA, id, "What is the fee?"), ANSWER)
    history.stop(ANA, history.ask(ANA, id, "And then?"))
    conversation, turns = history.conversations(ANA)[0], history.turns(ANA, id)
    written = as_markdown(conversation, turns)
    assert written.startswith("# On \\*fees\\*\n")
    assert "“Words”" in written
    assert "**And then?**\n\nNo answer." in written
    found = as_json(conversation, turns)
    assert '"question": "What is the fee?"' in found
    assert '"result": null' in found

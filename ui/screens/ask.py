"""Ask: questions and answers on the left, the source of the open citation on the right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.citations import as_markdown
from rag.errors import RagError
from rag.pipeline import MAX_QUESTION
from rag.types import Answer, Refusal
from ui import asking, components, conversations, followups, navigation, pane, session, state
from ui.components import Event
from ui.history import FeedbackKind, Turn
from ui.inert import escape_markdown
from ui.preferences import clear_filters, preferences, said, settings_form, tuned
from ui.session import Opened
from ui.starters import starters
from ui.styles import growing, question, small
from ui.view import citations_of, result_view

_KEPT = 10
"""Turns that are shown at once; the ones before on request."""
_SUGGESTIONS, _SECONDS = 3, 0.6
"""How many follow-ups to offer, and how long to look for them."""


def render() -> None:
    owner = session.reader().id
    state.assistant()
    conversation = _chosen(owner)
    with st.sidebar:
        conversations.sidebar(owner, state.history().conversation(owner, conversation or ""))
        with st.expander("Settings", icon=":material/tune:"):
            settings_form(state.assistant(), state.documents())
    with st.bottom:
        _filters()
        stop = st.empty()
        if session.current().answering is not None:
            stop.button("Stop", key="stop", icon=":material/stop_circle:", type="tertiary")
        st.chat_input(
            "Ask the documents",
            key="question",
            on_submit=_submitted,
            submit_mode="stop",
            max_chars=MAX_QUESTION,
        )
    if conversation:
        _thread(owner, conversation, session.current().asks)
    else:
        _welcome()
    stop.empty()


def _chosen(owner: str) -> str | None:
    """The conversation that is open; at first that of the address, so that a refresh keeps it."""
    now = session.current()
    if not now.started:
        named = st.query_params.get("conversation", "")
        found = state.history().conversation(owner, named)
        now = session.remember(started=True, conversation=found.id if found else now.conversation)
    if now.conversation:
        st.query_params["conversation"] = now.conversation
    elif "conversation" in st.query_params:
        del st.query_params["conversation"]
    return now.conversation


def _filters() -> None:
    chosen = preferences(state.assistant()).filters
    words = said(chosen, [(d.path, d.metadata.title) for d in state.documents()])
    if words:
        with st.container(horizontal=True, vertical_alignment="center", key="filters"):
            small(f"Only documents: {words}")
            st.button("Clear", key="clear_filters", type="tertiary", on_click=clear_filters)


def _welcome() -> None:
    documents = state.documents()
    with st.container(key="welcome", width=680):
        st.title("What do the documents say?", anchor=False)
        small(
            f"{len(documents)} documents. Answers are quotations, and every sentence opens at its place in "
            "its source. What the documents do not say, they are not made to say."
        )
        st.space("small")
        for i, one in enumerate(starters()):
            _offer(one, f"starter_{i}")


@st.fragment
def _thread(owner: str, conversation: str, asks: int) -> None:
    """`asks` is what the page has seen; a question put since, from in here, makes the whole page run, so
    that it can be stopped."""
    if session.current().asks != asks:
        st.rerun()
    turns = state.history().turns(owner, conversation)
    left, right = st.columns([57, 43], gap="large")
    with right:
        beside = st.container(key="source_pane")
    answering = session.current().answering
    if answering is not None:
        session.remember(opened=None, closed=False, shown=None, page=None)
    _open_first(turns)
    if answering is None:
        _pane(beside, turns)
    with left:
        turns = _turns(owner, turns)
        below = st.container(key="follow_ups")
    if answering is not None:
        _pane(beside, turns)
    with below:
        _suggestions(owner, turns)
    _go_on()


def _turns(owner: str, turns: Sequence[Turn]) -> list[Turn]:
    """Shows the turns, answering the one that waits for it; all of them as they are afterwards."""
    hidden = len(turns) - _KEPT
    if hidden > 0 and not st.toggle(f"Show {hidden} earlier questions", key="earlier_turns"):
        done = list(turns[:hidden])
    else:
        done = []
    thumbs = state.history().thumbs(owner, [t.id for t in turns])
    for turn in turns[len(done) :]:
        question(turn.question, turn.id)
        fresh = turn.id == session.current().answering
        if fresh:
            components.scroll_to(turn.id)
            turn = _answered(owner, turn, turns)
        _show(owner, turn, thumbs.get(turn.id), fresh=fresh)
        done.append(turn)
    return done


def _answered(owner: str, turn: Turn, turns: Sequence[Turn]) -> Turn:
    """Asks the assistant, showing the answer as it grows; stopping keeps the question."""
    session.remember(answering=None)
    chosen = preferences(state.assistant())
    inquiry = asking.Inquiry(turn.question, asking.earlier(turns, turn.id), chosen.filters, chosen.mode)
    result: Answer | Refusal | None = None
    finished = False
    place = st.empty()
    try:
        waits = 0
        for found in asking.answers(tuned(state.assistant(), chosen), inquiry):
            result = found or result
            waits += found is None
            if waits:
                growing(place, result, waits)
        finished = True
        if result:
            state.history().answer(owner, turn.id, result)
    except RagError as error:
        finished = True
        state.history().fail(owner, turn.id, str(error))
    finally:
        if not finished:
            state.history().stop(owner, turn.id)
    place.empty()
    return state.history().turn(owner, turn.id) or turn


def _show(owner: str, turn: Turn, thumb: FeedbackKind | None, *, fresh: bool) -> None:
    if turn.result is None:
        with st.container(horizontal=True, vertical_alignment="center", key=f"unanswered_{turn.id}"):
            st.markdown(escape_markdown(turn.problem or "This question was stopped before it was answered."))
            st.button("Ask again", key=f"again_{turn.id}", on_click=_again, args=(owner, turn.id))
        return
    if fresh and citations_of(turn.result):
        session.remember(opened=Opened(turn.id, citations_of(turn.result)[0].n))
    opened = session.current().opened
    components.answer(
        f"answer_{turn.id}",
        result_view(turn.result),
        partial(_handle, owner, turn),
        active=opened.n if opened and opened.turn == turn.id else None,
        more={"thumb": thumb, "markdown": as_markdown(turn.result), "search": navigation.has("search")},
        come=turn.id if fresh else None,
    )


def _open_first(turns: Sequence[Turn]) -> None:
    """Nothing is open and nothing was closed: the first citation of the last answer is."""
    now = session.current()
    answered = {turn.id: turn.result for turn in turns if turn.result and citations_of(turn.result)}
    if now.opened and now.opened.turn not in answered:
        now = session.remember(opened=None)
    if answered and now.answering is None and not now.opened and not now.closed:
        last = max(answered)
        session.remember(opened=Opened(last, citations_of(answered[last])[0].n))


def _pane(place: DeltaGenerator, turns: Sequence[Turn]) -> None:
    """The source of the open citation."""
    answered = {turn.id: turn.result for turn in turns if turn.result}
    opened = session.current().opened
    if opened is None or opened.turn not in answered:
        return
    cited = citations_of(answered[opened.turn])
    citation = next((c for c in cited if c.n == opened.n), cited[0])
    focus = f"{opened.turn}.{opened.n}.{opened.count}"
    with place:
        try:
            view = pane.view_of(
                cited, citation, focus=focus, come=opened.count > 0, take_focus=opened.by_keyboard
            )
        except RagError as error:
            st.warning(escape_markdown(str(error)), icon=":material/draft:")
            return
        components.reader("reader", view, partial(_handle_pane, opened, citation.document))


def _suggestions(owner: str, turns: Sequence[Turn]) -> None:
    """Under the last answer: what else the documents that it cites answer."""
    last = turns[-1] if turns else None
    if last is None or last.result is None:
        return
    found = last.suggestions
    if found is None:
        found = _found_suggestions(last.result, [t.question for t in turns])
        state.history().suggest(owner, last.id, found)
    if found:
        small("The documents also answer")
    for i, one in enumerate(found):
        _offer(one, f"follow_up_{last.id}_{i}")


def _found_suggestions(result: Answer | Refusal, asked: Sequence[str]) -> tuple[str, ...]:
    cited = citations_of(result)
    paths = list(dict.fromkeys(c.document for c in cited))
    try:
        documents = [state.document(path) for path in paths]
        return followups.answered(
            state.assistant(), followups.candidates(documents, cited, asked), _SUGGESTIONS, _SECONDS
        )
    except RagError:
        return ()


def _offer(asked: str, key: str) -> None:
    st.button(escape_markdown(asked), key=key, type="tertiary", on_click=ask, args=(asked,), width="stretch")


def _go_on() -> None:
    """What a callback could not do: switch to the Search page."""
    wanted = session.current().searching
    if wanted is not None:
        session.remember(searching=None)
        navigation.go("search", {"q": wanted})


def _submitted() -> None:
    ask(st.session_state["question"] or "")


def ask(asked: str) -> None:
    """Put a question into the open conversation, or a new one; the page answers it when it runs."""
    owner, now = session.reader().id, session.current()
    if not asked.strip():
        return
    try:
        conversation = now.conversation or state.history().begin(owner, asked)
        turn = state.history().ask(owner, conversation, asked.strip())
    except RagError as error:
        session.remember(problem=str(error), conversation=None)
        return
    session.remember(conversation=conversation, answering=turn, asks=now.asks + 1)


def _again(owner: str, turn: int) -> None:
    try:
        state.history().reopen(owner, turn)
        session.remember(answering=turn, asks=session.current().asks + 1)
    except RagError as error:
        session.remember(problem=str(error))


def _handle(owner: str, turn: Turn, event: Event) -> None:
    """What a reader did in an answer. Events come from a browser: what is not understood is ignored."""
    match event.get("kind"):
        case "open" if turn.result and event.get("n") in {c.n for c in citations_of(turn.result)}:
            _open(turn.id, event)
        case "feedback" if event.get("feedback") in list(FeedbackKind):
            _note(owner, turn, event)
        case "retry":
            _again(owner, turn.id)
        case "search":
            session.remember(searching=turn.question)


def _open(turn: int, event: Event) -> None:
    before = session.current().opened
    opened = Opened(turn, int(event["n"]), (before.count if before else 0) + 1, bool(event.get("keyboard")))
    session.remember(opened=opened, closed=False, page=None)


def _handle_pane(opened: Opened, document: str, event: Event) -> None:
    if event.get("kind") == "open" and isinstance(event.get("n"), int):
        _open(opened.turn, event)
    elif event.get("kind") == "close":
        session.remember(opened=None, closed=True)
    else:
        pane.handle(event, state.document(document), pane.PANE)


def _note(owner: str, turn: Turn, event: Event) -> None:
    cited = {c.n for c in citations_of(turn.result)} if turn.result else set()
    citation = event.get("citation")
    try:
        state.history().say(
            owner,
            turn.id,
            FeedbackKind(event["feedback"]),
            citation if citation in cited else None,
            str(event.get("comment") or "")[:2000],
        )
    except RagError as error:
        session.remember(problem=str(error))

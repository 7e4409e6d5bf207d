"""Library: what the index holds, what it could not read, and adding and removing documents."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.errors import IndexBusy, RagError
from rag.formats import SUPPORTED
from rag.index import DocumentSummary
from rag.writing import Location
from ui import auth, filters, grid, navigation, runs, session, state, upkeep, uploads
from ui.inert import escape_markdown, shortened
from ui.library_view import (
    Result,
    any_guessed,
    breakdown,
    columns,
    counted,
    counts,
    facts,
    matching,
    origin,
    outcome_table,
    progress_said,
    skipped_table,
    tally,
)
from ui.links import Place, parameters
from ui.preferences import only_document
from ui.runs import Run
from ui.styles import small
from ui.upkeep import Keeping
from ui.uploads import AT_ONCE, Offered

_TALL = 12
"""Rows that the table shows before it scrolls."""
_EVERY = 0.6
"""Seconds between two looks at a run that is going on."""
_CHOSEN = "library_chosen"
_ORDER = ("Title", "Open", "Date", "Type", "Jurisdictions", "Author", "Pages", "Passages", "From", "Path")


def render() -> None:
    documents = state.documents()
    st.title("Library", anchor=False)
    with st.container(gap="xxsmall"):
        for line in (counts(documents), *breakdown(documents)):
            small(line)
    _run()
    if auth.may_upload(session.reader().signed_in):
        _add(opened=not documents)
    else:
        small("Documents can be added after signing in, or in a browser on the server's own machine.")
    _browse(documents)
    _skipped()
    if auth.may_upload(session.reader().signed_in):
        _maintain()


def _browse(documents: Sequence[DocumentSummary]) -> None:
    words = st.text_input(
        "Find",
        key="library_words",
        persist_state="session",
        type="search",
        placeholder="Title, author, topic or file name",
    )
    found = matching(
        documents,
        filters.filter_bar("library", documents, dated="Dated", by_document=False),
        words or "",
    )
    if len(found) < len(documents):
        small(f"{len(found)} of {counted(len(documents), 'document')}")
    if found:
        _table(found)
    elif documents:
        st.info("No document fits. Take a filter away.", icon=":material/filter_alt_off:")
    _choose(documents)


def _table(found: Sequence[DocumentSummary]) -> None:
    origins = {path: origin(place, str(_keeping().uploads)) for path, place in _locations().items()}
    table = columns(found, origins)
    key = f"library_table_{state.snapshot()}_{hash(tuple(d.path for d in found))}"
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        height="auto" if len(found) <= _TALL else 35 * (_TALL + 1) + 3,
        placeholder="",
        on_select=lambda: _row_chosen(key, [d.path for d in found]),
        selection_mode="single-row",
        column_order=[name for name in _ORDER if any(table[name])],
        column_config={
            "Title": st.column_config.TextColumn(width="large"),
            "Jurisdictions": st.column_config.TextColumn(width="medium"),
            "Open": st.column_config.LinkColumn(display_text="Open", width="small"),
        },
        alt=f"Table of {counted(len(found), 'document')}: title, author, date, type, jurisdictions, size, path",
    )
    if any_guessed(found):
        small("* guessed from the file, not stated in it.")


def _row_chosen(key: str, paths: Sequence[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[_CHOSEN] = paths[rows[0]] if rows and rows[0] < len(paths) else None


def _choose(documents: Sequence[DocumentSummary]) -> None:
    """One document, and what can be done with it."""
    by_path = {d.path: d for d in documents}
    if st.session_state.get(_CHOSEN) not in by_path:
        st.session_state[_CHOSEN] = None
    path = st.selectbox(
        "Document",
        list(by_path),
        index=None,
        key=_CHOSEN,
        format_func=lambda one: f"{by_path[one].metadata.title} — {one}",
        placeholder="Choose a document here or a row above",
    )
    if path is None:
        return
    location = _locations().get(path)
    with st.container(border=True, key="library_document"):
        st.subheader(escape_markdown(by_path[path].metadata.title), anchor=False)
        with st.container(gap="xxsmall"):
            for line in facts(by_path[path], location.place if location else ""):
                small(line)
        with st.container(horizontal=True):
            if st.button("Open", icon=":material/description:", key="library_open"):
                navigation.go("source", parameters(Place(path)))
            if st.button("Ask this document", icon=":material/forum:", key="library_ask"):
                only_document(path)
                navigation.go("ask")
        if auth.may_upload(session.reader().signed_in):
            _remove(path)


def _remove(path: str) -> None:
    location = _locations().get(path)
    mine = location is not None and upkeep.is_upload(location.place, _keeping().uploads)
    asked = "Remove it and delete its file" if mine else "Remove it from the index; its file stays"
    if st.checkbox(asked, key=f"library_sure_{path}"):
        st.button("Remove", type="primary", key="library_remove", on_click=_start_removal, args=(path,))


def _add(*, opened: bool) -> None:
    limit = state.settings().max_file_mb
    again = st.session_state.get("library_added", 0)
    with (
        st.expander("Add documents", icon=":material/add:", expanded=opened, key=f"library_add_{again}"),
        st.form(f"library_form_{again}", border=False),
    ):
        files = st.file_uploader(
            "Files",
            type=[suffix.lstrip(".") for suffix in sorted(SUPPORTED)],
            accept_multiple_files=True,
            max_upload_size=limit,
            key=f"library_files_{again}",
            help=f"{AT_ONCE} at a time, {limit} MB each. They are read in a process of their own, with limits.",
        )
        pasted = st.text_area(
            "Web addresses, one a line",
            key=f"library_addresses_{again}",
            height=90,
            placeholder="https://example.org/treaty.pdf",
        )
        sent = st.form_submit_button("Add to the library", type="primary")
    if sent:
        _start_adding([Offered(file.name, file.getvalue()) for file in files], pasted or "")


def _start_adding(files: Sequence[Offered], pasted: str) -> None:
    if not files and not pasted.strip():
        st.warning("Nothing to add yet: drop files, or paste addresses.")
        return
    keeping = _keeping()
    run = runs.current()
    if run and run.running:
        st.warning("A run is going on: wait until it is done, then press the button again.")
        return
    known = {d.content_hash: d.path for d in state.documents()}
    batch = uploads.take(
        files, pasted, keeping.uploads, known, keeping.limits.max_bytes, anywhere=keeping.anywhere
    )
    number = len(batch.files) + len(batch.addresses) + len(batch.refused)
    doing = f"Adding {counted(number, 'document')}"
    try:
        runs.start(session.reader().id, doing, lambda told: upkeep.add(keeping, batch, told))
    except IndexBusy:
        uploads.discard(saved.path for saved in batch.files)
        raise
    st.session_state["library_added"] = st.session_state.get("library_added", 0) + 1
    st.rerun()


def _start_removal(path: str) -> None:
    keeping = _keeping()
    _start(f"Removing {shortened(path, 60)}", lambda told: upkeep.remove(keeping, path))


def _start_reading() -> None:
    keeping = _keeping()
    _start("Reading the sources again", lambda told: upkeep.read_again(keeping, told))


def _start_rebuild() -> None:
    keeping = _keeping()
    _start("Rebuilding", lambda told: upkeep.rebuild(keeping, told))


def _start(doing: str, work: runs.Work) -> None:
    """From a callback: a problem is told when the page runs."""
    try:
        runs.start(session.reader().id, doing, work)
    except RagError as error:
        session.remember(problem=str(error))


def _run() -> None:
    """The run that is going on, whoever started it, or what came of the reader's own last one."""
    run = runs.current()
    if run and run.running:
        st.fragment(_watch, run_every=_EVERY)(run.number)
    elif run and run.owner == session.reader().id:
        _done(run)


def _watch(number: int) -> None:
    run = runs.current()
    if run is None or run.number != number or not run.running:
        st.rerun()
    else:
        share, words = progress_said(run.doing, run.progress)
        st.progress(share, text=escape_markdown(words))


def _done(run: Run) -> None:
    if st.session_state.get("library_seen") == run.number:
        return
    outcomes = run.outcomes or ()
    with st.container(border=True, key="library_result"):
        if run.problem:
            st.error(escape_markdown(run.problem), icon=":material/error:")
        elif not outcomes:
            st.success("Nothing had changed.", icon=":material/check:")
        else:
            refused = any(one.result is Result.REFUSED for one in outcomes)
            said = escape_markdown(f"{run.doing}: {tally(outcomes)}.")
            (st.warning if refused else st.success)(
                said, icon=":material/rule:" if refused else ":material/check:"
            )
            grid.show(f"library_outcomes_{run.number}", [outcome_table(outcomes)])
        st.button("Close", key="library_close", type="tertiary", on_click=_close, args=(run.number,))


def _close(number: int) -> None:
    st.session_state["library_seen"] = number


def _skipped() -> None:
    skipped = state.assistant().index.skipped()
    if skipped:
        with st.expander(
            f"{counted(len(skipped), 'file')} could not be read in the last run", icon=":material/report:"
        ):
            grid.show("library_skipped", [skipped_table(skipped)])


def _maintain() -> None:
    with st.expander("Maintenance", icon=":material/build:"):
        small("Read again takes up files that changed. Rebuild makes the index afresh of the same sources.")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Read the sources again", key="library_read", on_click=_start_reading)
            sure = st.checkbox("Rebuild it all", key="library_rebuild_sure")
            st.button(
                "Rebuild", key="library_rebuild", type="primary", disabled=not sure, on_click=_start_rebuild
            )


def _keeping() -> Keeping:
    chosen = state.settings()
    shared = state.assistant()
    folder = uploads.uploads_folder(chosen.index, state.data_folder())
    anywhere = auth.may_upload(signed_in=False)
    return Keeping(chosen.index.resolve(), folder, shared.embedder, chosen, anywhere)


def _locations() -> dict[str, Location]:
    return {one.path: one for one in state.assistant().index.locations()}

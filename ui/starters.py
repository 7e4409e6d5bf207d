"""Questions to begin with: some that the documents are known to answer, the same for everybody."""

from __future__ import annotations

import streamlit as st

from rag.assistant import Assistant
from ui import followups, state

_WANTED, _SECONDS = 4, 3.0
_DOCUMENTS = 8


def starters() -> tuple[str, ...]:
    return _starters(state.snapshot(), state.assistant())


@st.cache_data(show_spinner=False, max_entries=2)
def _starters(snapshot: str, _shared: Assistant) -> tuple[str, ...]:
    """On the subjects of documents spread evenly over the list, then on their headings."""
    paths = [d.path for d in _shared.index.documents()]
    step = max(1, len(paths) // _DOCUMENTS)
    documents = [_shared.index.document(path) for path in paths[::step][:_DOCUMENTS]]
    subjects = [asked for d in documents if (asked := followups.question_about(d))]
    return followups.answered(_shared, [*subjects, *followups.candidates(documents)], _WANTED, _SECONDS)

"""The Streamlit application: `rag ui`, or `streamlit run ui/app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from rag.errors import RagError
from ui import identity, navigation, session, signin, state
from ui.inert import escape_markdown
from ui.styles import style_sheet

ICON = Path(__file__).with_name("frontend") / "icon.svg"


def main() -> None:
    st.set_page_config(page_title=navigation.NAME, page_icon=str(ICON), layout="wide")
    style_sheet()
    identity.keep()
    page = navigation.choose()
    if not signin.admitted():
        return
    navigation.entitle(page.title)
    session.remember(reader=identity.reader())
    _tell()
    try:
        page.run()
        state.show_facts(st.sidebar if navigation.has_sidebar(page) else st.container())
    except RagError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")


def _tell() -> None:
    """A problem that a callback met, once."""
    problem = session.current().problem
    if problem:
        session.remember(problem="")
        st.toast(escape_markdown(problem), icon=":material/error:")


main()

"""Quality: the latest evaluation against the baseline, and what readers said of answers."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from rag.errors import RagError, UsageError
from rag.types import Document
from ui import auth, evaluated, grid, session, state
from ui.candidates import candidates
from ui.evaluated import BASELINE, RUN, Evaluated
from ui.inert import escape_markdown
from ui.quality_view import (
    curve_chart,
    curve_rows,
    curve_said,
    feedback_table,
    figures_table,
    headline,
    verdict,
    worse_tables,
    worst_tables,
)
from ui.styles import small

_FEEDBACK_SHOWN = 200


def render() -> None:
    st.title("Quality", anchor=False)
    run, feedback = st.tabs(["Evaluation", "Feedback"])
    with run:
        _evaluation()
    with feedback:
        _feedback()


def _evaluation() -> None:
    if not RUN.is_file():
        small("Nothing has been measured yet. This command asks the gold questions and writes the figures:")
        st.code("rag eval", language=None)
        small(f"It writes {RUN}, below the folder that this server was started in; then reload this page.")
        return
    try:
        found = _read(evaluated.stamp(RUN, BASELINE))
    except RagError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    written = datetime.fromtimestamp(RUN.stat().st_mtime, UTC).strftime("written %Y-%m-%d %H:%M UTC")
    small(headline(found, written))
    _verdict(found)
    grid.show("quality_figures", [figures_table(found)])
    _curve(found)
    _cases(found)


@st.cache_resource(show_spinner="Drawing intervals …", max_entries=2)
def _read(stamps: tuple[str, ...]) -> Evaluated:
    return evaluated.read(RUN, BASELINE)


def _verdict(found: Evaluated) -> None:
    if found.notice:
        st.info(escape_markdown(found.notice), icon=":material/info:")
    said = escape_markdown(verdict(found.gate))
    if found.gate.passed and found.baseline is None:
        small("Every figure is within its limit. The run was compared with no baseline.")
        return
    if found.gate.passed:
        st.success(said, icon=":material/check:")
        return
    reasons = "\n".join(f"- {escape_markdown(finding.message)}" for finding in found.gate.findings)
    st.error(f"{said}\n\n{reasons}", icon=":material/block:")


def _curve(found: Evaluated) -> None:
    st.subheader("Risk and coverage", anchor=False)
    small("Answering only the surest questions, how wrong are the answers? Lower is better.")
    with st.container(key="quality_curve", width=760):
        st.vega_lite_chart(curve_rows(found), curve_chart(found), alt=curve_said(found))


def _cases(found: Evaluated) -> None:
    worse = worse_tables(found.gate.worse)
    if worse:
        st.subheader(f"Worse than the baseline: {len(found.gate.worse)}", anchor=False)
        grid.show("quality_worse", worse)
    worst = worst_tables(found.run.results, _document)
    st.subheader("Worst cases", anchor=False)
    if worst:
        grid.show("quality_worst", worst)
    else:
        small("Every case is answered in full.")


def _document(path: str) -> Document | None:
    try:
        return state.document(path)
    except UsageError:
        return None


def _feedback() -> None:
    """The reader's own; everybody's on the server's own machine, where there is no sign-in."""
    everybody = auth.may_upload(signed_in=False) and st.toggle("Everybody's", key="quality_everybody")
    given = state.history().feedback(None if everybody else session.reader().id)
    if not given:
        small("No feedback yet. Under every answer: Helpful, Not helpful, and Report for a wrong citation.")
        return
    small(
        f"{len(given)} remarks, the latest first. As gold cases they wait for a person to read and complete them."
    )
    st.download_button(
        "Download as candidate gold cases",
        lambda: candidates(given),
        "candidates.jsonl",
        "application/x-ndjson",
        icon=":material/download:",
        on_click="ignore",
        key="quality_download",
    )
    grid.show("quality_feedback", [feedback_table(given[:_FEEDBACK_SHOWN], _day)])


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")

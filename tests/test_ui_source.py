"""The Source page and its links."""

from __future__ import annotations

import pytest
from pages import mounted, opened, switched
from streamlit.testing.v1 import AppTest

from rag.assistant import Assistant
from ui.launch import APPLICATION
from ui.links import Place, parameters

pytestmark = pytest.mark.usefixtures("served")


def source(place: Place) -> AppTest:
    """The Source page at a place, as a link opens it."""
    app = AppTest.from_file(str(APPLICATION), default_timeout=60).run()
    for name, value in parameters(place).items():
        app.query_params[name] = value
    switched(app, "source")
    assert not app.exception, app.exception
    return app


def test_the_source_page_opens_a_link_at_its_sentence(quick: Assistant) -> None:
    document = quick.index.document("law/ferry-regulation.md")
    quote = "A licence is valid for five years, unless the Harbour Authority withdraws it."
    start = document.text.index(quote)
    app = source(Place(document.path, start, start + len(quote), document.content_hash[:8]))
    (reader,) = mounted(app, "reader")
    assert reader["quote"] == quote
    assert "Art. 2" not in reader["place"]
    assert reader["notice"] == ""


def test_a_link_to_an_older_version_says_so() -> None:
    (reader,) = mounted(source(Place("law/ferry-regulation.md", 3, 9, "00000000")), "reader")
    assert "has changed since this link was made" in reader["notice"]


def test_a_place_that_is_not_there_opens_the_document() -> None:
    (reader,) = mounted(source(Place("law/ferry-regulation.md", 3, 10**9)), "reader")
    assert reader["quote"] == ""
    assert "is not in it" in reader["notice"]


def test_an_unknown_document_is_an_error_that_names_near_ones() -> None:
    app = source(Place("law/ferry-regulations.md"))
    assert r"law\/ferry\-regulation\.md" in app.error[0].value


def test_a_link_to_nothing_lets_one_choose_instead() -> None:
    app = source(Place("law/ferry-regulations.md"))
    app.selectbox[0].select("law/ferry-regulation.md").run()
    (reader,) = mounted(app, "reader")
    assert (reader["title"], list(app.error)) == ("Ferry Regulation", [])


def test_without_a_link_the_source_page_lets_one_choose() -> None:
    app = opened("source")
    app.selectbox[0].select("law/ferry-regulation.md").run()
    (reader,) = mounted(app, "reader")
    assert reader["title"] == "Ferry Regulation"

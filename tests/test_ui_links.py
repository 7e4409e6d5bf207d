from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from rag.citations import cite
from rag.types import Document, Metadata
from ui.links import SOURCE, Place, address, parameters, place_of, read_place

PLACES = st.builds(
    lambda document, span, version: Place(document, span[0], span[0] + span[1], version),
    st.text(min_size=1, max_size=30),
    st.tuples(st.integers(0, 10**6), st.integers(1, 10**4)),
    st.sampled_from(["", "0123abcd"]),
)


@given(PLACES)
def test_a_place_survives_its_own_link(place: Place) -> None:
    parts = urlsplit(address(place))
    assert parts.path == SOURCE
    assert read_place(dict(parse_qsl(parts.query))) == place


@given(st.text(min_size=1))
def test_so_does_a_whole_document(path: str) -> None:
    assert read_place(parameters(Place(path))) == Place(path)


def test_without_a_document_there_is_no_place() -> None:
    assert read_place({"start": "1", "end": "2"}) is None


@given(st.sampled_from(["x", "-1", "1.5", "", "9" * 40, "٣", "0x10"]))
def test_a_number_that_is_none_opens_the_document(written: str) -> None:
    assert read_place({"document": "a.md", "start": written, "end": "9"}) == Place("a.md")


def test_a_link_knows_whether_the_document_has_changed() -> None:
    document = Document("a.md", "One. Two.", Metadata("A"), "0123abcd99")
    place = place_of(cite(document, 5, 9, 1), document)
    assert place == Place("a.md", 5, 9, "0123abcd")
    assert place.is_current(document)
    assert not place.is_current(Document("a.md", "One.", Metadata("A"), "ffff"))


def test_a_span_outside_the_text_is_none() -> None:
    document = Document("a.md", "One. Two.", Metadata("A"), "00")
    assert Place("a.md", 5, 9).span_in(document) == (5, 9)
    for start, end in ((5, 10), (5, 5), (9, 5)):
        assert Place("a.md", start, end).span_in(document) is None

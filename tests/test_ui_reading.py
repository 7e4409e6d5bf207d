from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.types import Document, Metadata, Section
from ui.reading import Kind, Mark, Window, blocks, marked_text, path_at, window

TEXT = (
    "The law\n\nWho may apply.[S1] Nobody else.[S2]\n\n"
    "Fees\n\n- small ferry\n- large ferry\n\nYear | Fee\n2017 | 120\n\n[S1] The gazette, 2011"
)


def document(text: str = TEXT) -> Document:
    fees = text.find("Fees") if "Fees" in text else len(text)
    sections = (Section(("The law",), None, 0, fees), Section(("The law", "Fees"), None, fees, len(text)))
    return Document("law.md", text, Metadata("The law"), "00", sections=sections)


WHOLE = Window(0, len(TEXT), len(TEXT))


def test_lines_are_told_apart() -> None:
    kinds = [block.kind for block in blocks(document(), WHOLE)]
    assert kinds == [
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.HEADING,
        Kind.ITEM,
        Kind.ITEM,
        Kind.ROW,
        Kind.ROW,
        Kind.REFERENCE,
    ]


def test_a_row_has_its_cells() -> None:
    rows = [b for b in blocks(document(), WHOLE) if b.kind is Kind.ROW]
    assert [["".join(run.text for run in cell) for cell in row.cells] for row in rows] == [
        ["Year", "Fee"],
        ["2017", "120"],
    ]


def test_the_active_mark_covers_the_quote_exactly() -> None:
    start = TEXT.index("Nobody")
    marks = [Mark(start, start + 12, 2, active=True), Mark(9, 23, 1)]
    shown = blocks(document(), WHOLE, marks)
    assert marked_text(shown) == "Nobody else."
    others = [run.text for block in shown for cell in block.cells for run in cell if run.n == 1]
    assert others == ["Who may apply."]


def test_reference_marks_are_quiet_unless_quoted() -> None:
    runs = [run for block in blocks(document(), WHOLE) for cell in block.cells for run in cell]
    assert [run.text for run in runs if run.quiet] == ["[S1]", "[S2]"]
    start = TEXT.index("Who")
    covered = blocks(document(), WHOLE, [Mark(start, TEXT.index(" Nobody"), 1, active=True)])
    assert marked_text(covered) == "Who may apply.[S1]"


def test_the_headings_above_a_place_leave_out_the_title() -> None:
    assert path_at(document(), TEXT.index("small")) == ("Fees",)
    assert path_at(document(), 0) == ()


LINES = st.lists(st.text(alphabet="ab .-[S1]", max_size=12), min_size=1, max_size=12).map("\n".join)


@given(LINES, st.data())
def test_what_is_marked_is_what_stands_there(text: str, data: st.DataObject) -> None:
    spans = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    (start, end), (a, b) = data.draw(spans), data.draw(spans)
    shown = blocks(
        document(text), Window(0, len(text), len(text)), [Mark(start, end, 1, True), Mark(a, b, 2)]
    )
    assert marked_text(shown).split() == text[start:end].split()


@given(LINES, st.integers(1, 40), st.data())
def test_a_window_holds_its_place_and_never_more_than_its_room(
    text: str, room: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + room)))
    shown = window(text, (start, end), room)
    assert 0 <= shown.start <= shown.end <= len(text)
    assert shown.end - shown.start <= max(room, 1)
    if end - start <= room // 2:
        assert shown.start <= start
        assert end <= shown.end


@given(LINES, st.integers(4, 40))
def test_later_reaches_the_end_and_earlier_the_beginning(text: str, room: int) -> None:
    shown = window(text, (0, 0), room)
    for _ in range(2 + 4 * len(text) // room):
        shown = shown.later(text, room)
    assert not shown.after or shown.end >= len(text.rstrip("\n")) or text[shown.end :].strip() == ""
    for _ in range(2 + 4 * len(text) // room):
        shown = shown.earlier(text, room)
    assert not text[: shown.start].strip()


def test_a_paragraph_of_five_megabytes_is_cut() -> None:
    text = "word " * 1_000_000
    quoted = (2_500_000, 2_500_004)
    shown = window(text, quoted, 20_000)
    (only,) = blocks(Document("a", text, Metadata("A"), "0"), shown, [Mark(*quoted, 1, active=True)])
    assert only.cut
    assert marked_text([only]) == "word"
    assert sum(len(run.text) for cell in only.cells for run in cell) <= 20_000

"""The corpus: metadata that holds, notes that resolve, the article word for word, formats that agree."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pypdfium2
import pytest
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.chunks import split_sentences
from rag.dates import iso_date
from rag.documents import Limits, Reader, find_files, read_file
from rag.types import Document

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
SOURCES = CORPUS / ".sources"
ARTICLE = "article/friend-turned-enemys-enemy.md"
ARTICLE_SHA256 = "f382075129b27b25ba7ec96c469da616212c07e1c502cd580207a305557647a9"
CONVERTED = {"sco-rats": ".pdf", "durand-line": ".docx", "wakhan": ".html"}
SUFFIXES = {".md": "Markdown", ".pdf": "PDF", ".docx": "DOCX", ".html": "HTML"}

_URL = r"https?://[^\s/]+\.\S+"
_DEFINITION = re.compile(r"^\[\^(\w+)\]: (.*)$", re.MULTILINE)
_MARK = re.compile(r"\[\^(\w+)\](?!:)")
_ROW = re.compile(r"^\| \[(?P<path>[^\]]+)\]\((?P<link>[^)]+)\) \| (?P<rest>.+) \|$", re.MULTILINE)


def _iso(value: date | str) -> str:
    written = str(value)
    assert iso_date(value) == written, f"{written} is not an ISO date"
    return written


def _interval(value: str) -> str:
    start, end = map(_iso, value.split("/"))
    assert start <= end + "~", f"{value} ends before it begins"
    return value


def _distinct(values: list[str]) -> list[str]:
    assert len(set(values)) == len(values), f"{values} repeats itself"
    return values


Day = date
Iso = Annotated[date | str, AfterValidator(_iso)]
Address = Annotated[str, Field(pattern=rf"^({_URL}( ; {_URL})*|corpus/\S+)$")]
Words = Annotated[str, Field(min_length=2)]
WordList = Annotated[list[Words], Field(min_length=1), AfterValidator(_distinct)]


class SourceEntry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: Annotated[str, Field(pattern=r"^S\d+$")]
    title: Words
    publisher: Words | None = Field()
    date: Iso | None = Field()
    address: Address | None = Field()


class FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    title: Words
    type: Literal[
        "treaty brief",
        "declaration brief",
        "timeline",
        "profile",
        "country brief",
        "explainer",
        "study brief",
    ]
    date: Day
    dates_covered: Annotated[str, AfterValidator(_interval)]
    jurisdictions: WordList
    topics: WordList
    sources: Annotated[list[SourceEntry], Field(min_length=1)]
    retrieved: Day


@dataclass(frozen=True, slots=True)
class Brief:
    """`indexed` is the file that the index reads, `body` the Markdown below the front matter."""

    indexed: Path
    front: dict[str, Any]
    body: str

    @property
    def prose(self) -> str:
        return _DEFINITION.sub("", self.body)


def _split(path: Path) -> tuple[str, str]:
    front, body = path.read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n", 1)
    return front, body


def _brief(name: str) -> Brief:
    if suffix := CONVERTED.get(name):
        indexed = CORPUS / "briefs" / f"{name}{suffix}"
        front = Path(f"{indexed}.meta.yaml").read_text(encoding="utf-8")
        return Brief(indexed, yaml.safe_load(front), _split(SOURCES / f"{name}.md")[1])
    indexed = CORPUS / "briefs" / f"{name}.md"
    front, body = _split(indexed)
    return Brief(indexed, yaml.safe_load(front), body)


BRIEFS = {
    name: _brief(name) for name in sorted({*CONVERTED, *(p.stem for p in (CORPUS / "briefs").glob("*.md"))})
}


@pytest.fixture(params=list(BRIEFS.values()), ids=list(BRIEFS))
def brief(request: pytest.FixtureRequest) -> Brief:
    found: Brief = request.param
    return found


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """Every document of the corpus, by its path below it."""
    with Reader() as reader:
        names = {path.relative_to(CORPUS).as_posix(): path for path in find_files(CORPUS)}
        return {name: reader.read(path, name) for name, path in names.items()}


def _build(folder: Path, zone: str) -> Path:
    subprocess.run(
        [sys.executable, str(SOURCES / "build_formats.py"), "--to", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TZ": zone},
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("formats"), "UTC")


def test_thirty_briefs_and_the_article_in_four_formats(documents: dict[str, Document]) -> None:
    expected = {ARTICLE, *(f"briefs/{one.indexed.name}" for one in BRIEFS.values())}
    assert len(BRIEFS) == 30
    assert set(documents) == expected
    assert {Path(name).suffix for name in documents} == set(SUFFIXES)


def test_metadata_is_stated_and_not_guessed(documents: dict[str, Document]) -> None:
    for name, document in documents.items():
        assert document.metadata.inferred == frozenset(), name
        assert (document.metadata.author is None) == (name != ARTICLE), name


def test_front_matter_follows_the_schema(brief: Brief) -> None:
    front = FrontMatter.model_validate(brief.front)
    for source in front.sources:
        assert source.date is None or str(source.date) <= front.retrieved.isoformat(), source.id
        if source.address and source.address.startswith("corpus/"):
            assert (ROOT / source.address).is_file(), source.address


def test_schema_refuses_what_is_missing_or_misspelt() -> None:
    good = BRIEFS["wakhan"].front
    bad: list[dict[str, Any]] = [
        {key: value for key, value in good.items() if key != "retrieved"},
        {**good, "type": "essay"},
        {**good, "jurisdictions": []},
        {**good, "dates_covered": "2024-12/1893"},
        {**good, "dates_covered": "1893 to 2024"},
        {**good, "topic": ["borders"]},
        {**good, "sources": [{"id": "S1", "title": "No publisher, date or address"}]},
    ]
    for front in bad:
        with pytest.raises(ValueError, match="FrontMatter"):
            FrontMatter.model_validate(front)


def test_marks_definitions_and_sources_are_the_same_set(brief: Brief) -> None:
    sources = {one["id"]: one for one in brief.front["sources"]}
    definitions = _DEFINITION.findall(brief.body)
    assert Counter(label for label, _ in definitions) == Counter(one["id"] for one in brief.front["sources"])
    assert set(_MARK.findall(brief.prose)) == set(sources)
    for label, definition in definitions:
        assert definition.startswith(sources[label]["title"]), label
        assert (sources[label]["address"] or "") in definition, label


def test_brief_opens_with_its_title_and_has_a_fair_length(brief: Brief) -> None:
    words = _MARK.sub("", brief.prose).split()
    assert re.findall(r"^# (.+)$", brief.body, re.MULTILINE) == [brief.front["title"]]
    assert 450 <= len(words) <= 1500


def test_no_two_documents_share_a_title(documents: dict[str, Document]) -> None:
    titles = Counter(document.metadata.title.casefold() for document in documents.values())
    assert titles.most_common(1)[0][1] == 1


def test_article_has_the_words_of_its_author_and_no_others() -> None:
    _, body = _split(CORPUS / ARTICLE)
    words = re.sub(r"^#+ ", "", body, flags=re.MULTILINE).split()
    assert len(words) == 1499
    assert hashlib.sha256(" ".join(words).encode()).hexdigest() == ARTICLE_SHA256


def test_article_headings_are_sections_and_its_date_is_stated(documents: dict[str, Document]) -> None:
    article = documents[ARTICLE]
    headings = (
        "Sharing a Twin-Taliban problem",
        "Connectivity as a pressure point",
        "Looking at Kabul from Islamabad and New Delhi",
    )
    title = article.metadata.title
    assert [section.path for section in article.sections] == [
        (title,),
        *((title, heading) for heading in headings),
    ]
    assert article.metadata.date == "2024-07-20"
    assert article.metadata.author == "Dr. Gaurav Saini"


@pytest.mark.parametrize("name", CONVERTED)
def test_converted_brief_says_what_its_markdown_says(name: str, documents: dict[str, Document]) -> None:
    source = read_file(SOURCES / f"{name}.md", f"{name}.md", Limits())
    converted = documents[f"briefs/{name}{CONVERTED[name]}"]
    sentences = [text for section in source.sections for text in _sentences(source, section.path[-1])]
    assert len(sentences) > 20
    assert [text for text in sentences if text not in converted.text] == []
    assert [one.path[-1] for one in converted.sections] == [one.path[-1] for one in source.sections]
    assert converted.metadata == source.metadata


def _sentences(document: Document, heading: str) -> Iterator[str]:
    if heading == "Notes":
        return
    section = next(one for one in document.sections if one.path[-1] == heading)
    for sentence in split_sentences(document.text, section.start, section.end):
        yield sentence.text


@pytest.mark.parametrize(("name", "suffix"), CONVERTED.items())
def test_built_formats_are_up_to_date(
    name: str, suffix: str, built: Path, documents: dict[str, Document]
) -> None:
    """By their text and not their bytes: another version of a library may write other bytes."""
    fresh = read_file(built / f"{name}{suffix}", f"briefs/{name}{suffix}", Limits())
    kept = documents[fresh.path]
    stale = "run `make corpus-formats`"
    assert (fresh.text, fresh.sections, fresh.pages) == (kept.text, kept.sections, kept.pages), stale
    sidecar = f"{name}{suffix}.meta.yaml"
    assert (built / sidecar).read_bytes() == (CORPUS / "briefs" / sidecar).read_bytes(), stale


def test_building_twice_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = _build(tmp_path, "Asia/Karachi")
    names = sorted(path.name for path in built.iterdir())
    assert len(names) == 2 * len(CONVERTED)
    assert [(again / name).read_bytes() for name in names] == [(built / name).read_bytes() for name in names]


def test_properties_of_the_built_files_state_the_brief_and_no_clock(built: Path) -> None:
    with pypdfium2.PdfDocument(built / "sco-rats.pdf") as pdf:
        stated = pdf.get_metadata_dict(skip_empty=True)
    assert stated == {"Title": BRIEFS["sco-rats"].front["title"], "CreationDate": "D:20261125000000Z"}
    with zipfile.ZipFile(built / "durand-line.docx") as archive:
        assert {part.date_time for part in archive.infolist()} == {(2026, 11, 25, 0, 0, 0)}


def test_pdf_has_pages_and_a_paragraph_that_runs_over_two(documents: dict[str, Document]) -> None:
    pdf = documents["briefs/sco-rats.pdf"]
    assert [page.number for page in pdf.pages] == [1, 2, 3]
    assert not re.search(r"Page \d of \d", pdf.text)
    assert "\n" not in pdf.text[pdf.pages[1].start - 40 : pdf.pages[1].start + 40]


def test_readme_lists_every_document_as_it_is(documents: dict[str, Document]) -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    rows = {row["path"]: row["rest"] for row in _ROW.finditer(readme) if row["path"] == row["link"]}
    assert rows == {name: _row(document) for name, document in documents.items()}


def _row(document: Document) -> str:
    known = document.metadata
    covered = (known.dates_covered or known.date or "").replace("/", " to ")
    return f"{known.type} | {covered} | {SUFFIXES[Path(document.path).suffix]}"

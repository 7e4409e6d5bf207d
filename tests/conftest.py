"""A small library of four documents and its indexes, one with the hash embedder and one with the real model;
and the fixtures that several files of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import indexes
import pytest
from embedders import HashEmbedder
from hypothesis import settings as hypothesis_settings
from worlds import DRONES, MINES, World

from rag.assistant import Assistant
from rag.config import load_settings
from rag.documents import Limits, Reader
from rag.embedding import load_embedder
from rag.index import Index
from rag.indexing import update_index
from rag.types import Document, Embedder

hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)  # the same examples for everyone
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "local")

LIBRARY = {
    "briefs/river-mines.md": """
        ---
        title: The Orlova Convention on river mines
        author: Dr. Mira Halden
        date: 2024-03-05
        type: brief
        jurisdictions: [Velmark, Ostrana]
        sources:
          - {id: S1, title: Annual report of the depositary, publisher: Orlova Secretariat, date: 2023-11-02}
          - {id: S2, title: "Letter of the Ostranan mission", address: "https://example.org/letter"}
        ---

        # The Orlova Convention on river mines

        ## What the convention bans

        The Orlova Convention bans the laying of mines in navigable rivers.[^S1] Dr. Mira Halden led the
        negotiation of its text, which ended on 3 March 1995. The convention entered into force on 12
        September 1998, after twenty states had ratified it.[^S1][^S2] Velmark destroyed 4,200 river mines
        between 1999 and 2003. The Ostranan Navy (ON) has cleared the Lesna, a border river.

        ## Joint inspection

        In June 2023 Velmark sent its first inspectors to Ostrana under the Joint Inspection Scheme (JIS), a
        scheme conceived in 1995. This nearly 30-year delay shows how little the two states trusted each
        other. It was caused above all by a dispute over who pays the inspectors.

        [^S1]: Annual report of the depositary, Orlova Secretariat, 2 November 2023
        [^S2]: Letter of the Ostranan mission, https://example.org/letter
        """,
    "briefs/karst-border.md": """
        ---
        title: Clashes on the Karst border
        author: Ivo Brenn
        date: 2022-06
        type: timeline
        jurisdictions: [Velmark, Karstia]
        ---

        # Clashes on the Karst border

        Velmark claims that its forces killed dozens of Ilyrians and more than 20 Karstians in operations
        during 2021. The Karstian army, the weakest in the region, has so far avoided cross-border strikes
        against Velmark. Karstia expelled the Red Banner militia in 2016. General Tomas Reuel commands the
        garrison at Mirov, which holds 1,200 soldiers.

        The government of Karstia celebrated the return of the Velmark assembly in 2021. Trade through the
        Mirov crossing increased by 14 percent in 2022, because Velmark lifted its tariff on timber.
        """,
    "law/ferry-regulation.md": """
        ---
        title: Ferry Regulation
        date: 2011-05-30
        type: regulation
        jurisdictions: [Ostrana]
        ---

        # Ferry Regulation

        ## Article 1 Licences

        (1) No ferry may operate on the Lesna without a licence.

        (2) A licence is valid for five years, unless the Harbour Authority withdraws it.

        ## Article 2 Fees

        (1) The fee for a ferry licence is EUR 120 for a small ferry.

        (2) The fee is EUR 480 for a large ferry.
        """,
    "reports/lindos-port.md": """
        ---
        title: The port of Lindos
        date: 2019-02-11
        type: report
        jurisdictions: [Ostrana, Karstia]
        ---

        # The port of Lindos

        The port of Lindos handled 3.5 million tonnes of cargo in 2018. It closed to container ships from
        July 2014 to April 2016, when a storm had destroyed the northern pier. The harbour master, Captain Ana
        Weiss, ordered the repair.

        | Year | Cargo | Ships |
        |---|---|---|
        | 2017 | 3.1 million tonnes | 2,100 |
        | 2018 | 3.5 million tonnes | 2,340 |

        The port offers:

        - bunkering for coastal ships;
        - pilots at all hours, e.g. for tankers;
        - a customs office.
        """,
}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the four documents."""
    folder = tmp_path_factory.mktemp("library")
    for name, text in LIBRARY.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def hashing() -> HashEmbedder:
    return HashEmbedder(dimension=64, max_tokens=256)


@pytest.fixture(scope="session")
def hashed_index(library: Path, hashing: HashEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the library by the hash embedder; no model is loaded."""
    return _indexed(tmp_path_factory.mktemp("hashed") / "index", library, hashing, 25)


@pytest.fixture(scope="session")
def quick(hashed_index: Path, hashing: HashEmbedder) -> Iterator[Assistant]:
    """An assistant without a model, which answers whatever it is asked."""
    with Assistant(Index.open(hashed_index), hashing, load_settings(strictness=0)) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model; counting tokens does not load its weights."""
    return load_embedder()


@pytest.fixture(scope="session")
def real_index(library: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _indexed(tmp_path_factory.mktemp("real") / "index", library, embedder, 200)


@pytest.fixture(scope="session")
def assistant(real_index: Path, embedder: Embedder) -> Iterator[Assistant]:
    with Assistant(Index.open(real_index), embedder, load_settings()) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits(seconds=30)) as opened:
        yield opened


@pytest.fixture
def read(reader: Reader, tmp_path: Path):
    """Writes a file and reads it: read("a.md", "text or bytes")."""

    def write_and_read(name: str, content: str | bytes) -> Document:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return reader.read(path, name)

    return write_and_read


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return indexes.build(tmp_path / "index", *indexes.library(20))


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write("article/drones.md", DRONES)
    world.write("mines.md", MINES)
    return world


def _indexed(directory: Path, folder: Path, embedder: Embedder, chunk_tokens: int) -> Path:
    report = update_index(directory, [str(folder)], embedder, Limits(), chunk_tokens)
    assert not report.skipped
    return directory


@pytest.fixture
def served(
    hashed_index: Path, hashing: HashEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The browser interface over the index of the library; no model is loaded."""
    import streamlit
    from pages import serving

    from ui import followups

    monkeypatch.setattr(followups, "_NEAR", 0.2)  # the hash embedder's cosines are small
    streamlit.cache_data.clear()
    with serving(hashed_index, hashing, tmp_path / "data", monkeypatch):
        yield

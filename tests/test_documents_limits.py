"""Empty, oversized and hostile files: a named error each, and the run goes on."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from rag.documents import Limits, Reader, read_file
from rag.errors import DamagedDocument, EmptyDocument, OversizedDocument


class TestLimitsAndFailures:
    @pytest.mark.parametrize("name", ["a.md", "a.txt", "a.pdf", "a.docx", "a.html"])
    @pytest.mark.parametrize("content", [b"", b" \n\t "])
    def test_nothing_in_it(self, read, name: str, content: bytes) -> None:
        with pytest.raises(EmptyDocument, match=rf"^{name} is empty: "):
            read(name, content)

    @pytest.mark.parametrize(("name", "content"), [("a.md", "---\ntitle: T\n---\n"), ("a.html", "<p> </p>")])
    def test_no_words_in_it(self, read, name: str, content: str) -> None:
        with pytest.raises(EmptyDocument):
            read(name, content)

    def test_too_many_bytes_names_the_limit_and_the_setting(self, tmp_path: Path) -> None:
        path = tmp_path / "a.md"
        path.write_text("word " * 1000)
        with pytest.raises(
            OversizedDocument, match=r"^a\.md has 0\.0 MB, more than the limit of 0\.001 MB.*RAG_MAX_FILE_MB$"
        ):
            read_file(path, "a.md", Limits(max_bytes=1000))
        with pytest.raises(OversizedDocument, match="more than 100 characters"):
            read_file(path, "a.md", Limits(max_characters=100))

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DamagedDocument, match=r"^a\.md cannot be opened"):
            read_file(tmp_path / "a.md", "a.md", Limits())

    def test_a_hanging_parser_is_ended_and_the_next_file_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader(Limits(seconds=3)) as reader:
            reader.read(path, "a.html")
            os.kill(worker_id(reader), signal.SIGSTOP)
            with pytest.raises(OversizedDocument, match=r"^a\.html took longer than 3 seconds"):
                reader.read(path, "a.html")
            assert reader.read(path, "a.html").text == "Words."

    def test_a_crashing_parser_costs_one_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader() as reader:
            reader.read(path, "a.html")
            before = worker_id(reader)
            os.kill(before, signal.SIGSTOP)
            threading.Timer(0.2, os.kill, (before, signal.SIGKILL)).start()
            with pytest.raises(DamagedDocument, match=r"^a\.html crashed its parser"):
                reader.read(path, "a.html")
            assert reader.read(path, "a.html").text == "Words."
            assert worker_id(reader) != before

    def test_one_parsing_process_serves_many_files_and_ends_with_its_reader(self, tmp_path: Path) -> None:
        path = tmp_path / "a.html"
        path.write_text("<p>Words.</p>")
        with Reader() as reader:
            reader.read(path, "a.html")
            first = worker_id(reader)
            reader.read(path, "a.html")
            assert worker_id(reader) == first
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


def worker_id(reader: Reader) -> int:
    process = reader._worker._process
    assert process is not None
    return process.pid

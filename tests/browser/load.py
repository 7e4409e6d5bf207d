"""Many readers at once: `python tests/browser/load.py [SECONDS] [READERS]`, one minute of ten by default.

A reader speaks the protocol that Streamlit's own page speaks, so that ten of them cost the server what ten
browsers would and this machine hardly anything: connects with a cookie of its own, asks, waits for the
answer as a component on the page, reads for a while, asks again, begins a new conversation.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from threading import Lock, Thread
from typing import Any

from serving import ROOT, build_index, started
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

QUESTIONS = (
    "Why did QTTA usage take 28 years?",
    "What is the Wakhan Corridor?",
    "What is CASA-1000?",
    "When did Tajikistan launch its airstrikes?",
    "What is the Regional Anti-Terrorist Structure of the SCO?",
    "What does the Bank of Japan say about interest rates?",
    "Who signed the QTTA in 1995?",
    "How long is the border of Tajikistan with Afghanistan?",
)
READS = (4.0, 12.0)
"""Seconds between an answer and the next question, at random."""
_TURNS, _PATIENCE, _WARM = 6, 60.0, 0.25
"""Questions in a conversation; seconds to wait for an answer; share of the time before memory is counted."""
_EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN


class Broken(Exception):
    """What a reader saw that must not be."""


@dataclass(frozen=True, slots=True)
class Told:
    """One run of the page: its elements, and the seconds to the last answer on it."""

    elements: tuple[Element, ...]
    seconds: float

    @property
    def questions(self) -> list[str]:
        """The headings of the turns, as HTML."""
        return [e.html.body for e in self.elements if 'class="asked"' in e.html.body]

    @property
    def answers(self) -> list[dict[str, Any]]:
        return [json.loads(given.json or given.mixed.json)["view"] for given in _answers(self.elements)]

    def widget(self, kind: str, key: str) -> str:
        """The id of the widget of that kind and key."""
        found = (getattr(e, kind).id for e in self.elements if e.WhichOneof("type") == kind)
        return next(id for id in found if id.endswith(f"-{key}"))


class Reader:
    """One browser tab with a cookie of its own."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.query = ""
        self.page = self.run()

    def ask(self, question: str) -> Told:
        chat = WidgetState(id=self.page.widget("chat_input", "question"))
        chat.chat_input_value.data = question
        self.page = self.run(chat)
        return self.page

    def begin(self) -> None:
        button = WidgetState(id=self.page.widget("button", "new_conversation"), trigger_value=True)
        self.page = self.run(button)

    def run(self, *changed: WidgetState) -> Told:
        sent = BackMsg()
        sent.rerun_script.query_string = self.query
        sent.rerun_script.widget_states.CopyFrom(WidgetStates(widgets=changed))
        began = time.perf_counter()
        self.socket.send(sent.SerializeToString())
        elements: list[Element] = []
        seconds = 0.0
        for message in self._messages(began):
            if message.HasField("page_info_changed"):
                self.query = message.page_info_changed.query_string
            if message.delta.HasField("new_element"):
                elements.append(message.delta.new_element)
                _check(elements[-1])
                if _answers(elements[-1:]):
                    seconds = time.perf_counter() - began
        return Told(tuple(elements), seconds)

    def _messages(self, began: float) -> Iterator[ForwardMsg]:
        """Until the run is done."""
        while time.perf_counter() - began < _PATIENCE:
            received = self.socket.recv(timeout=_PATIENCE)
            message = ForwardMsg.FromString(received if isinstance(received, bytes) else received.encode())
            yield message
            if message.WhichOneof("type") == "script_finished" and message.script_finished != _EARLY:
                return
        raise Broken(f"no answer within {_PATIENCE:.0f} s")


@contextmanager
def arriving(address: str, number: int) -> Iterator[Reader]:
    """The reader of that number, on the Ask page."""
    with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        additional_headers={"Cookie": f"policy_rag_reader={str(number).rjust(24, 'r')}"},
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as socket:
        yield Reader(socket)


@dataclass(slots=True)
class Tally:
    """What all readers saw. `answers` holds the first answer to each question as it was
    read in its conversation, which all must get who ask it so."""

    seconds: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def note(self, question: str, told: Told) -> None:
        said = json.dumps([told.answers[-1]["groups"], told.answers[-1]["refused"]], sort_keys=True)
        with self.lock:
            self.seconds.append(told.seconds)
            if self.answers.setdefault((question, told.answers[-1]["read_as"]), said) != said:
                self.problems.append(f"another answer to {question}")

    @property
    def median(self) -> float:
        return median(self.seconds)

    def growth(self, lasted: float) -> float:
        """By how much the server's memory grew after the first quarter, as a share; the ends are medians."""
        counted = [mb for at, mb in self.memory if at >= _WARM * lasted]
        part = max(1, len(counted) // 5)
        return median(counted[-part:]) / median(counted[:part]) - 1

    def said(self, lasted: float) -> str:
        cuts = quantiles(self.seconds, n=20) if len(self.seconds) > 1 else self.seconds * 19
        return (
            f"{len(self.seconds)} answers in {lasted:.0f} s, median {self.median:.2f} s, "
            f"95th percentile {cuts[18]:.2f} s; memory {self.memory[0][1]:.0f} MB at first, "
            f"{self.memory[-1][1]:.0f} MB at last, {self.growth(lasted):+.1%} after the first quarter; "
            f"{len(self.problems)} problems"
        )


def load(address: str, process: int, seconds: float, readers: int) -> Tally:
    """So many readers for so long. The server's models are loaded before the clock starts."""
    with arriving(address, 0) as first:
        first.ask(QUESTIONS[0])
    tally = Tally()
    began = time.monotonic()
    until = began + seconds
    threads = [Thread(target=_visit, args=(address, n, until, tally)) for n in range(1, readers + 1)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tally.memory.append((time.monotonic() - began, resident(process)))
        time.sleep(1)
    return tally


def resident(process: int) -> float:
    """Megabytes of a process's memory that are its own."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def _visit(address: str, number: int, until: float, tally: Tally) -> None:
    chance = random.Random(number)
    try:
        time.sleep(chance.uniform(0, READS[1]))
        with arriving(address, number) as reader:
            while time.monotonic() < until:
                _converse(reader, chance, until, tally)
    except Exception as error:
        with tally.lock:
            tally.problems.append(f"reader {number}: {type(error).__name__}: {error}")
        raise


def _converse(reader: Reader, chance: random.Random, until: float, tally: Tally) -> None:
    """One conversation, then a new one."""
    asked: list[str] = []
    while len(asked) < _TURNS and time.monotonic() < until:
        asked.append(chance.choice(QUESTIONS))
        told = reader.ask(asked[-1])
        _check_own(told, asked)
        tally.note(asked[-1], told)
        time.sleep(chance.uniform(*READS))
    reader.begin()


def _check_own(told: Told, asked: list[str]) -> None:
    """The page holds this reader's questions, each with its answer, and nobody else's."""
    shown = [body.partition(">")[2].removesuffix("</h2>") for body in told.questions]
    if shown != asked or len(told.answers) != len(asked):
        raise Broken(f"asked {asked}, saw {shown} with {len(told.answers)} answers")


def _check(element: Element) -> None:
    if element.HasField("exception"):
        raise Broken(element.exception.message)
    if element.HasField("alert"):
        raise Broken(element.alert.body)


def _answers(elements: Any) -> list[Any]:
    return [e.bidi_component for e in elements if e.bidi_component.component_name == "policy_rag_answer"]


def main(seconds: float, readers: int) -> Tally:
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        index = build_index(here / "index", [ROOT / "corpus"])
        with started(index, here, here / "log") as (address, process):
            return load(address, process, seconds, readers)


if __name__ == "__main__":
    LASTS = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    SEEN = main(LASTS, int(sys.argv[2]) if len(sys.argv) > 2 else 10)
    print(SEEN.said(LASTS), *SEEN.problems, sep="\n")
    sys.exit(bool(SEEN.problems))

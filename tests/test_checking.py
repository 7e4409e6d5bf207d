"""A draft against the documents: each sentence gets the passage that decides and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from rag.assistant import Assistant
from rag.checking import MAX_TEXT, SPANS, CheckedSentence, CheckedText, check_text
from rag.chunks import body_sentences
from rag.errors import UsageError
from rag.statements import Unchecked
from rag.types import Check, Filters, Verdict
from rag.verification import Finding, Verifier

S, C, N = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_FOUND
REUEL = "General Tomas Reuel commands the garrison at Mirov, which holds 1,200 soldiers."
DRAFT = """# The state of the river

Velmark destroyed 4,200 river mines between 1999 and 2003 [1].
- General Tomas Reuel commands the garrison at **Mirov**.

Velmark destroyed 9,900 river mines between 1999 and 2003. Who pays the inspectors?
Penguins breed on the southern glaciers of Antarctica.

I hope this helps.
"""


@dataclass
class Scripted:
    """Answers the spans of a claim with the script in turn, the rest with NOT_FOUND; keeps what it was asked."""

    script: Sequence[tuple[Verdict, float]] = ()
    asked: list[list[tuple[str, str]]] = field(default_factory=list)
    name: str = "scripted"

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        self.asked.append(list(pairs))
        told = [*self.script, *[(N, 0.0)] * len(pairs)]
        return [
            Finding(verdict, support, (Check("number", str(i), "9"),) if verdict is C else (), 0, 0)
            for i, (_, (verdict, support)) in enumerate(zip(pairs, told, strict=False))
        ]


class Literal:
    """SUPPORTED where the span holds the claim, CONTRADICTED where it does but for its figures."""

    name = "literal"

    def verify_all(self, pairs: Sequence[tuple[str, str]]) -> list[Finding]:
        return [self._verify(span, claim.rstrip(".")) for span, claim in pairs]

    def _verify(self, span: str, claim: str) -> Finding:
        at = re.search(re.sub(r"[\d,]*\d", lambda _: r"([\d,]*\d)", re.escape(claim)), span)
        if not at:
            return Finding(N, 0.1, (), 0, 0)
        said = zip(re.findall(r"[\d,]*\d", claim), at.groups(), strict=True)
        fired = tuple(Check("number", ours, theirs) for ours, theirs in said if ours != theirs)
        return Finding(C if fired else S, 0.05 if fired else 0.95, fired, *at.span())


def one(checked: CheckedText) -> CheckedSentence:
    (sentence,) = checked.sentences
    return sentence


def saying(checked: CheckedText, words: str) -> CheckedSentence:
    (found,) = [sentence for sentence in checked.sentences if words in sentence.text]
    return found


@pytest.mark.parametrize(
    ("script", "verdict", "decides"),
    [
        ([(S, 0.9)], S, 0),
        ([(N, 0.4), (S, 0.6)], S, 1),
        ([(C, 0.1), (N, 0.2), (S, 0.6)], S, 2),
        ([(S, 0.6), (S, 0.9), (N, 0.95)], S, 1),
        ([(C, 0.1)], C, 0),
        ([(C, 0.1), (N, 0.4)], C, 0),
        ([(N, 0.3), (C, 0.4)], N, 0),
        ([(N, 0.2), (N, 0.4)], N, 0),
    ],
)
def test_any_support_counts_but_only_the_best_passage_contradicts(
    quick: Assistant, script: list[tuple[Verdict, float]], verdict: Verdict, decides: int
) -> None:
    verifier = Scripted(script)
    sentence = one(check_text(quick, verifier, REUEL))
    assert sentence.verdict is verdict
    assert sentence.support == script[decides][1]
    assert sentence.citation is not None
    assert sentence.citation.quote == verifier.asked[0][decides][0]
    assert [check.claim for check in sentence.checks] == (["0"] if verdict is C else [])


def test_passages_are_read_one_at_a_time_and_never_joined(quick: Assistant) -> None:
    verifier = Scripted()
    check_text(quick, verifier, DRAFT)
    documents = [quick.index.document(d.path) for d in quick.index.documents()]
    for pairs in verifier.asked:
        assert 2 <= len(pairs) <= SPANS
        assert len({claim for _, claim in pairs}) == 1
        spans = [span for span, _ in pairs]
        for i, span in enumerate(spans):
            (document,) = [d for d in documents if span in d.text]
            start = document.text.index(span)
            around = body_sentences(document, document.section_at(start))
            held = [s for s in around if start <= s.start and s.end <= start + len(span)]
            assert 1 <= len(held) <= 3
            assert (held[0].start, held[-1].end) == (start, start + len(span))
            assert not any(span in other for other in spans[:i])


def test_the_first_passage_is_the_one_that_fits_best(quick: Assistant) -> None:
    verifier = Scripted()
    check_text(quick, verifier, "General Tomas Reuel commands 900 men at Mirov.")
    assert REUEL in verifier.asked[0][0][0]


def test_only_what_states_something_is_verified(quick: Assistant) -> None:
    verifier = Scripted()
    checked = check_text(quick, verifier, DRAFT)
    assert [pairs[0][1] for pairs in verifier.asked] == [
        "Velmark destroyed 4,200 river mines between 1999 and 2003.",
        "General Tomas Reuel commands the garrison at Mirov.",
        "Velmark destroyed 9,900 river mines between 1999 and 2003.",
        "Penguins breed on the southern glaciers of Antarctica.",
    ]
    for words, why in (
        ("The state of the river", Unchecked.HEADING),
        ("Who pays", Unchecked.QUESTION),
        ("I hope", Unchecked.COURTESY),
    ):
        sentence = saying(checked, words)
        assert (sentence.unchecked, sentence.verdict, sentence.support) == (why, None, None)
        assert (sentence.checks, sentence.citation) == ((), None)


def test_sentences_and_citations_are_exact_text(quick: Assistant) -> None:
    checked = check_text(quick, Literal(), DRAFT)
    for sentence in checked.sentences:
        assert DRAFT[sentence.start : sentence.end] == sentence.text
    cited = [s.citation for s in checked.sentences if s.citation]
    assert [citation.n for citation in cited] == [1, 2, 3, 4]
    for citation in cited:
        text = quick.index.document(citation.document).text
        assert text[citation.start : citation.end] == citation.quote
    assert cited[0].quote == "Velmark destroyed 4,200 river mines between 1999 and 2003"
    assert (cited[0].section, cited[0].document) == ("What the convention bans", "briefs/river-mines.md")


def test_the_check_that_fired_shows_both_texts(quick: Assistant) -> None:
    wrong = saying(check_text(quick, Literal(), DRAFT), "9,900")
    assert wrong.verdict is C
    assert wrong.checks == (Check("number", "9,900", "4,200"),)


def test_groundedness_counts_only_what_states_something(quick: Assistant) -> None:
    assert check_text(quick, Literal(), DRAFT).groundedness == pytest.approx(2 / 4)
    assert check_text(quick, Literal(), "Who pays the inspectors?").groundedness is None


@pytest.mark.parametrize("text", ["", " \n\n\t", "<!-- nothing -->", "---\n***\n", "[1]"])
def test_a_text_without_sentences_has_none(quick: Assistant, text: str) -> None:
    assert check_text(quick, Literal(), text) == CheckedText(())


def test_a_sentence_that_leans_on_the_one_before_is_looked_for_with_it(quick: Assistant) -> None:
    alone, after = Scripted(), Scripted()
    leaning = "It was valid for years."
    check_text(quick, alone, leaning)
    check_text(quick, after, f"The Harbour Authority issues the licence of a ferry. {leaning}")
    assert {claim for _, claim in after.asked[1]} == {leaning}
    assert [span for span, _ in alone.asked[0]] != [span for span, _ in after.asked[1]]
    assert "Harbour Authority" in after.asked[1][0][0]


def test_filters_leave_the_other_documents_out(quick: Assistant) -> None:
    checked = check_text(quick, Literal(), REUEL, Filters(types=("regulation",)))
    assert one(checked).verdict is N
    assert one(checked).citation is not None
    assert one(checked).citation.document == "law/ferry-regulation.md"
    nowhere = check_text(quick, Literal(), REUEL, Filters(types=("poem",)))
    assert (one(nowhere).verdict, one(nowhere).support, one(nowhere).citation) == (N, 0.0, None)


def test_a_sentence_without_end_is_checked_like_any_other(quick: Assistant) -> None:
    endless = "Velmark destroyed mines and " * 2_000
    assert one(check_text(quick, Scripted(), endless)).verdict is N


@pytest.mark.parametrize(("text", "said"), [("x" * (MAX_TEXT + 1), "in parts"), ("Mines \ud800.", "UTF-8")])
def test_what_cannot_be_checked_says_what_to_do(quick: Assistant, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_text(quick, Scripted(), text)


def test_progress_is_told_sentence_by_sentence(quick: Assistant) -> None:
    told: list[tuple[int, int]] = []
    check_text(quick, Scripted(), DRAFT, progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 7) for n in range(1, 8)]


def test_the_assistant_checks_with_its_own_verifier(quick: Assistant) -> None:
    ours = Assistant(quick.index, quick.embedder, quick.settings, verifier=Literal())
    assert ours.check(DRAFT) == check_text(quick, Literal(), DRAFT)


@pytest.mark.model
def test_the_real_models_tell_the_four_sorts_apart(assistant: Assistant) -> None:
    checked = check_text(assistant, Verifier(), DRAFT)
    assert checked == assistant.check(DRAFT)
    wanted = {"4,200": S, "Reuel": S, "9,900": C, "Penguins": N}
    assert {words: saying(checked, words).verdict for words in wanted} == wanted
    assert any("9,900" in c.claim and "4,200" in c.source for c in saying(checked, "9,900").checks)

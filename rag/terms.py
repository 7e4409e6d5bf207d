"""Text → index terms: what counts as the same word for full-text search and for word overlap."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from threading import Lock

_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}"  # dotted acronyms: U.S., N.R.F.
    r"|\d+(?:[.,]\d+)*"  # 1995, 230,000, 3.5
    r"|[^\W\d_]+(?:['’][^\W\d_]+)*"  # words, with inner apostrophes
)
_STAN = re.compile(r"(?<=[^\W\d_]{3})(?:i?stan|i?stani)s?$")

_STOP_WORDS = """
    a about above after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each either even ever for from further had
    has have having he her here hers him his how i if in into is it its itself just like many may me might more
    most much must my no nor not now of off often on once one only onto or other our out over own per rather s
    same say said shall she should since so some still such t than that the their them then there these they this
    those through thus to too under until up upon very via was we were what when where whether which while who
    whom whose why will with within without would you your"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_STEMMING = Lock()
"""A Snowball stemmer keeps the word it works on in itself: one thread at a time."""

_IRREGULAR_FORMS = """
    begin:began,begun break:broke,broken bring:brought build:built buy:bought choose:chose,chosen come:came deal:dealt
    draw:drew,drawn drive:drove,driven fall:fell,fallen feel:felt fight:fought find:found fly:flew,flown
    forbid:forbade,forbidden give:gave,given go:went,gone grow:grew,grown hear:heard hold:held keep:kept kill:killed
    know:knew,known lead:led leave:left lose:lost make:made mean:meant meet:met pay:paid rise:rose,risen run:ran
    see:saw,seen seek:sought sell:sold send:sent shoot:shot speak:spoke,spoken spend:spent stand:stood steal:stole,stolen
    strike:struck,stricken swear:swore,sworn take:took,taken teach:taught tell:told think:thought throw:threw,thrown
    understand:understood use:usage,utilise,utilised,utilising,utilisation,utilize,utilized,utilizing,utilization win:won
    iran:iranian,iranians iraq:iraqi,iraqis israel:israeli,israelis china:chinese japan:japanese france:french
    britain:british germany:german,germans turkey:turkish,turks ukraine:ukrainian,ukrainians oman:omani qatar:qatari
    nepal:nepali,nepalese azerbaijan:azerbaijani,azeri egypt:egyptian withdraw:withdrew,withdrawn write:wrote,written man:men woman:women child:children person:people"""
_IRREGULAR = {
    form: base
    for entry in _IRREGULAR_FORMS.split()
    for base, _, forms in [entry.partition(":")]
    for form in forms.split(",")
}


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text as (folded form, start, end): lower case, no diacritics, no possessive 's,
    no separators inside numbers or dotted acronyms. Hyphens separate words."""
    return [(_fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


def terms(text: str) -> list[str]:
    """The index terms of a text, in order: folded, stop words dropped, stemmed.

    Stemming is Porter's second English algorithm (Snowball). Country names and their adjectives in
    -stan fall together (Tajik, Tajikistan; Pakistani, Pakistan, Pak), as do -ia and -ian (India, Indian),
    and the forms of common irregular words (led, lead; usage, use).
    """
    return [stem(word) for word, _, _ in words(text) if word not in STOP_WORDS]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The term of one folded word."""
    if word[0].isdigit():
        return word
    word = _IRREGULAR.get(word, word)
    short = _STAN.sub("", word)
    if short != word:
        return short
    if len(word) > 5 and word.endswith(("ian", "ians")):
        return word.rstrip("s")[:-1]
    with _STEMMING:
        return str(_stemmer().stemWord(word))


def fold(text: str) -> str:
    """Lower case without diacritics or typographic quotes; may change the length of the text."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    folded = fold(word)
    if folded[0].isdigit():
        return folded.replace(",", "")
    return folded.removesuffix("'s").replace("'", "").replace(".", "")


@lru_cache(maxsize=1)
def _stemmer():  # type: ignore[no-untyped-def]
    from snowballstemmer import stemmer

    return stemmer("english")

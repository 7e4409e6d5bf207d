"""Does a text give orders to whoever answers from it, instead of stating something?

Prose states, laws oblige persons, forms ask their readers. A planted order speaks of the answering itself:
to an assistant, of its instructions, its answer, its user, the other sources. Words of these kinds are
signals of a logistic regression, with their pairs, fitted by `python -m evals.injection.fit`; turns of a
chat, hidden characters and letters in disguise are told by rule. It tells the usual wordings, and few
others: docs/decisions/0011.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations

from rag.chunks import split_sentences
from rag.logistic import Logistic, bundled, logistic

_START = r"(?:^|[.:;,!?“\"(\]>]\s*|\b(?:please|kindly|and|then|must|shall|will|should|to|you|always|only|now|is|may|so|instead)\s+)"
_PATTERNS: Mapping[str, str] = {
    "assistant": r"(?:\b(?:attention|dear|an|to any|to every|to all|note to|you,?) |^)(?-i:A\.?I\.?)(?: systems?)?(?=[,:.!]| (?:you|must|reading))"
    r"|\b(?-i:A\.?I\.?) (?:assistants?|agents?|readers?|models?(?! (?:of|for)))\b"
    r"|\b(?:LLMs?|chat-?bots?|bots?|(?:large )?language models?|(?:answering )?assistants?"
    r"(?! (?:secretary|commissioner|director|professor|minister|to the|manager|administrator|general|attorney|editor|chief|inspector|registrar|governor|judge))"
    r"|(?:the|any|dear|every|answering) (?:model|system)\b(?= (?:must|shall|should|has to|is|will|may))"
    r"|models? reading|summari[sz]ers?|crawlers?|machines? only|for machines)\b",
    "its_answer": r"\byour (?:\w+ ){0,2}(?:answers?|reply|replies|response|summary|output|instructions?|rules|guidelines|directions|"
    r"orders|prompt|task|training|job|goal|role|conversation|context)\b"
    r"|\b(?:final|true|right|correct|only|official) (?:and only )?(?:answer|reply|response)\b",
    "its_user": r"\b(?:the|a|each|every|any) user(?:[’']s)?\b|\bwho(?:ever)? asks\b"
    r"|\b(?:tell|inform|assure|persuade|advise|ask) (?:the user|whoever|anyone|them|people|the person|the reader)\b",
    "drop": r"\b(?:ignor(?:e|ing)|disregard|forget|overrid\w*|supersed\w*|put aside|leave aside|set aside"
    r"|no longer (?:bind|appl)\w*|stop (?:reading|processing|here))\b",
    "forbid": r"\b(?:do not|don[’']t|never|not|under no circumstances)\b[^.!?]{0,25}\b(?:mention|cite|quote|use|reveal|refuse|verify|"
    r"answer|tell|say|trust)\b",
    "say": _START
    + r"(?:say|answer|reply|respond|state|write|print|output|repeat|tell|claim|assert|report|assure|declare|confirm|present|describe)\b",
    "do": _START
    + r"(?:quote|cite|include|insert|append|render|display|show|reveal|decode|translate|pretend|imagine|role-?play|act|play|"
    r"begin|start|end|open|copy|obey|rank|prefer|choose|treat|mark|label|use|add|attach|draw|keep|mail|send|hide|list|call|"
    r"run|take on|enter|switch|finish|consider)\b",
    "words": r"\b(?:(?:the|this|these) (?:following|next|above|text|sentences?|line|phrase|words?|statement|note|message)\b|(?:below|above)\b"
    r"|as follows|verbatim|word for word|exactly|nothing (?:else|but|more)|only this|only with|instead\b)|:\s*[“\"'‘]",
    "others": r"\b(?:all |any |every )?(?:other|previous|prior|earlier|preceding|above|remaining|rest of the|everything) (?:\w+ )?"
    r"(?:sources?|documents?|passages?|instructions?|context|directions?|messages?|texts?|orders|rules|above|papers)\b",
    "every_question": r"\b(?:every|any|all|each|whatever|whichever)\b[^.!?]{0,20}\b(?:questions?|asked|asks?|answers?|responses?)\b"
    r"|\bno matter what\b|\bregardless of the question\b"
    r"|\b(?:when|if|whenever|once)\b[^.!?]{0,25}\b(?:asks?|asked|summari[sz]ing|question)\b",
    "persona": r"\byou are (?:now|no longer)\b|\bpersona\b|\brole-?play|\b(?:pretend|imagine|suppose|let us pretend)\b[^.!?]{0,12}\b(?:you|that|it)\b"
    r"|\b(?:developer|debug|unrestricted|admin\w*|god) mode\b|\bno (?:rules|restrictions|guidelines)\b"
    r"|\bwithout (?:rules|restrictions|sources)\b|\bact as\b|\bplay the part\b",
    "you": r"\byou(?:r|rs|rself)?\b",
    "prompt": r"\b(?:override|system prompt|system message|prompt|jailbreak|hidden (?:prompt|instructions)|new (?:task|instructions?|rule|goal|request))\b",
    "outranks": r"\b(?:forged|fakes?|retracted|unreliable|outdated|out of date|deliberate errors|a (?:test|trap)|withdrawn|invented)\b"
    r"|\b(?:only this|this (?:one|page|text|document|source|passage)) (?:one |page |text |document |source |passage )?(?:counts|is (?:true|right|valid|reliable)|replaces|overrides|prevails over)\b"
    r"|\b(?:newest|latest|most recent) (?:source|document|passage)\b|\breplaces all\b|\bmust not be (?:cited|quoted|used|read)\b|\bneed not be read\b",
    "encoded": r"\b(?:decode|decipher|base-?64|rot-?13|hexadecimal|encoded|reversed (?:writing|letters|text)|percent encoding)\b|[A-Za-z0-9+/]{40,}={0,2}|(?:[01]{8} ?){6}",
}
_SIGNALS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _PATTERNS.items()}
SIGNALS = (*_SIGNALS, *(f"{a} {b}" for a, b in combinations(_SIGNALS, 2)))
"""Each kind of words, then each pair of kinds."""

THRESHOLD = 0.9
"""Probability from which a sentence is taken for an order."""
_TURN = re.compile(
    r"<\|?/?(?:im_start|im_end|system|user|assistant|passages?|instructions?|endoftext|end)\b|\[/?(?:INST|SYSTEM)\]|<</?SYS>>"
    r"|(?:^|\n|[>\]}]\s*)\W*(?:system|assistant|AI|developer)(?: message| override| prompt| instructions)?\s*(?:###|:)"
    r"|\"role\"\s*:\s*\"|\"instruction\"\s*:|\b(?:tool|function) (?:output|result)\b|###\s*(?:instruction|response|user|system|assistant)s?(?: message)?\s*(?::|###|$)"
    r"|\byou are (?:now|no longer) (?:an? |the |(?-i:[A-Z]))|\b(?:developer|debug|god|unrestricted) mode\b|\bjailbreak"
    r"|\b(?:answer|reply|repeat|say|respond|write)\b\W+[“\"‘'][^”\"’]+[”\"’'.]+ (?:to|for) (?:every|all|any|each)\b"
    r"|\bfor (?:every|each|any) question,[^.!?]{0,40}\b(?:answer|reply|repeat|say)\b"
    r"|\b(?:decode|decipher|unscramble)\b[^.!?]{0,60}\b(?:obey|carry it out|follow it|do (?:what|as) it)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:\w[\u200b-\u200f\u202a-\u202e\u2060-\u2064]){4}|[\u202a-\u202e]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LATIN, _ALIKE = re.compile(r"[A-Za-z]"), re.compile(r"[аеорсхуіАЕОСТВНКМРХονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]")
_DROPS_ABROAD = re.compile(
    r"\b(?:ignorier\w*|vergiss|vergesst|missachte|ignorez|oubli(?:e|ez)|ne tenez pas compte|ignora|olvida|deja de lado|dimentica"
    r"|esqueça|ignore as|игнорируй\w*|забудь\w*|unut\w*|abaikan|lupakan|negeer|vergeet|zignoruj|ignorera|glöm|фаромӯш)\b"
    r"|忽略|忘记|无视|تجاهل|انس|अनदेखा|نظر انداز|نادیده",
    re.IGNORECASE,
)
_RULES_ABROAD = re.compile(
    r"\b(?:anweisung\w*|regeln|vorherige\w*|consignes|instructions|règles|documents|reglas|instrucciones|tarea|istruzioni|regole"
    r"|instruções|regras|инструкци\w*|правила|указания|talimat\w*|instruksi|aturan|instructies|regels|polecenia|instruktioner|дастур\w*)\b"
    r"|指示|规则|指令|内容|التعليمات|القواعد|निर्देश|ہدایات|دستور",
    re.IGNORECASE,
)
_OBLIGED_ABROAD = re.compile(
    r"\b(?:der assistent|l[’']assistant|el asistente|l[’']assistente|o assistente|ассистент|помощник)\b.{0,12}\b(?:muss|soll|doit|debe|deve|должен)\b"
    r"|助手必须|\b(?:du bist jetzt|tu es maintenant|vous êtes maintenant|ahora eres|adesso sei|agora você é|ты теперь)\b"
    r"|\bantworte auf (?:alle|jede)|\bréponds? à (?:toutes|chaque)|\bresponde a (?:todas|cada)|\bответь на (?:все|любой)",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def gives_orders(text: str) -> bool:
    """Whether a sentence of the text, or the text as a whole, orders about how to answer."""
    if _TURN.search(text) or _HIDDEN.search(text) or any(_disguised(word) for word in _WORD.findall(text)):
        return True
    return any(_orders(sentence.text) for sentence in split_sentences(text))


def signals(sentence: str) -> tuple[float, ...]:
    """In the order of SIGNALS, 1 where a kind of words, or both of a pair, occurs."""
    held = [float(pattern.search(sentence) is not None) for pattern in _SIGNALS.values()]
    return (*held, *(a * b for a, b in combinations(held, 2)))


def probability(sentence: str) -> float:
    """That the sentence is an order to whoever answers, in (0, 1)."""
    return _model().probability(signals(sentence))


def _orders(sentence: str) -> bool:
    if _DROPS_ABROAD.search(sentence) and _RULES_ABROAD.search(sentence):
        return True
    return bool(_OBLIGED_ABROAD.search(sentence)) or probability(sentence) >= THRESHOLD


def _disguised(word: str) -> bool:
    """Latin letters among Cyrillic or Greek ones that look like them."""
    return bool(_LATIN.search(word) and _ALIKE.search(word))


@lru_cache(maxsize=1)
def _model() -> Logistic:
    return logistic(bundled("planted"), SIGNALS, "python -m evals.injection.fit")

"""Words and phrases that can stand for one another almost everywhere (pure data)."""

from __future__ import annotations

import re

_BOTH_WAYS = """
approximately/about(?= \\d)/about
roughly(?= \\d)/approximately
nearly(?= (?:\\d|all|half|every))/almost
almost(?= (?:\\d|all|half|every))/nearly
around(?= \\d)/about
in order to/to
prior to/before
in addition to/besides
as well as/and also
due to/because of
because of/owing to
owing to/because of
as a result of/because of
in accordance with/under
pursuant to/under
with respect to/regarding
with regard to/regarding
concerning/regarding
such as/for example
a number of/several
the majority of/most of
(?<!over )(?<!by )(?<!of )more than(?= \\d)/over
at least(?= \\d)(?! (?:1[89]|20)\\d\\d\\b)(?! [\\d,.]+ ?(?:%|per))/no fewer than
fewer than(?= \\d)/under
less than(?= \\d)/under
however/nevertheless
nevertheless/however
therefore/consequently
consequently/therefore
moreover/furthermore
furthermore/in addition
also(?= [a-z]+ed)/likewise
mainly/chiefly
primarily/mainly
largely/mostly
mostly/largely
frequently/often
often/frequently
usually/normally
rarely/seldom
rapidly/quickly
quickly/rapidly
currently(?= [a-z]+ing)/at present
presently/currently
previously/earlier
recently/lately
entirely/completely
completely/entirely
solely/only
annually/every year
yearly/annual
monthly/every month
daily(?=[.,]|$)/every day
jointly/together
worldwide/across the world
along with/together with
together with/along with
despite/in spite of
in spite of/despite
although/even though
even though/although
is able to/can
are able to/can
was able to/managed to
were able to/managed to
is required to/must
are required to/must
is obliged to/must
are obliged to/must
has to/must
have to(?= [a-z])/must
is permitted to/may
are permitted to/may
is allowed to/may
are allowed to/may
the United States/the US
the US(?=[,.]| (?:and|or|has|had|have|was|were|is|are|to|in|with|would|will|said|says|did|on|for|from)\\b)/the United States
the UN(?=[,.]| (?:and|or|has|had|have|was|were|is|are|to|in|with|would|will|said|says|did|on|for|from)\\b)/the United Nations
the EU(?=[,.]| (?:and|or|has|had|have|was|were|is|are|to|in|with|would|will|said|says|did|on|for|from)\\b)/the European Union
the United Kingdom/the UK
firms/companies
firm(?= (?:has|had|was|is|in|said))/company
automobile/car
automobiles/cars
physicians/doctors
physician/doctor
lawmakers/legislators
legislators/lawmakers
kids/children
film(?= (?:was|is|directed|starring|by))/movie
movie/film
troops/soldiers
accord(?= (?:was|is|with|in|between|on))/agreement
accords/agreements
frontier(?= (?:with|between))/border
weapons/arms
trucks/lorries
lorries/trucks
railway/railroad
assistance/help
funds/money
entire/whole
(?<=the )whole(?= [a-z])(?! of\\b)/entire
(?<=its )whole(?= [a-z])/entire
huge/very large
tiny/very small
initial(?= [a-z])/first
numerous/many
(?<!how )(?<!so )(?<!too )(?<!as )(?<!very )(?<!not )(?<!a good )many(?= [a-z]+s\\b)/numerous
additional/further
adjacent to/next to
next to/beside
beside/next to
beneath/under
close to(?= (?:the|a|its|their|[A-Z]))/near
near(?= (?:the|a|its|their|[A-Z]))/close to
in front of/before
a couple of/two
a dozen/twelve
at the moment/now
at present/currently
on behalf of/for
during the course of/during
throughout/all through
in the event of/in case of
in the event that/if
amongst/among
whilst/while
towards/toward
toward/towards
(?<=\\d )kilometres/km
(?<=\\d )kilometers/km
(?<=\\d )km(?=[.,]| (?:of|in|on|along|from|to|wide|long|and|at|between|by|up|against|east|west|north|south|for|away|apart|further|a)\\b)/kilometres
per cent/percent
"""
_DROPPED = frozenset(
    (
        "in front of",
        "throughout",
        "till",
        "as well as",
        "such as",
        "also",
        "previously",
        "concerning",
        "film",
        "firm",
    )
)


def _phrase(entry: str) -> tuple[re.Pattern[str], str]:
    old, *_, new = entry.split("/")
    return re.compile(rf"(?<![\w’'-])(?:{old})(?![\w’'-])", re.IGNORECASE if old[0].islower() else 0), new


PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    _phrase(entry)
    for entry in _BOTH_WAYS.strip().splitlines()
    if entry.split("/")[0].split("(")[0] not in _DROPPED
)
"""What to look for, and what to put there."""

_OBJECT = r"\s+(?:the|an?|its|their|his|her|this|that(?! (?:is|was))|these|those|all|some|any|several|many|two|three|\d|new|[A-Z])"
_END_OR_OBJECT = rf"(?:{_OBJECT}|\s+(?:in|on|by|at|after|before|during|from)\b|[.,]|$)"
_THAT = r"\s+that\b"
_TO = r"\s+to\s+[a-z]+"
_SOMEONE_TO = r"\s+(?:[\w’'-]+\s+){1,4}?to\s+[a-z]+"
_ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("purchase", "buy", _END_OR_OBJECT), ("buy", "purchase", _OBJECT), ("begin", "start", r"\s+(?:to|in|on|at|after|\w+ing)\b|[.,]|$|" + _OBJECT),
    ("start", "begin", r"\s+(?:to|in|on)\b"), ("commence", "begin", ""), ("permit", "allow", _SOMEONE_TO), ("allow", "permit", _SOMEONE_TO),
    ("prohibit", "ban", _END_OR_OBJECT), ("forbid", "prohibit", _OBJECT), ("ban", "prohibit", _END_OR_OBJECT), ("state", "say", _THAT), ("say", "state", _THAT),
    ("assert", "maintain", _THAT), ("contend", "argue", _THAT), ("obtain", "get", _OBJECT), ("acquire", "obtain", _OBJECT), ("receive", "get", _OBJECT),
    ("construct", "build", _END_OR_OBJECT), ("build", "construct", r"\s+(?:the|an?|new|two|three|\d)\b|\s+(?:in|by|on)\b"), ("assist", "help", _OBJECT), ("help", "assist", r"\s+(?:the|[A-Z]\w+) in\b"),
    ("attempt", "try", _TO), ("try", "attempt", _TO), ("require", "oblige", _SOMEONE_TO), ("oblige", "require", _SOMEONE_TO), ("demonstrate", "show", _THAT), ("show", "demonstrate", _THAT),
    ("reveal", "show", _THAT), ("conclude", "end", r"\s+(?:in|on|at)\b|[.,]|$"), ("finish", "complete", _OBJECT), ("select", "choose", _OBJECT), ("utilise", "use", _OBJECT), ("employ", "use", r"\s+(?:the|a) (?:method|technique|approach|term)\b"),
    ("decline", "refuse", _TO), ("criticise", "condemn", r"(?!)"), ("denounce", "condemn", _OBJECT), ("condemn", "denounce", _OBJECT), ("depart", "leave", r"\s+(?:in|on|for)\b|[.,]|$"),
    ("discover", "find", _THAT), ("enable", "allow", _SOMEONE_TO), ("ensure", "make", r"(?!)"), ("establish", "set", r"(?!)"), ("found", "establish", _OBJECT + r"|\s+(?:in|by)\b"),
    ("form", "create", _OBJECT), ("facilitate", "ease", r"(?!)"), ("halt", "stop", _OBJECT), ("cease", "stop", r"\s+\w+ing\b"), ("happen", "occur", r"\s+(?:in|on|at|after|before|during)\b|[.,]|$"),
    ("occur", "happen", r"\s+(?:in|on|at|after|before|during)\b|[.,]|$"), ("inform", "tell", r"\s+[\w’'-]+(?: [\w’'-]+){0,3} that\b"), ("launch", "start", r"\s+(?:the|an?|its|their) (?:\w+ )?(?:operation|campaign|offensive|project|programme|program|talks|war|investigation)\b"),
    ("murder", "kill", ""), ("slay", "kill", ""), ("possess", "own", _OBJECT), ("reject", "turn", r"(?!)"), ("repeal", "revoke", _OBJECT), ("rescind", "revoke", _OBJECT), ("reside", "live", r"\s+in\b"),
    ("retain", "keep", _OBJECT), ("seek", "try", _TO), ("terminate", "end", _OBJECT), ("transport", "carry", _OBJECT), ("travel", "go", r"\s+to\s+(?:the|[A-Z])"), ("require", "need", r"\s+(?:the|an?|more|\d)\b(?! [\w ]+ to\b)"),
    ("lift", "remove", r"\s+(?:the|all|its|their) (?:\w+ )?(?:sanctions|ban|restrictions|embargo|tariffs)\b"), ("expand", "enlarge", _OBJECT), ("rise", "increase", r"\s+(?:by|to|from)\b|[.,]|$"), ("increase", "rise", r"\s+(?:by|to|from) \d"),
    ("fall", "decline", r"\s+(?:by|to|from) (?:about |nearly |over )?\d"), ("decrease", "fall", r"\s+(?:by|to|from) (?:about |nearly |over )?\d"), ("annul", "cancel", _OBJECT), ("aid", "help", _OBJECT), ("gather", "collect", _OBJECT), ("pursue", "follow", r"(?!)"),
    ("convene", "meet", r"(?!)"), ("instruct", "order", _SOMEONE_TO), ("order", "instruct", _SOMEONE_TO), ("urge", "encourage", r"(?!)"), ("injure", "wound", r"\s+(?:in|by|\d|at|during)\b|[.,]|$"), ("wound", "injure", r"\s+(?:in|by|\d|at|during)\b|[.,]|$"),
    ("arrest", "detain", _END_OR_OBJECT), ("detain", "hold", r"(?!)"), ("perish", "die", ""), ("back", "support", _OBJECT), ("support", "back", _OBJECT), ("enlarge", "expand", _OBJECT), ("emphasise", "stress", _THAT + "|" + _OBJECT), ("emphasize", "stress", _THAT + "|" + _OBJECT), ("stress", "emphasise", _THAT),
)  # fmt: skip


def _verbs() -> dict[str, tuple[str, re.Pattern[str]]]:
    from evals.altering.verbs import is_base

    return {
        old: (new, re.compile(after)) for old, new, after in _ENTRIES if is_base(new) and after != r"(?!)"
    }


VERBS: dict[str, tuple[str, re.Pattern[str]]] = _verbs()
"""Base form → base form of the synonym, and what must follow for it to be one."""

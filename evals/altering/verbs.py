"""Forms of common English verbs, from base to past, participle, third person and -ing and back (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    BASE = "base"
    THIRD = "third"
    PAST = "past"
    PARTICIPLE = "participle"
    ING = "ing"


@dataclass(frozen=True, slots=True)
class Verb:
    base: str
    third: str
    past: str
    participle: str
    ing: str

    def form(self, form: Form) -> str:
        return str(getattr(self, form.value))


_REGULAR = """
abandon abolish accept accompany accuse achieve acknowledge acquire adapt add address adjust admit* adopt advance affect
agree aim allege allocate allow alter amend announce answer appear apply appoint approve argue arrest arrive ask assert
assess assist assume assure attack attempt attend attract authorise authorize avoid award ban* bar* base belong benefit block
bomb boost border borrow call cancel* capture carry cause cease celebrate challenge change charge chase claim clash classify
climb close collapse collect comment commission commit* compare compete complain complete comprise concern conclude condemn
conduct confirm confiscate connect consider construct consult contain continue contradict contribute control* convert convict
cooperate cover create criticise criticize cross damage debate deceive decide declare decline decrease defeat defend deepen
define delay deliver demand demonstrate denounce deny depend deploy deport derive describe deserve design destroy detain
determine develop devote die differ direct disappear disclose discover discuss dismiss display dispute distribute divide
dominate donate double drop* earn ease edit elect eliminate emerge emphasise emphasize employ enable encourage end endorse
enforce engage enjoy enlarge ensure enter escape establish estimate evacuate evaluate examine exceed exchange exclude execute
exercise exist expand expect expel* experience expire explain export expose express extend face facilitate fail fear feature
finance finish fire fix flee focus follow force found fuel* fulfil* function fund gain gather generate govern grant guarantee
guard halt handle happen harbour help host identify ignore impede implement import impose improve include increase indicate
inform inherit initiate injure insist inspect install instruct intend intensify introduce invade invest investigate invite
involve issue join jump justify kidnap* kill kick label* lack land last launch laugh learn legalise license lift limit link list listen live
locate look lower maintain manage mark marry match matter measure mention monitor move name need negotiate notify note number object
oblige observe obtain occupy occur* offer open operate oppose order organise organize oversee* own participate pass perform
permit* place plan* plant play pledge point postpone pour praise predict prefer* prepare present preserve press prevent
proceed process produce prohibit project promise promote propose protect protest provide publish pull punish purchase pursue
push qualify question raise range rank ratify reach react realise recall receive recognise recognize recommend record
recover recruit reduce refer* reflect refuse regard register reject relate release rely remain remember remove renew rename
reopen repair repeat replace reply report represent request require rescue reserve resign resist resolve respond restart
restore restrict result resume retain retire return reveal reverse review revise revoke rule sail sanction save schedule
score search secure seek seem seize serve settle shape share shift ship* show shrink sign sit smile smuggle solve sound spark specify
sponsor stage start state stay stop* strengthen stress struggle study submit* succeed suffer suggest supply support suppress
surrender survive suspect suspend sustain talk target tax terminate test thank threaten tighten tolerate trade train transfer*
transit transport trap* travel* treat trigger try turn undermine unite unveil urge use value vary veto view violate visit vote
vow wait walk want warn wash waste watch weaken welcome widen wish witness work worry wound
""".split()

_IRREGULAR = """
arise/arose/arisen bear/bore/borne beat/beat/beaten become/became/become begin/began/begun bind/bound/bound blow/blew/blown
break/broke/broken bring/brought/brought broadcast/broadcast/broadcast build/built/built buy/bought/bought catch/caught/caught
choose/chose/chosen come/came/come cost/cost/cost cut/cut/cut deal/dealt/dealt draw/drew/drawn drink/drank/drunk drive/drove/driven
eat/ate/eaten fall/fell/fallen feel/felt/felt fight/fought/fought find/found/found flee/fled/fled fly/flew/flown
forbid/forbade/forbidden forget/forgot/forgotten forgo/forwent/forgone get/got/got give/gave/given go/went/gone grow/grew/grown
hear/heard/heard hide/hid/hidden hit/hit/hit hold/held/held hurt/hurt/hurt keep/kept/kept know/knew/known lay/laid/laid
lead/led/led leave/left/left lend/lent/lent lie/lay/lain lose/lost/lost make/made/made mean/meant/meant meet/met/met
overcome/overcame/overcome oversee/oversaw/overseen overthrow/overthrew/overthrown pay/paid/paid put/put/put quit/quit/quit
read/read/read ride/rode/ridden rise/rose/risen run/ran/run see/saw/seen seek/sought/sought sell/sold/sold send/sent/sent
set/set/set shake/shook/shaken shoot/shot/shot shrink/shrank/shrunk shut/shut/shut sing/sang/sung sit/sat/sat show/showed/shown
sleep/slept/slept speak/spoke/spoken spend/spent/spent spread/spread/spread stand/stood/stood steal/stole/stolen strike/struck/struck
swear/swore/sworn swim/swam/swum take/took/taken teach/taught/taught tell/told/told think/thought/thought throw/threw/thrown
undergo/underwent/undergone understand/understood/understood undertake/undertook/undertaken uphold/upheld/upheld wear/wore/worn
win/won/won withdraw/withdrew/withdrawn withstand/withstood/withstood write/wrote/written
""".split()


def verb_of(word: str) -> tuple[Verb, Form] | None:
    """The verb that the word is a form of; PAST where past and participle look the same."""
    return _FORMS.get(word.lower())


def verb(base: str) -> Verb:
    return _VERBS[base]


def is_base(word: str) -> bool:
    return word.lower() in _VERBS or word.lower() in ("be", "have", "do")


def participle(base: str) -> str:
    irregular = {"be": "been", "have": "had", "do": "done"}
    return irregular[base] if base in irregular else _VERBS[base].participle


def _regular(marked: str) -> Verb:
    base = marked.rstrip("*")
    stem = base + base[-1] * marked.endswith("*")
    if base.endswith("e"):
        past = base + "d"
        ing = (
            base[:-2] + "ying"
            if base.endswith("ie")
            else base + "ing"
            if base.endswith("ee")
            else base[:-1] + "ing"
        )
    elif base.endswith("y") and base[-2] not in "aeiou":
        past, ing = base[:-1] + "ied", base + "ing"
    else:
        past, ing = stem + "ed", stem + "ing"
    return Verb(base, _third(base), past, past, ing)


def _third(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


_DOUBLED = frozenset("begin cut forbid forget get hit put quit run set shut sit swim win".split())


def _irregular(entry: str) -> Verb:
    base, past, done = entry.split("/")
    if base.endswith("e") and not base.endswith("ee"):
        ing = "lying" if base == "lie" else base[:-1] + "ing"
    else:
        ing = base + base[-1] * (base in _DOUBLED) + "ing"
    return Verb(base, _third(base), past, done, ing)


_VERBS = {one.base: one for one in map(_regular, _REGULAR)} | {
    one.base: one for one in map(_irregular, _IRREGULAR)
}
_ORDER = (Form.BASE, Form.THIRD, Form.ING, Form.PARTICIPLE, Form.PAST)
_FORMS = {one.form(form): (one, form) for form in _ORDER for one in _VERBS.values()}
_FORMS |= {one.base: (one, Form.BASE) for one in _VERBS.values() if one.base != one.past}
_FORMS["found"] = (_VERBS["find"], Form.PAST)
_FORMS["lay"] = (_VERBS["lie"], Form.PAST)
_FORMS["founded"] = (_VERBS["found"], Form.PAST)

"""Words that may stand for one another in a claim, and words that say the opposite (pure data)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from rag.synonyms import SYNONYMS
from rag.terms import stem

_ALIKE = """
    two 2 both pair | three 3 | four 4 | five 5 | six 6 | seven 7 | eight 8 | nine 9 | ten 10 | eleven 11 | twelve 12 dozen
    third one-third | percent percentage % | kilometre kilometer km | metre meter | centre center | defence defense
    labour labor | programme program | organisation organization | honour honor | licence license permit
    ship vessel boat | plane aircraft | firm company business enterprise | worker employee staff | tell inform notify
    notice notification | claim allege assert contend argue maintain | say state declare announce report note
    obtain get receive acquire gain | purchase buy acquire | finish complete conclude end | start begin launch open
    commence | need require | compulsory mandatory obligatory | voluntary optional | forbid prohibit ban bar | allow permit
    authorise authorize let | choose select elect pick | appoint name nominate | remove dismiss | quit leave exit withdraw
    murder kill slay | injure wound hurt | large big huge great major | small little minor | quick fast rapid | annual yearly
    year | monthly month | weekly week | daily day | near close | roughly about approximately around | happen occur take
    movie film picture | child kid minor | adult grown | man male guy | woman female lady | city town | house home residence
    job post work position | money fund sum amount | pay payment salary wage | fine penalty | court tribunal | judge justice
    lawyer attorney counsel | police officer | doctor physician | teacher instructor | pupil student | author writer write
    paper article essay | book novel | song track | record album | band group | game match | team side club squad
    show display exhibit | demonstrate prove | help assist aid | aim goal objective purpose target | area region zone
    quarter fourth | half fifty | whole entire total | main chief principal primary | important significant
    final last ultimate | first initial | former previous ex | current present | new fresh novel | old ancient
    rich wealthy | poor needy | illness disease sickness | cure treat treatment | cause provoke trigger | result outcome consequence
    answer reply respond response | ask request seek | propose suggest proposal suggestion | discuss talk negotiate negotiation
    agree consent approve approval | back support endorse | cancel revoke annul | extend prolong | shorten reduce cut
    deliver supply provide give | hand give pass | get receive | inspect examine check | watch observe monitor | protect guard
    secret confidential | disclose reveal divulge disclosure | hide conceal | data information | document file text
    destroy erase delete | copy duplicate reproduce | staff personnel | premises building site | travel journey trip visit
    reside live dwell | born birth | marry wed marriage wedding | die death pass | bury burial | win victory | lose defeat loss
    attack assault strike raid | troop soldier | weapon arm | fight battle combat war | peace truce ceasefire
    flee escape | arrest detain | free release | accuse charge blame | guilty convict | innocent acquit | seize capture confiscate
    mine mining | dig excavate | build construct erect | design plan | paint painting | sing singer song | act actor acting
    direct director | produce producer production | publish release issue | star feature | perform performance
    """
_OPPOSITE = """
    increase/decrease,reduce,cut,drop,fall,decline,shrink,lower,lessen,diminish | rise/fall,drop,decline,decrease,sink,shrink
    grow/shrink,decline,decrease,fall | raise/lower,reduce,cut,decrease | up/down | more/less,fewer | higher/lower | high/low
    expand/reduce,shrink,contract,cut | gain/lose | strengthen/weaken,undermine | strong/weak | stronger/weaker | improve/worsen,deteriorate
    accept/reject,refuse,decline | approve/reject,veto,refuse | adopt/reject,abandon | ratify/reject | agree/refuse,disagree,decline
    confirm/deny | admit/deny | acknowledge/deny | allow/prohibit,ban,forbid,bar,prevent,block | permit/forbid,prohibit,ban,bar,prevent,block
    authorise/prohibit,ban,forbid | enable/prevent,hinder | include/exclude,omit | support/oppose,reject | favour/oppose | favor/oppose
    endorse/oppose,reject,condemn | welcome/condemn,criticise,criticize,reject | praise/condemn,criticise,criticize,denounce |
    begin/end,stop,finish,cease | start/end,stop,finish,cease | open/close,shut | reopen/close,shut | enter/leave,exit | join/leave,quit | arrive/depart,leave
      import/export |  succeed/fail | success/failure | successful/unsuccessful
    successfully/unsuccessfully | manage/fail | remember/forget | accelerate/delay,slow | encourage/discourage,deter | protect/endanger,threaten
     establish/abolish,dissolve | legalise/ban | push/pull |  maintain/abandon,drop
    keep/abandon,drop | extend/shorten,curtail | lengthen/shorten | facilitate/impede,hinder,obstruct | boost/reduce,dampen,curb | deploy/withdraw
    ease/tighten | lift/impose | largest/smallest | larger/smaller | biggest/smallest | bigger/smaller | large/small | big/small | highest/lowest
    best/worst | better/worse | good/bad,evil | legal/illegal,unlawful | lawful/unlawful | possible/impossible | able/unable | willing/unwilling
    likely/unlikely | inside/outside | within/outside | indoors/outdoors | faster/slower | fast/slow | longer/shorter | long/short | longest/shortest
    oldest/youngest | older/younger | old/young,new | rich/poor | wealthy/poor | cheap/expensive,costly | cheaper/costlier | safe/unsafe,dangerous
    formal/informal | official/unofficial | public/private | direct/indirect | directly/indirectly | voluntary/mandatory,compulsory,obligatory | temporary/permanent
    urban/rural | domestic/foreign | internal/external | majority/minority,few | most/minority,few | minority/majority,most,many | mandatory/optional,voluntary | friendly/hostile | positive/negative |
    empty/full | dead/alive | hot/cold | warm/cold | wet/dry | tall/short | happy/sad,unhappy | maximum/minimum | upper/lower | upward/downward
    sufficient/insufficient | adequate/inadequate | dependent/independent | stable/unstable | necessary/unnecessary | complete/incomplete
    guilty/innocent | convict/acquit | true/false | correct/incorrect | valid/invalid | active/inactive | armed/unarmed | known/unknown | married/unmarried
    common/rare,uncommon | frequently/rarely,seldom | often/rarely,seldom | always/never,sometimes | usually/rarely,seldom |
     present/absent | advantage/disadvantage | profit/loss | surplus/deficit | ally/enemy,foe | friend/enemy | peace/war


    optimistic/pessimistic | optimism/pessimism | easy/difficult,hard | easier/harder | simple/complex | liable/exempt | taxable/exempt
     unchanged/changed | fixed/variable | equal/unequal | fair/unfair | clear/unclear | satisfied/dissatisfied,unsatisfied
    abundance/lack,shortage | plenty/lack,shortage |  shortage/surplus |   unanimous/divided | unanimously/narrowly
     asleep/awake | sleep/wake | outdoors/indoors | smile/frown |
    """

_IN_PLACE = """
    presence/absence | north/south | east/west | northern/southern | eastern/western | left/right | top/bottom | front/back | day/night | morning/evening | attack/defend | attacker/defender | employer/employee | landlord/tenant | parent/child | teacher/pupil | buyer/seller | lender/borrower | secret/public | confidential/public
    create/destroy,abolish | male/female | man/woman | boy/girl | free/fee | buy/sell | purchase/sell | lend/borrow | attack/defend | early/late | light/dark | heavy/light | walk/run | clean/dirty | sit/stand | laugh/cry | lack/have | win/lose | victory/defeat | appear/disappear,vanish | include/except
    """


def _groups(listed: str, base: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    alike: dict[str, frozenset[str]] = dict(base)
    for group in listed.replace("\n", "|").split("|"):
        stems = frozenset(stem(word) for word in group.split())
        for one in stems:
            alike[one] = alike.get(one, frozenset()) | (stems - {one})
    return alike


def _opposites(listed: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry in filter(None, map(str.strip, listed.replace("\n", "|").split("|"))):
        left, _, right = entry.partition("/")
        for other in right.split(","):
            found[stem(left)].add(stem(other))
            found[stem(other)].add(stem(left))
    return {one: frozenset(others - {one}) for one, others in found.items()}


OPPOSITE: Mapping[str, frozenset[str]] = _opposites(_OPPOSITE)
"""Stem → stems that say the opposite of it in the same place."""

IN_PLACE: Mapping[str, frozenset[str]] = _opposites(_IN_PLACE)
"""Stem → stems that say another thing only where they stand between the same words."""

ALIKE: Mapping[str, frozenset[str]] = {
    one: others - OPPOSITE.get(one, frozenset()) - IN_PLACE.get(one, frozenset())
    for one, others in _groups(_ALIKE, SYNONYMS).items()
}
"""Stem → stems that may stand for it in a paraphrase."""

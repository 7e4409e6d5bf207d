"""Words that policy texts use for one another (pure data): a question that says "lorries" is met by
"trucks". Used to weigh how much of a question a sentence holds, never to search or to quote."""

from __future__ import annotations

from rag.terms import stem

_GROUPS = """
    agreement accord pact treaty deal | aid help assist assistance | allow permit authorise authorize
    arms weapons weaponry | attack assault raid strike | avoid shun | begin start launch commence | ban prohibit forbid
    border frontier boundary | building construction build | buy purchase | call name term dub | cargo freight consignment
    shipment goods | chair chairmanship presidency preside | close shut | company firm business | cost price
    country state nation | criticise criticize condemn denounce | custody detain arrest | danger threat risk
    decline fall drop decrease | disagree differ conflict | drill exercise manoeuvre | drugs narcotics | duty tariff tax
    embassy mission | end stop cease finish | envoy ambassador | export sell supply | fee charge toll | find discover
    fighter militant insurgent combatant | force troop soldier army military | found establish set create
    government administration cabinet | head lead leader chief command | hold keep retain | import buy
    increase rise grow growth raise | invite invitation | join accede accession enter membership | kill die dead death
    large big size | law statute act legislation | lorry truck vehicle | meet meeting talk | minister secretary
    money fund finance | move shift transfer | oppose resist resistance | parliament assembly legislature
    people person | plan scheme project | port harbour harbor | railway rail train | reason cause | reduce cut
    refugee displaced | refuse reject decline | report say state | revoke withdraw cancel | road highway route
    rule govern regime | sanction embargo | send dispatch | show reveal | sign signature | stance position attitude
    support back endorse | take seize capture | terminate end | test trial pilot | trade commerce | visit trip | war conflict
    reluctant unwilling | weak feeble | widen expand enlarge enhance | year annual"""

SYNONYMS: dict[str, frozenset[str]] = {}
for _group in _GROUPS.split("|"):
    _stems = frozenset(stem(word) for word in _group.split())
    for _one in _stems:
        SYNONYMS[_one] = SYNONYMS.get(_one, frozenset()) | (_stems - {_one})

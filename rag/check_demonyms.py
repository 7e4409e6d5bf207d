"""Countries under the names they go by (pure data): "US", "American"; "Dutch", "Holland"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rag.terms import stem

_COUNTRIES = """
    united-states us usa u.s. america american americans | united-kingdom uk u.k. britain british briton britons england english
    european-union eu europe european europeans | united-nations un u.n. | soviet-union ussr soviet soviets | russia russian russians moscow kremlin
    china chinese beijing prc | france french paris | germany german germans berlin | spain spanish spaniard spaniards
    italy italian italians | netherlands dutch holland | belgium belgian | switzerland swiss | sweden swedish swede swedes
    norway norwegian norwegians | denmark danish dane danes | finland finnish finn finns | poland polish pole poles | greece greek greeks
    turkey turkish turk turks ankara türkiye turkiye | ireland irish | scotland scottish scots | wales welsh | portugal portuguese | iceland icelandic
    japan japanese tokyo | korea korean koreans | india indian indians delhi | pakistan pakistani pakistanis islamabad | iran iranian iranians tehran
    iraq iraqi iraqis baghdad | israel israeli israelis | egypt egyptian cairo | syria syrian damascus | lebanon lebanese | yemen yemeni
    saudi-arabia saudi saudis ksa riyadh | uae emirates emirati emiratis | qatar qatari doha | oman omani | kuwait kuwaiti | jordan jordanian
    afghanistan afghan afghans kabul | tajikistan tajik tajiks dushanbe | uzbekistan uzbek uzbeks tashkent | kazakhstan kazakh kazakhs astana
    kyrgyzstan kyrgyz bishkek | turkmenistan turkmen ashgabat | bangladesh bangladeshi | nepal nepali nepalese | sri-lanka sri-lankan | myanmar burma burmese
    thailand thai | vietnam vietnamese | philippines philippine filipino filipinos | indonesia indonesian jakarta | malaysia malaysian | singapore singaporean
    australia australian australians | new-zealand zealander zealanders | canada canadian canadians | mexico mexican mexicans | brazil brazilian
    argentina argentine argentinian | chile chilean | peru peruvian | cuba cuban | colombia colombian | venezuela venezuelan | ukraine ukrainian kyiv kiev
    belarus belarusian minsk | georgia georgian | armenia armenian | azerbaijan azerbaijani azeri baku | austria austrian | hungary hungarian | czech czechs czechia
    slovakia slovak | slovenia slovene slovenian | serbia serbian serb serbs | croatia croatian croat | bosnia bosnian | romania romanian | bulgaria bulgarian
    nigeria nigerian | niger nigerien | kenya kenyan | ethiopia ethiopian | somalia somali | sudan sudanese | libya libyan | morocco moroccan | tunisia tunisian
    algeria algerian | ghana ghanaian | south-africa south-african | taliban emirate | catholic catholicism vatican | islam islamic muslim muslims | jew jews jewish judaism
    christian christians christianity | buddhist buddhism | hindu hindus hinduism
    """
_SHARED_WORDS = frozenset(
    "united states new south kingdom nations union saudi-arabia sri arabia lanka lankan africa african".split()
)
SHORT_FORMS: Mapping[tuple[str, str], str] = {
    (stem("united"), stem("states")): "us",
    (stem("united"), stem("kingdom")): "uk",
    (stem("united"), stem("nations")): "un",
    (stem("european"), stem("union")): "eu",
    (stem("soviet"), stem("union")): "ussr",
}
"""Two stems in a row → the stem of their short form."""


def _groups() -> Iterator[frozenset[str]]:
    for line in _COUNTRIES.split("|"):
        parts = {part.replace(".", "") for name in line.split() for part in name.split("-")}
        yield frozenset(stem(part) for part in parts - _SHARED_WORDS)


SAME_PLACE: Mapping[str, frozenset[str]] = {one: group for group in _groups() for one in group}
"""Stem of a country, its people or its seat of government → the stems that may stand for it."""

OPENERS = frozenset(
    """although though despite whereas unlike since according every each several many most some few all both neither either one two three
    four five six seven eight nine ten eleven twelve under after before during while when where why how what who which whether if unless
    until because then there here this that these those such another other first second third last next former current new old young
    today yesterday tomorrow recently however moreover therefore thus also only even just still instead meanwhile nobody nothing none
    no not never every everyone anyone someone people men women children senior top chief foreign domestic local national international
    federal public private between among within without upon once following given including regarding concerning throughout nearly almost
    about around approximately over more less at least fewer early late in on by for from to of with as and or but nor so yet
    """.split()
)
"""Words that open a sentence before a name without belonging to it."""

GENERIC = frozenset(
    map(
        stem,
        """agreement treaty convention protocol pact accord declaration charter constitution act bill law code regulation directive decree article section
        chapter part annex clause paragraph government ministry minister department office agency authority commission committee council court tribunal
        parliament assembly senate congress house chamber state states member members party parties president prime chancellor king queen prince princess
        governor mayor ambassador envoy secretary director chair chairman chairperson chairwoman speaker judge justice general colonel captain major admiral
        commander lieutenant sergeant police army navy force forces company corporation inc ltd llc plc group bank fund university college school institute
        centre center hospital museum church party union federation association society board team club league cup championship championships game games
        series season film movie album song book novel show river lake mountain island sea ocean bay gulf valley city town village county district province
        region republic kingdom empire dynasty north south east west northern southern eastern western central mr mrs ms dr prof sir lady lord saint st
        war battle revolution conference summit forum meeting plan project programme program system service services report study paper survey journal
        recipient discloser disclosing receiving confidential information purpose contractor supplier client customer buyer seller lender borrower
        employer employee tenant landlord user users internet web online earth world god bible english language i internet covid coronavirus sars cov
        street road avenue park square station airport bridge tower palace castle hall building monday tuesday wednesday thursday friday saturday sunday
        january february march april may june july august september october november december christmas easter ramadan spring summer autumn winter
        """.split(),
    )
)
"""Stems of capitalised words that do not name anything by themselves."""

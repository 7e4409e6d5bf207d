"""Names to swap with one another: countries with their adjectives, cities, organisations, persons (pure data)."""

from __future__ import annotations

_COUNTRIES = """
Afghanistan:Afghan Pakistan:Pakistani Tajikistan:Tajik Uzbekistan:Uzbek Kazakhstan:Kazakh Kyrgyzstan:Kyrgyz Turkmenistan:Turkmen
| India:Indian Bangladesh:Bangladeshi Nepal:Nepali Sri_Lanka:Sri_Lankan
| China:Chinese Japan:Japanese Mongolia:Mongolian Vietnam:Vietnamese Thailand:Thai Indonesia:Indonesian Malaysia:Malaysian
| Iran:Iranian Iraq:Iraqi Turkey:Turkish Syria:Syrian Saudi_Arabia:Saudi Qatar:Qatari Oman:Omani Kuwait:Kuwaiti Jordan:Jordanian Lebanon:Lebanese Israel:Israeli Egypt:Egyptian
| Russia:Russian Ukraine:Ukrainian Belarus:Belarusian Georgia:Georgian Armenia:Armenian Azerbaijan:Azerbaijani
| Germany:German France:French Italy:Italian Spain:Spanish Poland:Polish Sweden:Swedish Norway:Norwegian Greece:Greek Portugal:Portuguese Belgium:Belgian Austria:Austrian Hungary:Hungarian Finland:Finnish Denmark:Danish Ireland:Irish
| Canada:Canadian Mexico:Mexican Brazil:Brazilian Argentina:Argentine Chile:Chilean Colombia:Colombian Peru:Peruvian Venezuela:Venezuelan Cuba:Cuban
| Kenya:Kenyan Nigeria:Nigerian Ethiopia:Ethiopian Sudan:Sudanese Somalia:Somali Uganda:Ugandan Ghana:Ghanaian Tanzania:Tanzanian Libya:Libyan Morocco:Moroccan Algeria:Algerian
| Australia:Australian New_Zealand:New_Zealand
"""
_CITIES = """
Dushanbe Tashkent Islamabad Kabul Bishkek Ashgabat Astana
| Kandahar Almaty Peshawar Lahore Karachi Quetta Herat Samarkand Bukhara Kunduz Khujand Khorog Termez Gwadar Rawalpindi
| Delhi Mumbai Chennai Kolkata Dhaka Kathmandu Colombo
| Tehran Baghdad Damascus Riyadh Doha Istanbul Ankara Cairo Beirut Amman
| Moscow Kyiv Minsk Tbilisi Yerevan Baku Warsaw
| London Paris Berlin Madrid Rome Brussels Geneva Vienna Amsterdam Stockholm Oslo Lisbon Dublin Manchester Liverpool Birmingham Edinburgh Glasgow
| Beijing Shanghai Tokyo Seoul Bangkok Singapore Jakarta Hanoi
| Boston Chicago Houston Philadelphia Seattle Denver Atlanta Miami Dallas Detroit Los_Angeles San_Francisco
| Nairobi Lagos Johannesburg Khartoum Addis_Ababa
"""
_ORGANISATIONS = """
United_Nations European_Union World_Bank International_Monetary_Fund African_Union Asian_Development_Bank World_Health_Organization
Islamic_Development_Bank Shanghai_Cooperation_Organisation Collective_Security_Treaty_Organization World_Trade_Organization
| UN EU IMF NATO OSCE ADB WHO SCO CSTO WTO ASEAN OPEC UNDP UNICEF UNHCR ECO CIS CAREC EBRD
| Taliban Islamic_State al-Qaeda Al-Qaeda Hezbollah Hamas Northern_Alliance Haqqani_Network
| Reuters AFP BBC CNN Al_Jazeera Bloomberg
| Google Microsoft Apple Amazon Facebook IBM Intel
| Conservatives Labour Republicans Democrats
| Senate House_of_Representatives
| Foreign_Ministry Defence_Ministry Interior_Ministry Finance_Ministry
| Ministry_of_Foreign_Affairs Ministry_of_Defence Ministry_of_Finance Ministry_of_Commerce Ministry_of_Energy Ministry_of_Transport
| Indus Amu_Darya Panj Nile Danube Rhine
"""
_REGIONS = """Badakhshan Kunduz Takhar Balkh Herat Helmand Nangarhar Panjshir Baghlan Kunar
| Punjab Sindh Balochistan Khyber_Pakhtunkhwa
| California Texas Florida Ohio Virginia Georgia Illinois Michigan Colorado
| northern southern | eastern western | north south | east west | Northern Southern | Eastern Western | North South | East West
| northwestern southeastern | northeastern southwestern"""


def _groups(text: str) -> list[list[str]]:
    return [[name.replace("_", " ") for name in group.split()] for group in text.split("|")]


COUNTRIES: dict[str, list[tuple[str, str]]] = {}
"""Country → the other countries of its region, as (country, adjective)."""
ADJECTIVES: dict[str, str] = {}
"""Country → adjective."""
SISTERS: dict[str, list[str]] = {}
"""City, organisation or region → others of its sort."""

for _group in _groups(_COUNTRIES):
    _pairs = [(_name, _adjective) for _name, _, _adjective in (_entry.partition(":") for _entry in _group)]
    for _name, _adjective in _pairs:
        ADJECTIVES[_name] = _adjective
        COUNTRIES[_name] = [_pair for _pair in _pairs if _pair[0] != _name]
for _group in [*_groups(_CITIES), *_groups(_ORGANISATIONS), *_groups(_REGIONS)]:
    for _name in _group:
        SISTERS.setdefault(_name, []).extend(_other for _other in _group if _other != _name)
COUNTRIES["New Zealand"] = [("Australia", "Australian"), ("Canada", "Canadian")]
COUNTRIES["Australia"] = [("New Zealand", "New Zealand"), ("Canada", "Canadian")]

CENTRAL_ASIAN = (
    "Rahimov Karimov Sharipov Nazarov Mirzoev Saidov Yusufi Hakimi Noorzai Stanikzai Durrani Afridi Qureshi Malik Siddiqui".split(),
    "Sirojiddin Davron Farrukh Rustam Nizamuddin Abdul Mohammad Asif Tariq Imran Bakhtiyor Ahmad Zalmay Hamid".split(),
)
WESTERN = (
    "Johnson Miller Anderson Clark Bennett Fraser Hughes Palmer Russell Sullivan Whitman Carter Morgan".split(),
    "James Robert Peter Michael Andrew Thomas Helen Susan Margaret Laura Emily David Richard Anna".split(),
)
"""(family names, first names)"""
FIRST_NAMES = frozenset(
    """James John Robert Michael William David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Mark Donald Steven
    Stephen Paul Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan
    Larry Justin Scott Brandon Benjamin Samuel Frank Gregory Raymond Alexander Patrick Jack Dennis Jerry Tyler Aaron Jose Adam Henry
    Nathan Peter Philip Phillip Roger Simon Martin Neil Alan Ian Graham Colin Keith Craig Sean Luke Harry Oliver Bill Bob Tom Jim Joe
    Mike Steve Chris Tim Dan Ben Sam Tony Nick Rob Matt Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Nancy
    Lisa Margaret Betty Sandra Ashley Emily Kimberly Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Helen Sharon
    Cynthia Kathleen Amy Angela Anna Ruth Brenda Emma Olivia Julia Kate Jane Hillary Barack Ronald Jimmy Gerald Winston Theresa Boris
    Vladimir Sergei Dmitry Emomali Rustam Shavkat Nursultan Ashraf Hamid Ahmad Mohammad Muhammad Mohammed Abdul Abdullah Imran Asif
    Nawaz Shehbaz Narendra Xi Amir Ali Hassan Hussein Saddam Osama Mullah Zalmay Amrullah Gul Khalil Antony Joe Angela Emmanuel""".split()
)

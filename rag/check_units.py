"""Units of measure → dimension and size in one base unit (pure): 2 weeks are 14 days, 5 miles are 8 km."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.terms import stem

_SIZES: Mapping[str, str] = {
    "time": "second:1.1574e-5 minute:6.9444e-4 hour:0.0416667 day:1 night:1 week:7 fortnight:14 month:30.44 "
    "year:365.25 yr:365.25 decade:3652.5 century:36525 centuries:36525",
    "length": "millimetre:0.001 millimeter:0.001 mm:0.001 centimetre:0.01 centimeter:0.01 cm:0.01 inch:0.0254 "
    "inches:0.0254 foot:0.3048 feet:0.3048 ft:0.3048 yard:0.9144 metre:1 meter:1 m:1 kilometre:1000 kilometer:1000 "
    "km:1000 kms:1000 mile:1609.34 nautical-mile:1852",
    "mass": "gram:0.001 kilogram:1 kg:1 kilo:1 lb:0.4536 lbs:0.4536 ounce:0.02835 ton:1000 tonne:1000",
    "area": "acre:0.4047 hectare:1 ha:1 square-metre:1e-4 square-meter:1e-4 square-kilometre:100 square-kilometer:100 "
    "square-km:100 square-mile:259 square-foot:9.29e-6 square-feet:9.29e-6",
    "volume": "litre:1 liter:1 gallon:3.785 barrel:159 cubic-metre:1000 cubic-meter:1000 cubic-kilometre:1e12 cubic-feet:28.3",
    "power": "kilowatt:1 kw:1 megawatt:1000 mw:1000 gigawatt:1e6 gw:1e6",
    "energy": "kwh:1 mwh:1000 gwh:1e6 twh:1e9",
    "voltage": "volt:0.001 kilovolt:1 kv:1 mv:1000",
    "USD": "dollar:1 usd:1 cent:0.01",
    "EUR": "euro:1 eur:1",
    "GBP": "pound:1 gbp:1 pence:0.01",
    "PKR": "rupee:1 pkr:1",
    "INR": "inr:1",
    "%": "%:1",
    "points": "percentage-point:1",
}
UNITS: Mapping[str, tuple[str, float]] = {
    "-".join(map(stem, name.split("-"))): (dimension, float(size))
    for dimension, listed in _SIZES.items()
    for name, _, size in (entry.partition(":") for entry in listed.split())
}
"""Stemmed unit → (dimension, its size in the dimension's base: day, metre, kilogram, hectare, litre, …)."""


def dimension(unit: str, nouns: Sequence[str]) -> tuple[str, float]:
    """What a number with a unit sign and the words after it measures, ("", 1.0) if it only counts."""
    if unit:
        return UNITS.get(unit.lower(), (unit, 1.0))
    if len(nouns) > 1 and (pair := UNITS.get("-".join(nouns[:2]))):
        return pair
    return UNITS.get(nouns[0], ("", 1.0)) if nouns else ("", 1.0)


def comparable(one: str, other: str) -> bool:
    """Whether two dimensions may be the same thing: equal, or one is not stated. A share is always stated."""
    return one == other or ("%" not in (one, other) and not (one and other))

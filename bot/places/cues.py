"""What speaks for and against a word being a place, in one table, and the word lists behind it.

The weights are log-odds, added up and turned into a confidence by the logistic function: +0.7 doubles the odds,
-0.7 halves them. They were set by hand from shares measured on annotated Ukrainian and Russian news (PLACES.md,
"Telling a place from its double") and rounded; P is the share of true places seen with the cue.
The word lists were written for this project. A list entry that ends in * stands for every word beginning so.
"""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
    "a name": 0.9,  # P .84 with 460 cities tracked, .53 with 17,604 names
    "an adjective": 0.6,
    "well known": 1.5,  # official city: P .81
    "written small": -3.0,
    "everything small": -0.9,
    "locative preposition": 2.2,  # P .97
    "other preposition": 1.2,
    "place marker before": 3.5,  # P .95
    "region or district after": 2.5,  # P 1.00
    "direction after": 3.0,  # P 1.00
    "in brackets": 1.0,  # P .92
    "beside another place": 1.2,
    "hashtag": 1.0,
    "first name before": -4.0,  # P .10
    "initials before": -4.0,  # P .15
    "patronymic after": -5.0,  # P 0
    "surname after": -3.0,
    "rank or title before": -3.0,
    "in honour of": -4.0,
    "looks like a surname": -1.2,
    "a first name": -2.0,
    "a common word": -1.2,
    "common word opens sentence": -2.2,  # P .14
    "street or square": -2.8,
    "church, unit or organisation": -2.2,
    "part of a longer name": -2.2,
    "surname alone": -1.5,
}


def words(text: str) -> frozenset[str]:
    """Read a list of words."""
    return frozenset(text.split())


LOCATIVE = words(
    "в у во на під под біля поблизу возле около поблизости неподалік недалеко in near at outside around"
)
OTHER_PREPOSITIONS = words(
    "до з із зі за від из с со к ко от над по через між между проти к під about from to towards toward of for via"
)
PLACE_MARKERS = words(
    "м г с н.п нп смт пгт пос п с-ще ст місто міста місту містом місті місті-герої город города городу городом городе "
    "село села селу селом селі селе селище селища селищі селищу селищем посёлок поселок посёлка поселка посёлке поселке "
    "посёлку поселку деревня деревни деревне деревню станция станции станцію станції станція хутор хутора хуторі хуторе "
    "населённый населенный населённого населенного пункт пункта пункту пункті пункте town city village settlement"
)
DIRECTION_WORDS = (
    "направлени",
    "напрям",
    "direction",
    "axis",
    "відтинк",
    "участк",
    "ділянц",
    "фронт",
    "front",
    "sector",
    "сектор",
)
DISTRICT_WORDS = (
    "район",
    "р-н",
    "громад",
    "общин",
    "отг",
    "тг",
    "рва",
    "мва",
    "district",
    "raion",
    "hromada",
    "community",
)
REGION_WORDS = (
    "област",
    "обл",
    "край",
    "краю",
    "края",
    "краем",
    "губерн",
    "ова",
    "oblast",
    "region",
    "ао",
    "автоном",
)
STREET_WORDS = (
    "вулиц",
    "вул",
    "улиц",
    "ул",
    "площ",
    "проспект",
    "просп",
    "пр-т",
    "бульвар",
    "провул",
    "переул",
    "шосе",
    "шоссе",
    "набереж",
    "street",
    "avenue",
    "square",
)
CALLED_WORDS = (
    "собор",
    "церк",
    "храм",
    "монаст",
    "лавр",
    "икон",
    "ікон",
    "бригад",
    "бриг",
    "полк",
    "батальон",
    "батальйон",
    "дивизи",
    "дивізі",
    "завод",
    "фабрик",
    "шахт",
    "клуб",
    "банк",
    "университет",
    "університет",
    "институт",
    "інститут",
    "музей",
    "театр",
    "битв",
    "вокзал",
    "cathedral",
    "church",
    "brigade",
    "battalion",
    "regiment",
    "university",
    "stadium",
)
HONOUR_WORDS = words("імені им имени ім named")
FIRST_NAMES = words("")

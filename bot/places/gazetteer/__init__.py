"""Every town and larger village of Ukraine and its neighbours, by any of its names. Offline.

The data are GeoNames' (https://www.geonames.org/), licensed CC BY 4.0; see data/README.md.
"""

from bot.places.gazetteer.gazetteer import Gazetteer
from bot.places.gazetteer.records import Candidate, GazetteerError, How, Settlement, UnknownArea

__all__ = ["Candidate", "Gazetteer", "GazetteerError", "How", "Settlement", "UnknownArea"]

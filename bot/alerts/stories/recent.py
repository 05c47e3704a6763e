"""What was posted lately, found again by its fingerprint. In memory; a day's posts are forgotten together."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from math import inf

from bot.alerts.stories.fingerprint import BANDS, Fingerprint
from bot.alerts.stories.likeness import Likeness, compare, reach

_PER_BAND = 16  # newest posts looked at in one band: a template's band has thousands
_STEPS = 100  # entries of a band passed over
_COMPARED = 4  # candidates compared word by word
_DAY = 86_400


@dataclass(slots=True)
class _Day:
    """The posts of one day. `newest` leads from a band to its last entry, `before` from each entry to the last
    before it; entry // BANDS is the post's number within the day."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    packed: list[bytes] = field(default_factory=list)
    exact: dict[bytes, int] = field(default_factory=dict)
    newest: dict[int, int] = field(default_factory=dict)
    before: array[int] = field(default_factory=lambda: array("l"))

    def add(self, post_id: int, text: Fingerprint, packed: bytes, at: float) -> None:
        number = len(self.ids)
        self.ids.append(post_id)
        self.times.append(at)
        self.packed.append(packed)
        self.exact[text.exact] = number
        for entry, band in enumerate(text.bands, number * BANDS):
            self.before.append(self.newest.get(band, -1))
            self.newest[band] = entry

    def sharing(self, band: int, since: float, until: float, most: int) -> list[int]:
        """Give the newest posts of this time with this band."""
        found: list[int] = []
        entry, left = self.newest.get(band, -1), _STEPS
        while entry >= 0 and left and len(found) < most:
            number = entry // BANDS
            if since <= self.times[number] <= until:
                found.append(number)
            entry, left = self.before[entry], left - 1
        return found


class Recent:
    """A rolling window of posts in which a copy is found in well under a millisecond."""

    def __init__(self, window: timedelta = timedelta(days=7)) -> None:
        self._window = window
        self._days: dict[int, _Day] = {}

    def __len__(self) -> int:
        return sum(len(day.ids) for day in self._days.values())

    def add(self, post_id: int, text: Fingerprint, posted_at: datetime, packed: bytes | None = None) -> None:
        """Remember a post; one without words is never found again and not kept. `packed` is `text.to_bytes()`."""
        if text.words:
            at = posted_at.timestamp()
            day = self._days.setdefault(int(at // _DAY), _Day())
            day.add(post_id, text, text.to_bytes() if packed is None else packed, at)

    def expire(self, before: datetime) -> None:
        """Forget the days that ended before this time."""
        last = int(before.timestamp() // _DAY)
        for day in [day for day in self._days if day < last]:
            del self._days[day]

    def candidates(self, text: Fingerprint) -> list[int]:
        """Give the ids of posts that may be copies, the likeliest first; at most a handful."""
        return [day.ids[number] for day, number in self._likely(text, -inf, inf)]

    def nearest(self, text: Fingerprint, now: datetime) -> tuple[int, Likeness] | None:
        """Give the post within the text's reach of `now` that it is most like, and how; None where it is new.

        Of several as like as one another it is the one nearest in time.
        """
        at = now.timestamp()
        far = min(reach(text), self._window).total_seconds()
        best: tuple[float, float, int, Likeness] | None = None
        for day, number in self._likely(text, at - far, at + far):
            when = day.times[number]
            other = Fingerprint.from_bytes(day.packed[number])
            likeness = compare(other, text) if when <= at else compare(text, other)
            if likeness.joins and (best is None or (-likeness.score, abs(when - at)) < best[:2]):
                best = (-likeness.score, abs(when - at), day.ids[number], likeness)
        return (best[2], best[3]) if best else None

    def _likely(self, text: Fingerprint, since: float, until: float) -> list[tuple[_Day, int]]:
        """What shares a band, rare bands first: one that a template's thousand posts share tells little."""
        days = [
            (key, day)
            for key, day in sorted(self._days.items(), reverse=True)
            if (key + 1) * _DAY >= since and key * _DAY <= until
        ]
        found: dict[tuple[int, int], None] = {}
        for key, day in days:
            equal = day.exact.get(text.exact)
            if equal is not None and since <= day.times[equal] <= until:
                found[key, equal] = None
        weight: defaultdict[tuple[int, int], float] = defaultdict(float)
        for band in text.bands:
            sharing: list[tuple[int, int]] = []
            for key, day in days:
                if band in day.newest:
                    room = _PER_BAND - len(sharing)
                    sharing += [(key, number) for number in day.sharing(band, since, until, room)]
            for at in sharing:
                weight[at] += 1 / len(sharing)
        found.update(dict.fromkeys(nlargest(_COMPARED, weight, key=weight.__getitem__)))
        return [(self._days[key], number) for key, number in found]

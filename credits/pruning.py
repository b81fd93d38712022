"""Where a window's peak may lie: bounds from sums by bucket, so that few calls are read one by one.

A bucket is a stretch of time of which days of every zone are whole numbers: a minute, a quarter of
an hour. At the end of a bucket the window's sum follows from whole buckets. Within the bucket it is
no more than that and what the bucket where the window begins holds. So the peak lies in one of the
few buckets whose bound reaches the greatest sum at an end; these must be known call by call, and
so must the buckets where their windows begin. Of all others the sums are enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from credits.sums import cumulative
from credits.times import DAY, Ints, firsts, midnights
from credits.windows import Kind

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Buckets:
    """Sums by owner and bucket, one entry for each that has calls, sorted by both."""

    width: int
    """Microseconds; 24 hours are a whole number of buckets."""
    owners: Ints
    """Whose, as numbers from 0."""
    places: Ints
    """Which bucket: those since 1970 are counted."""
    calls: Ints
    amounts: Ints

    @property
    def ends(self) -> Ints:
        """The last microsecond of each."""
        return (self.places + 1) * self.width - 1


def needed(
    buckets: Buckets,
    kind: Kind,
    zone: str,
    asked: tuple[int, int],
    *,
    openings: Ints | None = None,
    always: Ints | None = None,
) -> Mask:
    """Which buckets must be known call by call, so that each owner's peaks come out exact.

    Anchored windows without openings hold nothing, and need nothing.

    Peaks of calls and of credits, in windows that end in the buckets from the first of `asked` up
    to before the second. `openings`: the stamps that open an anchored block; `always`: buckets that
    must be known anyhow.
    """
    if not len(buckets.places) or (kind == "anchored" and (openings is None or not len(openings))):
        return np.zeros(len(buckets.places), dtype=bool)
    whole, touched = _beginnings(buckets, kind, zone, openings)
    size = int(buckets.places.max()) + 1
    keys = buckets.owners * size + buckets.places
    inner = np.searchsorted(keys, buckets.owners * size + np.maximum(whole, 0))
    outer = np.searchsorted(keys, buckets.owners * size + np.maximum(touched, 0))
    within = (buckets.places >= asked[0]) & (buckets.places < asked[1])
    hot = np.zeros(len(keys), dtype=bool)
    for amounts in (buckets.calls, buckets.amounts):
        sums = cumulative(amounts)
        hot |= _may_peak(buckets.owners, sums[1:] - sums[inner], sums[1:] - sums[outer], within)
    known = hot.copy()
    known[outer[hot][buckets.places[outer[hot]] == touched[hot]]] = True
    if always is not None:
        known |= np.isin(buckets.places, always)
    if openings is not None and kind == "anchored":
        known |= np.isin(buckets.places, np.append(openings, openings + DAY) // buckets.width)
    return known


def _beginnings(
    buckets: Buckets, kind: Kind, zone: str, openings: Ints | None
) -> tuple[Ints, Ints]:
    """The first bucket that a window holds whole at a bucket's end, and in part somewhere in it."""
    if kind == "trailing":
        touched = buckets.places - DAY // buckets.width
        return touched + 1, touched
    if kind == "calendar" or openings is None:
        starts = midnights(buckets.ends, zone)
    else:
        starts = openings
    begin = starts[np.maximum(np.searchsorted(starts, buckets.ends, "right") - 1, 0)]
    return -(-begin // buckets.width), begin // buckets.width


def _may_peak(owners: Ints, least: Ints, most: Ints, asked: Mask) -> Mask:
    """Where an owner's sum may be greatest, by a sum that it reaches and one that it can't pass."""
    first = firsts(owners)
    sizes = np.diff(np.append(first, len(owners)))
    best = np.repeat(np.maximum.reduceat(np.where(asked, least, 0), first), sizes)
    found: Mask = asked & (most >= best) & (most > 0)
    # Of whoever used nothing the peak is nothing, at the first of the calls.
    nothing = np.flatnonzero(asked & (best == 0))
    found[nothing[firsts(owners[nothing])]] = True
    return found

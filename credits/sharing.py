"""Something whole shared out in proportion, so that the parts add up to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from credits.times import Ints, firsts

_SAFE = 2**62
_EXACT = 2**52


def product_over(ones: Ints, others: Ints, by: Ints) -> Ints:
    """Ones × others ÷ by, rounded down, even where the product has more than 64 bits; by ≠ 0."""
    if not len(by):
        return ones
    if object in (ones.dtype, others.dtype):
        return ones * others // by
    most = int(np.abs(ones).max()) * int(np.abs(others).max())
    if most < _EXACT:
        # A double is far quicker than whole numbers, and no quotient of these reaches a whole
        # number by being rounded: it is off by less than 1 ÷ by, its least distance from one.
        return np.floor(ones * others / by).astype(np.int64)
    if most < _SAFE:
        return ones * others // by
    found = ones.astype(object) * others.astype(object) // by.astype(object)
    return np.asarray(found, dtype=np.int64)


def shared_out(amounts: Ints, groups: Ints, weights: Ints) -> Ints:
    """Each group's amount in whole parts, one for each of its members, by largest remainder.

    `amounts`: one for each group. `groups`: whose group each member is in, 0, 1, 2 …, ascending.
    `weights`: one for each member, int64 or (like `amounts`) Python's integers; of equal
    remainders the earlier member's is rounded up. Members
    that weigh nothing get nothing, as long as anything in the group weighs something.
    """
    if not len(groups):
        return groups
    first = firsts(groups)
    sums = np.add.reduceat(weights, first)
    weights = np.where(np.repeat(sums == 0, np.diff(np.append(first, len(groups)))), 1, weights)
    sums = np.add.reduceat(weights, first)
    whole, size = amounts[groups[first]], np.diff(np.append(first, len(groups)))
    each, by = np.repeat(whole, size), np.repeat(sums, size)
    parts = product_over(each, weights, by)
    # The remainder of a product is needed only to be compared within its group.
    left = _remainders(each, weights, by, parts)
    missing = whole - np.add.reduceat(parts, first)
    order = np.lexsort((-left, groups))
    rank = np.empty(len(groups), dtype=np.int64)
    rank[order] = np.arange(len(groups)) - np.repeat(first, size)
    return parts + (rank < np.repeat(missing, size))


def shared_among(whole: int, weights: Sequence[int], keys: Sequence[Any]) -> list[int]:
    """One amount of any size in whole parts by weight, as `shared_out`, whatever the order.

    Of equal remainders the greater weight's is rounded up first, then that of the lesser key.
    """
    order = sorted(range(len(weights)), key=lambda row: (-weights[row], keys[row]))
    # Python's integers, which have no end: a bill times credits in millionths may need them.
    amounts = np.array([whole], dtype=object)
    ordered = np.array([weights[row] for row in order], dtype=object)
    parts = shared_out(amounts, np.zeros(len(order), dtype=np.int64), ordered).tolist()
    found = [0] * len(order)
    for row, part in zip(order, parts, strict=True):
        found[row] = int(part)
    return found


def _remainders(ones: Ints, others: Ints, by: Ints, parts: Ints) -> Ints:
    if object in (ones.dtype, others.dtype):
        return ones * others - parts * by
    if int(np.abs(ones).max()) * int(np.abs(others).max()) < _SAFE:
        return ones * others - parts * by
    found = ones.astype(object) * others.astype(object) - parts.astype(object) * by.astype(object)
    return np.asarray(found, dtype=np.int64)

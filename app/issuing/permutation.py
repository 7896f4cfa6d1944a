"""A keyed permutation of the indexes of a status list: counted in order, handed out in disorder.

A counter in the database is what keeps two writers from taking one index. But an index that counts
up would tell everybody who was awarded before whom (Bitstring Status List section 6.4 asks for
random ones), so the counter's position is sent through a small Feistel network of its list's
secret key. A Feistel network is a bijection whatever its round function does, so no two positions
can meet.
"""

import hashlib

LIST_LENGTH = 131_072
"""Entries in a list: the least the standard allows (section 6.1), 2 to the power of 17."""

KEY_BYTES = 32

_LEFT_BITS = 8
_RIGHT_BITS = 9
_ROUNDS = 10  # the halves are small: more rounds than the usual four cost nothing here


def permuted_index(key: bytes, position: int) -> int:
    """The index that belongs to a position; both lie in `range(LIST_LENGTH)`."""
    if not 0 <= position < LIST_LENGTH:
        raise ValueError(f"there is no position {position} in a list of {LIST_LENGTH}")
    left, right = position >> _RIGHT_BITS, position & ((1 << _RIGHT_BITS) - 1)
    for number in range(_ROUNDS):
        if number % 2 == 0:
            left ^= _mix(key, number, right) & ((1 << _LEFT_BITS) - 1)
        else:
            right ^= _mix(key, number, left) & ((1 << _RIGHT_BITS) - 1)
    return left << _RIGHT_BITS | right


def _mix(key: bytes, number: int, half: int) -> int:
    message = bytes((number,)) + half.to_bytes(2, "big")
    return int.from_bytes(hashlib.blake2s(message, key=key, digest_size=2).digest(), "big")

"""An event file: records of bytes with their checksums, as TensorFlow and TensorBoard read them.

Each record is its length, the length's checksum, the bytes, and their checksum, little-endian.
TensorBoard has a writer, which asks for TensorFlow where that is installed, and so takes 3 s.
"""

import struct
from collections.abc import Iterable

POLYNOMIAL = 0x82F63B78  # of CRC-32C (Castagnoli), reversed
MASK = 0xA282EAD8  # added to the rotated checksum, since it is stored beside what it is of


def _table() -> tuple[int, ...]:
    found = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ POLYNOMIAL if value & 1 else value >> 1
        found.append(value)
    return tuple(found)


TABLE = _table()


def crc32c(content: bytes) -> int:
    """Return the CRC-32C of some bytes: about 10 MB a second.

    >>> hex(crc32c(b"123456789"))  # the check value of RFC 3720
    '0xe3069283'
    """
    found, table = 0xFFFFFFFF, TABLE
    for byte in content:
        found = table[(found ^ byte) & 0xFF] ^ found >> 8
    return found ^ 0xFFFFFFFF


def record(content: bytes) -> bytes:
    """Return a record of an event file."""
    length = struct.pack("<Q", len(content))
    return b"".join((length, _masked(length), content, _masked(content)))


def records(contents: Iterable[bytes]) -> bytes:
    """Return several."""
    return b"".join(map(record, contents))


def _masked(content: bytes) -> bytes:
    found = crc32c(content)
    return struct.pack("<I", ((found >> 15 | found << 17) + MASK) & 0xFFFFFFFF)

"""Small images as PNG files, by zlib alone."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

_HEAD = b"\x89PNG\r\n\x1a\n"
GRAY, COLOR, INDEXED = 0, 2, 3  # color types


def gray_png(pixels: bytes, width: int, height: int) -> bytes:
    """Return an image of a byte a pixel, 0 black, row by row from above."""
    return _png(pixels, width, height, 8, GRAY)


def color_png(pixels: bytes, width: int, height: int) -> bytes:
    """Return an image of three bytes a pixel: red, green, blue."""
    return _png(pixels, width, height, 8, COLOR)


def indexed_png(
    places: bytes, width: int, height: int, colors: Sequence[tuple[int, int, int, int]]
) -> bytes:
    """Return an image whose pixels are places among at most 256 colors, red, green, blue, alpha."""
    if not 0 < len(colors) <= 256 or max(places, default=0) >= len(colors):
        raise ValueError("a pixel has no such color")
    palette = bytes(part for color in colors for part in color[:3])
    clear = bytes(color[3] for color in colors)
    return _png(places, width, height, 8, INDEXED, _chunk(b"PLTE", palette), _chunk(b"tRNS", clear))


def data_uri(png: bytes) -> str:
    """Return an image as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _png(pixels: bytes, width: int, height: int, depth: int, kind: int, *between: bytes) -> bytes:
    row = width * (3 if kind == COLOR else 1)
    if len(pixels) != row * height or not pixels:
        raise ValueError(f"{len(pixels)} bytes of pixels, {row * height} needed")
    lines = b"".join(b"\0" + pixels[nth * row : (nth + 1) * row] for nth in range(height))
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), *between, _chunk(b"IDAT", zlib.compress(lines, 9)))
    return _HEAD + b"".join(parts) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

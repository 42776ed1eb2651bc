"""Records as JSON and back: the one way in which records of `records.py` are kept on disk (msgspec).

In: a frozen record of tuples, texts, enums and other records. Out: bytes, and the equal record again; a value of
another type than the record declares is refused.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

Record = TypeVar("Record")

_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def encode(record: object) -> bytes:
    """The record as one line of JSON; half a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""
    try:
        return _ENCODER.encode(record)
    except UnicodeEncodeError:
        return _ENCODER.encode(_clean(msgspec.to_builtins(record)))


def decode(kind: type[Record], content: bytes) -> Record:
    """The record again; raises ValueError where the bytes are no record of this kind."""
    if kind not in _DECODERS:  # looking at a type's fields takes longer than reading a record
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    found: Record = _DECODERS[kind].decode(content)
    return found


def _clean(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value

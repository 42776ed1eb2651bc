"""Records as JSON and back, by position: a record is the list of its fields, a tuple a list, an enum its value.

In: a frozen record of `records.py`. Out: plain values that `json` writes, and the equal record again. The trap: what
is written has no field names in it, so it may only be read by a program with the same `records.py`; whoever keeps it
must keep the version beside it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, cast

Record = TypeVar("Record")

# Looking a type's fields up takes longer than making a record of it; each type is looked at once.
_made_names: dict[type[Any], tuple[str, ...]] = {}
_made_decoders: dict[Any, Callable[[Any], Any]] = {}


def encode(value: Any) -> Any:
    """The record as lists, texts, numbers and None."""
    if isinstance(value, str | int | float | None):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, tuple):
        return [encode(each) for each in value]
    return [encode(getattr(value, name)) for name in _names(type(value))]


def decode(record: type[Record], value: Any) -> Record:
    """The record again; raises ValueError, TypeError or IndexError where the value is none of its kind."""
    return cast(Record, _decoder(record)(value))


def _names(record: type[Any]) -> tuple[str, ...]:
    if record not in _made_names:
        _made_names[record] = tuple(each.name for each in fields(record))
    return _made_names[record]


def _decoder(hint: Any) -> Callable[[Any], Any]:
    """A function that makes a value of this type. A record may hold one of its own kind, so it is looked up late."""
    if hint not in _made_decoders:
        _made_decoders[hint] = lambda value: _made_decoders[hint](value)
        _made_decoders[hint] = _make_decoder(hint)
    return _made_decoders[hint]


def _make_decoder(hint: Any) -> Callable[[Any], Any]:
    if is_dataclass(hint) and isinstance(hint, type):
        return _record_decoder(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional_decoder(arguments)
    if origin is tuple:
        return _tuple_decoder(arguments)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if hint in (str, int, float, bool):
        return _same
    raise TypeError(f"{hint} is no type that a record may have")


def _same(value: Any) -> Any:
    return value


def _record_decoder(record: type[Any]) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(record)
    decoders = [_decoder(hints[name]) for name in _names(record)]
    return lambda values: record(*[decoder(each) for decoder, each in zip(decoders, values, strict=True)])


def _optional_decoder(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    (kind,) = (each for each in arguments if each is not type(None))
    decoder = _decoder(kind)
    return lambda value: None if value is None else decoder(value)


def _tuple_decoder(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if arguments[1:] == (...,):
        decoder = _decoder(arguments[0])
        return tuple if decoder is _same else lambda values: tuple([decoder(each) for each in values])
    decoders = [_decoder(each) for each in arguments]
    if all(each is _same for each in decoders):
        return tuple
    return lambda values: tuple([decoder(each) for decoder, each in zip(decoders, values, strict=True)])

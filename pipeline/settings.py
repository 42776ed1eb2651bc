"""Parameters of a run: the defaults here, what flows.yaml says otherwise, and the command line over both.

In: flows.yaml (`definitions: settings:`, which its deployments share). Out: one frozen `Settings`. The trap: a key
that is not known, anywhere in the file, is an error; a misspelt limit that is silently ignored is a limit that is off.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints

from pipeline.link import LinkLimits
from pipeline.names.dates import PartialDate
from pipeline.records import ReadLimits as ReadLimits

FLOWS = "flows.yaml"

# What Prefect 3 reads in a deployment file, and what it reads of each deployment.
_FILE_KEYS = ("name", "prefect-version", "build", "push", "pull", "definitions", "deployments")
_DEPLOYMENT_KEYS = (
    *("name", "version", "version_type", "tags", "description", "paused", "schedule", "schedules", "flow_name"),
    *("entrypoint", "parameters", "work_pool", "enforce_parameter_schema", "concurrency_limit", "triggers", "sla"),
    *("build", "push", "pull"),
)
_DEFINITION_KEYS = ("settings", "pool")
_SETTINGS = "definitions.settings"
OCR_MODES = ("off", "auto", "force")
EXIT_ON = ("any", "new")

_Record = TypeVar("_Record")


class SettingsError(ValueError):
    """A parameter that cannot be used: one line of file, key or value, and remedy."""


@dataclass(frozen=True)
class FetchLimits:
    """How `topology fetch` asks servers; hosts of SOURCES.csv and WATCH.csv may be asked, and these besides."""

    hosts: tuple[str, ...] = ()
    tries: int = 4
    pause: float = 2.0  # seconds before the second try; doubled before each further one
    answer_seconds: float = 30.0  # of silence
    seconds: float = 600.0  # for one file
    file_mb: int = 200


@dataclass(frozen=True)
class MapRules:
    """Drawing rules of the map; measures always count everything."""

    hide_dialogue_partners: bool = True
    hide_declaration_links: bool = True
    min_weight: int = 1  # citations behind a line
    min_confidence: float = 0.0  # of the best citation behind a line, 0-1


@dataclass(frozen=True)
class Settings:
    """Everything a run depends on besides its input files."""

    input: Path = Path("raw_pdfs")
    output: Path = Path("extracted")
    gazetteer: Path = Path("gazetteer")
    workers: int = 0  # 0: as many as there are cores
    ocr: str = "auto"
    as_of: PartialDate | None = None  # the day of `status_today` and of the ledger; None: all that the gazetteer knows
    password_file: Path | None = None  # one password a line, tried on encrypted PDFs
    keep: int = 10  # finished runs kept for comparison
    read: ReadLimits = field(default_factory=ReadLimits)
    link: LinkLimits = field(default_factory=LinkLimits)
    map: MapRules = field(default_factory=MapRules)
    fetch: FetchLimits = field(default_factory=FetchLimits)


def load_settings(path: Path | None = None, **given: object) -> Settings:
    """The settings of `path` (flows.yaml here, if there is one), overruled by what is given and not None.

    Where there is no folder `gazetteer` and no other is named, the one that comes with the program serves.
    Raises SettingsError, one line, for the first thing that is wrong.
    """
    found = path if path is not None else Path(FLOWS) if Path(FLOWS).exists() else None
    values = read_flows(found) if found is not None else {}
    settings = override(make_settings(values, str(found)), **given)
    if settings.gazetteer == Settings.gazetteer and not settings.gazetteer.is_dir():
        return override(settings, gazetteer=shipped_gazetteer())
    return settings


def shipped_gazetteer() -> Path:
    """The gazetteer that comes with the program: in the wheel, or beside the package in its source tree."""
    package = Path(__file__).parent
    shipped = package / "shipped" / "gazetteer"
    return shipped if shipped.is_dir() else package.parent / "gazetteer"


def override(settings: Settings, **given: object) -> Settings:
    """The settings with what is given and not None; keys of `map` are given by their own names."""
    chosen = {key: value for key, value in given.items() if value is not None}
    rules = {key: chosen.pop(key) for key in _names(MapRules) if key in chosen}
    drawn = make_record(MapRules, {**_values(settings.map), **rules}, "command line", "map")
    return make_record(Settings, {**_values(settings), **chosen, "map": drawn}, "command line", "")


def make_settings(values: Mapping[str, Any], file: str) -> Settings:
    """`Settings` from the plain values of a file; raises SettingsError naming the key."""
    return make_record(Settings, values, file, _SETTINGS)


def plain_settings(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, such as `make_settings` takes and JSON can hold."""
    return {name: _plain(value) for name, value in _values(settings).items()}


def read_flows(path: Path) -> dict[str, Any]:
    """The settings in a deployment file, every key of which is checked; raises SettingsError."""
    document = _load_yaml(path)
    _check_keys(document, _FILE_KEYS, path, "")
    definitions = _mapping(document.get("definitions"), path, "definitions")
    _check_keys(definitions, _DEFINITION_KEYS, path, "definitions")
    settings = _mapping(definitions.get("settings"), path, _SETTINGS)
    make_record(Settings, settings, str(path), _SETTINGS)
    for number, deployment in enumerate(document.get("deployments") or ()):
        place = f"deployments[{number}]"
        _check_keys(_mapping(deployment, path, place), _DEPLOYMENT_KEYS, path, place)
        _check_parameters(_mapping(deployment.get("parameters"), path, f"{place}.parameters"), path, place)
    return settings


def make_record(record: type[_Record], values: Mapping[str, Any], file: str, place: str) -> _Record:
    """A frozen record of this module from plain values, each checked against the type of its field."""
    _check_keys(values, _names(record), file, place)
    hints = get_type_hints(record)
    made = {key: _convert(value, hints[key], file, f"{place}.{key}".lstrip(".")) for key, value in values.items()}
    return _check_ranges(record(**made), file, place)


def _check_parameters(parameters: Mapping[str, Any], path: Path, place: str) -> None:
    """The parameters of `flow.topology`: the settings, and what a scheduled run does besides."""
    _check_keys(parameters, ("settings", *_names(RunOptions)), path, f"{place}.parameters")
    make_record(Settings, parameters.get("settings") or {}, str(path), f"{place}.parameters.settings")
    options = {key: value for key, value in parameters.items() if key != "settings"}
    make_record(RunOptions, options, str(path), f"{place}.parameters")


@dataclass(frozen=True)
class RunOptions:
    """What a run does besides: none of it changes what the outputs say."""

    fetch: bool = False  # first download what SOURCES.csv names
    full: bool = False  # read and link everything anew
    accept_drop: bool = False  # publish although much less was found than last time
    webhook: str = ""  # address that hears of a failed run
    wait: float = 0.0  # seconds to wait for another run on the same output folder
    batch: int = 50  # documents of one task
    remote: str = ""  # URL of the project on an object store; workers then need no shared folder
    exit_on: str = "any"  # which issues give exit code 1: any, or new ones only


def _load_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}); name a deployment file") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise SettingsError(f"{path}: is not YAML: {reason}") from None
    return _mapping(document, path, "the file")


def _mapping(value: Any, path: Path, place: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: {place}: {value!r} should be keys with values")
    return value


def _check_keys(values: Mapping[str, Any], known: Iterable[str], path: Path | str, place: str) -> None:
    names = tuple(known)
    for key in values:
        if key not in names:
            near = difflib.get_close_matches(str(key), names, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
            where = f"{place}." if place else ""
            raise SettingsError(f"{path}: {where}{key}: unknown key; {remedy}")


def _convert(value: Any, hint: Any, file: str, place: str) -> Any:
    """The value as its field's type has it; a value of another type is an error, not a guess."""
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        return make_record(hint, _mapping(value, Path(file), place), file, place)
    if get_origin(hint) is tuple:
        return _convert_texts(value, file, place)
    kinds = set(getattr(hint, "__args__", (hint,)))
    if value is None and type(None) in kinds:
        return None
    if Path in kinds and isinstance(value, str | Path) and str(value):
        return Path(value)
    if PartialDate in kinds and isinstance(value, str | int | PartialDate | date):
        return _convert_date(value, file, place)
    if float in kinds and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    wanted = tuple(kind for kind in kinds if kind is not type(None))
    if isinstance(value, wanted) and not (isinstance(value, bool) and bool not in kinds):
        return value
    raise SettingsError(f"{file}: {place}: {value!r} should be {_describe(wanted)}")


def _convert_texts(value: Any, file: str, place: str) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise SettingsError(f"{file}: {place}: {value!r} should be a list of texts")


def _convert_date(value: Any, file: str, place: str) -> PartialDate:
    try:
        return value if isinstance(value, PartialDate) else PartialDate.parse(str(value))
    except ValueError as error:
        raise SettingsError(f"{file}: {place}: {error}") from None


def _describe(kinds: tuple[type, ...]) -> str:
    words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", Path: "a path"}
    return " or ".join(words.get(kind, "a date like 2019-12-31") for kind in kinds)


def _check_ranges(record: _Record, file: str, place: str) -> _Record:
    """Numbers below zero mean nothing anywhere; only `workers` may be zero."""
    for name in _names(type(record)):
        value = getattr(record, name)
        where = f"{place}.{name}".lstrip(".")
        if isinstance(value, int | float) and not isinstance(value, bool) and value < (name == "keep"):
            raise SettingsError(f"{file}: {where}: {value} is too small")
        if name == "ocr" and value not in OCR_MODES:
            raise SettingsError(f"{file}: {where}: {value!r} is none of {', '.join(OCR_MODES)}")
        if name == "exit_on" and value not in EXIT_ON:
            raise SettingsError(f"{file}: {where}: {value!r} is none of {', '.join(EXIT_ON)}")
    return record


def _names(record: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(record))


def _plain(value: Any) -> Any:
    if isinstance(value, Path | PartialDate):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return {name: _plain(each) for name, each in _values(value).items()} if is_dataclass(value) else value


def _values(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _names(type(record))}

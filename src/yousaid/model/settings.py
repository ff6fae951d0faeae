"""What decides how a model is trained: a configuration file, and the labelled comments it names."""

import glob
import tomllib
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from yousaid.errors import InputError
from yousaid.model.artefact import show
from yousaid.model.description import is_name, is_number, is_text
from yousaid.model.labels import LabelledComment, get_file_digest, read_labelled


@dataclass(frozen=True, slots=True)
class Settings:
    """What a configuration file decides.

    `minimum_comment_count` is in how many comments a feature must occur to be known; the
    regularisations are scikit-learn's C, larger fits closer; a balance of 0 leaves classes as
    frequent as they are, 1 weighs them alike; the licence is that of the model. Where there is an
    encoder, `encoder_share` 0…1 is how much of each output is its own.
    """

    name: str
    version: str
    seed: int
    folds: int
    minimum_comment_count: int
    topic_regularisation: float
    topic_balance: float
    sentiment_regularisation: float
    sentiment_balance: float
    licence: str = "not stated"
    encoder_share: float = 0.0
    encoder: "EncoderSettings | None" = None


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """What a configuration file decides about an encoder.

    `base` is the folder of the encoder to start from (config.json, model.safetensors, vocab.txt),
    or `package:NAME/FOLDER` for one that an installed package carries; a relative folder is looked
    for where the command runs, so that the name goes into the model as it was written. The learning
    rates are the highest that are reached, behind the first `warm_up` 0…0.9 of the steps; from
    there they fall to 0. `dropout` is that before the head alone; inside, the base keeps its own.
    `most_copies` is how often one wording counts at most, `sentiment_share` the share 0…1 of the
    comments without judged topics that an epoch draws, `sentiment_balance` as in `Settings`.
    """

    base: str
    base_name: str
    base_licence: str
    seed: int
    epochs: int
    batch_size: int
    learning_rate: float
    head_learning_rate: float
    warm_up: float
    dropout: float
    most_copies: int
    sentiment_share: float
    sentiment_balance: float
    teacher: "TeacherSettings | None" = None


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """What a configuration file decides about the teachers of an encoder.

    A teacher is a larger encoder that is fine-tuned first, to tell the encoder what it thinks of
    comments, and is not needed afterwards. There are `folds` of them; each learns from the comments
    of all folds but one, and tells of what it did not learn. `share` 0…1 is how much of what the
    encoder is held against is the teachers' where somebody judged, `untold_weight` 0…1 how much
    what only teachers judged counts. The rest is as in `EncoderSettings`; what is not here, such
    as the seed, is the encoder's.
    """

    base: str
    base_name: str
    base_licence: str
    folds: int
    epochs: int
    batch_size: int
    learning_rate: float
    sentiment_share: float
    share: float
    untold_weight: float


@dataclass(frozen=True, slots=True)
class Source:
    """Labelled comments from one file. The weights are how much each comment counts, against 1;
    only comments of scored sources are ever scored. `about` says in a sentence where they come
    from."""

    file_name: str
    digest: str
    weight: float
    sentiment_weight: float
    is_scored: bool
    comments: tuple[LabelledComment, ...]
    about: str = ""


def read_configuration(path: Path, data: Path) -> tuple[Settings, tuple[Source, ...]]:
    """The settings of a configuration file and the labelled comments that it names.

    The files of a source are those in `data`, or where it has none, those beside the configuration.
    Raises InputError where the file or one of the sources cannot be used.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        listed = table.pop("sources")
        encoder = table.pop("encoder", None)
        read = None if encoder is None else _read_encoder(encoder)
        settings = _fill(Settings, table | {"encoder": read})
        _check_settings(settings)
        sources = [
            source for entry in listed for source in _read_source(path.parent, data, **entry)
        ]
    except FileNotFoundError as error:
        raise InputError(f"{error.filename} does not exist. Check the path.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Name a TOML file.") from error
    except KeyError as error:
        raise InputError(f"{path} names no sources. Add one under [[sources]].") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} is not a training configuration: {error}.") from error
    return settings, tuple(sources)


def _read_encoder(table: Any) -> EncoderSettings:
    teacher = table.pop("teacher", None) if isinstance(table, dict) else None
    read = None if teacher is None else _fill(TeacherSettings, teacher, " of the teacher")
    encoder = _fill(EncoderSettings, table, " of the encoder")
    return replace(encoder, teacher=read)


_Table = TypeVar("_Table", Settings, EncoderSettings, TeacherSettings)


def _fill(kind: type[_Table], table: Any, where: str = "") -> _Table:
    """The settings that a table holds. Raises ValueError where one is missing or not known."""
    if not isinstance(table, dict):
        raise ValueError(f"what stands{where} is not a table of settings")
    known = {field.name: field.default is MISSING for field in fields(kind)}
    faults = [
        f"“{name}”{where} is missing"
        for name, is_needed in known.items()
        if is_needed and name not in table
    ]
    faults += [f"“{show(name)}”{where} is no setting" for name in table if name not in known]
    if faults:
        raise ValueError("; ".join(faults))
    return kind(**table)


def _check_settings(settings: Settings) -> None:
    """Raise ValueError where a setting has a value that training cannot use."""
    counts = {"seed": 0, "folds": 2, "minimum_comment_count": 1}
    faults = [
        f"“{name}” is not a whole number from {least}"
        for name, least in counts.items()
        if type(getattr(settings, name)) is not int or getattr(settings, name) < least
    ]
    faults += [
        f"“{name}” is not a number above 0"
        for name in ("topic_regularisation", "sentiment_regularisation")
        if not (is_number(getattr(settings, name)) and getattr(settings, name) > 0)
    ]
    faults += [
        f"“{name}” is not a number from 0 to 1"
        for name in ("topic_balance", "sentiment_balance", "encoder_share")
        if not (is_number(getattr(settings, name)) and 0 <= getattr(settings, name) <= 1)
    ]
    faults += _find_unnamed(settings, "name", "version", "licence")
    if settings.encoder:
        faults += _find_encoder_faults(settings.encoder)
    if bool(settings.encoder_share) != bool(settings.encoder):
        faults.append("an encoder and an “encoder_share” above 0 belong together")
    if faults:
        raise ValueError("; ".join(faults))


def _find_encoder_faults(encoder: EncoderSettings) -> list[str]:
    numbers: _Limits = {
        "seed": (0, None),
        **dict.fromkeys(("epochs", "batch_size", "most_copies"), (1, None)),
        **dict.fromkeys(("learning_rate", "head_learning_rate"), (0, 1)),
        **dict.fromkeys(("warm_up", "dropout"), (0, 0.9)),
        **dict.fromkeys(("sentiment_share", "sentiment_balance"), (0, 1)),
    }
    faults = _find_faults(encoder, numbers, "of the encoder")
    if encoder.teacher:
        numbers = {
            "folds": (2, None),
            **dict.fromkeys(("epochs", "batch_size"), (1, None)),
            **dict.fromkeys(("learning_rate", "sentiment_share", "share", "untold_weight"), (0, 1)),
        }
        faults += _find_faults(encoder.teacher, numbers, "of the teacher")
    return faults


_Limits = dict[str, tuple[int, float | None]]


def _find_faults(
    settings: EncoderSettings | TeacherSettings, numbers: _Limits, whose: str
) -> list[str]:
    faults = _find_unnamed(settings, "base_name", "base_licence", whose=f" {whose}")
    if not settings.base or not is_text(settings.base):
        faults.append(f"“base” {whose} is not one line of text")
    for name, (least, most) in numbers.items():
        value = getattr(settings, name)
        is_whole = type(value) is int or most is not None
        if not (is_number(value) and is_whole and least <= value <= (most or value)):
            limits = f"from {least} to {most}" if most else f"that is whole and from {least}"
            faults.append(f"“{name}” {whose} is not a number {limits}")
    return faults


def _find_unnamed(
    settings: Settings | EncoderSettings | TeacherSettings, *names: str, whose: str = ""
) -> list[str]:
    return [
        f"“{name}”{whose} is not a short name that prints"
        for name in names
        if not is_name(getattr(settings, name))
    ]


def _check_source(weight: float, sentiment_weight: float, scored: bool, about: str) -> None:
    if not all(is_number(w) and w >= 0 for w in (weight, sentiment_weight)):
        raise ValueError("a weight is not a number from 0")
    if not isinstance(scored, bool) or not is_text(about):
        raise ValueError("“scored” is not true or false, or “about” is not a line of text")


def _read_source(
    beside: Path,
    data: Path,
    *,
    files: str,
    weight: float,
    sentiment_weight: float,
    scored: bool,
    about: str = "",
) -> list[Source]:
    _check_source(weight, sentiment_weight, scored, about)
    paths = _find_files(data, files) or _find_files(beside, files)
    if not paths:
        raise InputError(f"No file {files} in {data} or {beside}. Give its folder with --data.")
    return [
        Source(
            show(path.name),
            get_file_digest(path),
            weight,
            sentiment_weight,
            scored,
            tuple(read_labelled(path)),
            about,
        )
        for path in paths
    ]


def _find_files(folder: Path, pattern: str) -> list[Path]:
    return [folder / name for name in sorted(glob.glob(pattern, root_dir=folder))]

"""The layers of one environment, asked from the last to the first: the first that contains a key decides."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from aiconn_nb.errors import ReferenceNotFound
from aiconn_nb.model.casing import fold
from aiconn_nb.model.place import here, shown
from aiconn_nb.model.secret import is_secret_name

from .entry import Entry
from .environment import (
    BASE_FILE,
    check_environment_name,
    environment_file,
    environment_from,
    environments,
    find_root,
    spelled_otherwise,
)
from .layers import EnvironmentLayer, JsonFileLayer
from .source import ConfigSource

__all__ = [
    "Configuration",
    "Found",
    "check_environment_name",
    "environment_from",
    "environments",
    "find_root",
]

_CHILDREN_SHOWN = 20
_COMPARED = 5_000


class Hidden(NamedTuple):
    """A value that a higher source hides."""

    entry: Entry
    origin: ConfigSource


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """What a key resolved to, and from where. The value may be a secret, so the repr does not show it."""

    value: str | None
    """The text, or None for a null, which hides what lies below it."""
    source: str
    """The full path of the file, or ``environment variable NAME``, or what a deferred layer calls itself."""
    line: int | None
    column: int | None
    key: str
    """As it is spelled there."""
    origin: ConfigSource
    """The source that answered. Ask its flags what kind of place it is."""
    hidden: tuple[Hidden, ...]
    """What lower layers have under the same key, the highest first; without the value where getting it means to open it."""

    @property
    def is_secret(self) -> bool:
        """Whether the value is secret by its source or by the name of its key, for any field."""
        return self.origin.is_secret or is_secret_name(self.key)

    @property
    def hides_project_file(self) -> bool:
        """Whether a personal secret hides what a file of the project says."""
        return self.origin.is_secret and any(each.origin.is_project_file for each in self.hidden)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        # A pickle of any object that refers to this one, such as %store makes, holds no value.
        raise TypeError("what was found cannot be pickled or copied")

    def __repr__(self) -> str:
        return f"Found({self.key!r}, {self.source!r}, line={self.line}, hidden={len(self.hidden)})"


class Configuration:
    """What the files and variables of one environment say, as of every single call."""

    def __init__(self, root: Path | None, environment: str, layers: Sequence[ConfigSource]) -> None:
        """``layers``: the lowest first. `load` makes the usual ones."""
        self.root = root
        """The full path of the folder with the appsettings files; None where there is none."""
        self.environment = environment
        self._layers = tuple(reversed(layers))

    @classmethod
    def load(
        cls,
        root: str | os.PathLike[str] | None,
        environment: str,
        *,
        environ: Mapping[str, str] | None = None,
        secrets: Sequence[ConfigSource] = (),
    ) -> Configuration:
        """The usual layers, lowest first: ``appsettings.json``, ``appsettings.{environment}.json``, secret sources (``secrets``),
        environment variables (default: `os.environ`).

        Nothing is read yet, and a broken file is no error here but of every lookup. Raises `EnvironmentNotFound` for a
        name that cannot be part of a file name.
        """
        variables = EnvironmentLayer(environ)
        del environ  # its repr is every variable with its value, and a traceback may print the locals of this frame
        check_environment_name(environment)
        folder = None if root is None else Path(os.path.abspath(root))
        names = (BASE_FILE, environment_file(environment))
        files = [] if folder is None else [JsonFileLayer(folder / name) for name in names]
        return cls(folder, environment, [*files, *secrets, variables])

    def __repr__(self) -> str:
        return f"Configuration({str(self.root)!r}, {self.environment!r})"

    @property
    def places(self) -> list[str]:
        """The names of the layers in the order in which they are asked."""
        return [layer.name for layer in self._layers]

    @property
    def secret_sources(self) -> list[ConfigSource]:
        """The sources whose values are secret, the highest first."""
        return [layer for layer in self._layers if layer.is_secret]

    @property
    def notes(self) -> list[str]:
        """What a person should know about the sources: the folder is missing, a file's name differs in case only, or a
        plug-in cannot be asked."""
        broken = [note for layer in self._layers if (note := getattr(layer, "note", ""))]
        return [*self._folder_notes(), *broken]

    def _folder_notes(self) -> list[str]:
        if self.root is None and here() is None:
            return ["The working folder was deleted or cannot be entered, so no appsettings.json is read."]
        if self.root is None:
            return ["There is no appsettings.json at or above the working folder."]
        if not os.path.isdir(self.root):
            return [f"The folder {shown(str(self.root))} does not exist."]
        wanted = [layer.name for layer in reversed(self._layers) if isinstance(layer, JsonFileLayer)]
        pairs = [(name, spelled_otherwise(self.root, name)) for name in wanted]
        return [
            f"There is {there}, which is not read: {name} is, in exactly this case." for name, there in pairs if there
        ]

    def lookup(self, key: str) -> Found:
        """The value of a key, in any case.

        Raises `ReferenceNotFound` where no layer contains it (also for a section without a value of its own), and
        `ConfigurationFileError` if any file of this environment is broken, even one without the key.
        """
        winner: Entry | None = None
        origin: ConfigSource | None = None
        hidden: list[Hidden] = []
        for layer in self._layers:
            if winner is None:
                winner, origin = layer.get(key), layer
            elif (entry := layer.place(key)) is not None:
                hidden.append(Hidden(entry, layer))
        if winner is None or origin is None:
            raise self._not_found(key)
        return Found(winner.value, winner.source, winner.line, winner.column, winner.key, origin, tuple(hidden))

    def may_be_secret(self, key: str) -> bool:
        """Whether the value of a key is secret, here or once what lies over it is gone: by its name, or by a secret source
        that has the key. Raises what a source raises."""
        return is_secret_name(key) or any(each.is_secret and each.place(key) is not None for each in self._layers)

    def keys(self) -> list[str]:
        """Every key of every layer, sorted, in the spelling of the highest layer that has it. Raises as `lookup` does."""
        layers = reversed(self._layers)
        spelled = {fold(key): key for layer in layers for key in layer.keys()}  # noqa: SIM118 - a layer is no dict
        return [spelled[folded] for folded in sorted(spelled)]

    def _not_found(self, key: str) -> ReferenceNotFound:
        known = self.keys()
        children = _children(key, known)
        close, is_meant = (None, False) if children else _near(key, known)
        return ReferenceNotFound(
            key=key,
            environment=self.environment,
            searched=tuple(map(_described, self._layers)),
            nearest=close,
            is_meant=is_meant,
            is_spelled_as_variable=close is not None and "__" in key and fold(key.replace("__", ":")) == fold(close),
            children=tuple(children[:_CHILDREN_SHOWN]),
            more=max(0, len(children) - _CHILDREN_SHOWN),
            notes=tuple(self.notes),
        )


def _near(key: str, known: Sequence[str]) -> tuple[str | None, bool]:
    """The nearest known key, and whether to advise it: a key of another section is only named."""
    from aiconn_nb.model.nearest import nearest  # only a mistake needs these

    from .near_key import near_key

    # Each comparison takes a while: of a file with a hundred thousand keys only those are looked at that can be near.
    alike = [each for each in known if abs(len(each) - len(key)) <= 8]
    if not _is_index(key.rpartition(":")[2]):
        alike = [each for each in alike if not _is_index(each.rpartition(":")[2])]
    alike = alike[:_COMPARED]
    meant = near_key(key, alike)
    return meant or nearest(key.replace("__", ":"), alike), meant is not None


def _described(layer: ConfigSource) -> str:
    return f"{layer.name} (not there)" if isinstance(layer, JsonFileLayer) and not layer.exists else layer.name


def _children(key: str, known: Sequence[str]) -> list[str]:
    """The names one level below a key, each once; indexes by number, then names by letter."""
    prefix = fold(key) + ":"
    names = [name[len(prefix) :].split(":", 1)[0] for name in known if fold(name).startswith(prefix)]
    spelled = {fold(name): name for name in reversed(names)}
    ordered = sorted(spelled, key=lambda name: (0, int(name), "") if _is_index(name) else (1, 0, name))
    return [spelled[name] for name in ordered]


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 10

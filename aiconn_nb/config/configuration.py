"""The layers of one environment, searched from the highest to the lowest: the first that contains a key decides."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

from aiconn_nb import errors
from aiconn_nb.model.casing import fold
from aiconn_nb.model.environment_name import check_environment_name
from aiconn_nb.model.hint import switching
from aiconn_nb.model.key_name import shown_name
from aiconn_nb.model.place import here, shown
from aiconn_nb.model.secret import is_secret_name

from .entry import Entry
from .environment import BASE_FILE, environment_file, environment_of, spelled_otherwise
from .file_layers import DotenvLayer, FileLayer, JsonFileLayer
from .layers import EnvironmentLayer
from .source import ConfigSource

_CHILDREN_SHOWN = 20
_COMPARED = 5_000

NO_FOLDER: Final = "The working folder was deleted or cannot be entered, so no appsettings.json is read."
NO_SETTINGS: Final = "There is no appsettings.json at or above the working folder."


class Hidden(NamedTuple):
    """A value that a higher source hides."""

    entry: Entry
    origin: ConfigSource


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A key's value and its source. The value may be a secret, so the repr does not show it."""

    value: str | None
    """The text, or None for a null, which hides lower layers."""
    source: str
    """The full path of the file, or ``environment variable NAME``, or the name of a deferred layer."""
    line: int | None
    column: int | None
    key: str
    """The key's spelling in that source."""
    origin: ConfigSource
    """The source that has the value. Use its flags to learn the kind of place."""
    hidden: tuple[Hidden, ...]
    """The lower layers' values for the same key, highest first; without the value if reading it means decrypting it."""

    @property
    def is_secret(self) -> bool:
        """Whether the value is secret because of its source or its key's name, for any field."""
        return self.origin.is_secret or is_secret_name(self.key)

    @property
    def hides_project_file(self) -> bool:
        """Whether a personal secret hides a value of a project file."""
        is_personal = self.origin.is_secret and not self.origin.is_project_file
        return is_personal and any(each.origin.is_project_file for each in self.hidden)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        # A pickle of any object that refers to this one, such as %store makes, holds no value.
        raise TypeError("what was found cannot be pickled or copied")

    def __repr__(self) -> str:
        return f"Found({self.key!r}, {self.source!r}, line={self.line}, hidden={len(self.hidden)})"


class Configuration:
    """The content of the files and variables of one environment, as of each call."""

    def __init__(self, root: Path | None, environment: str, layers: Sequence[ConfigSource]) -> None:
        """``layers``: lowest first. `load` makes the usual ones."""
        self.root = root
        """The full path of the folder with the appsettings files; None if there is none."""
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
        dotenv: Path | None = None,
    ) -> Configuration:
        """The usual layers, lowest first: ``appsettings.json``, ``appsettings.{environment}.json``, the given ``.env`` file,
        secret sources (``secrets``), environment variables (default: `os.environ`).

        Nothing is read yet; a broken file fails not this call, but every lookup. Raises `EnvironmentNotFound` for a
        name that cannot be part of a file name.
        """
        variables = EnvironmentLayer(environ)
        del environ  # its repr is every variable with its value, and a traceback may print the locals of this frame
        check_environment_name(environment)
        folder = None if root is None else Path(os.path.abspath(root))
        names = (BASE_FILE, environment_file(environment))
        files = [] if folder is None else [JsonFileLayer(folder / name) for name in names]
        dotenvs = [] if dotenv is None else [DotenvLayer(dotenv)]
        return cls(folder, environment, [*files, *dotenvs, *secrets, variables])

    def __repr__(self) -> str:
        return f"Configuration({str(self.root)!r}, {self.environment!r})"

    @property
    def places(self) -> list[str]:
        """The names of the layers in search order."""
        return [layer.name for layer in self._layers]

    @property
    def secret_sources(self) -> list[ConfigSource]:
        """The sources whose values are secret, highest first."""
        return [layer for layer in self._layers if layer.is_secret]

    def dotenv_entries(self) -> list[Entry]:
        """The keys of the ``.env`` file, if it is a source, with their lines and without their values. Raises as `lookup` does."""
        found = [layer for layer in self._layers if isinstance(layer, DotenvLayer)]
        return [entry for layer in found for key in layer.keys() if (entry := layer.place(key)) is not None]  # noqa: SIM118

    @property
    def notes(self) -> list[str]:
        """Notes on the sources for the user: the folder is missing, a file's name differs only in case, or a
        plug-in cannot be asked."""
        problem = self._folder_problem()
        notes = [problem] if problem else []
        for layer in reversed(self._layers):
            if note := getattr(layer, "note", ""):
                notes.append(note)
            elif not problem and isinstance(layer, FileLayer) and (there := spelled_otherwise(self.root, layer.name)):
                notes.append(_told_spelling(layer.name, there))
        return notes

    def _folder_problem(self) -> str:
        if self.root is None:
            return NO_FOLDER if here() is None else NO_SETTINGS
        if os.path.isdir(self.root):
            return ""
        folder = shown(str(self.root))
        return f"{folder} is not a folder." if os.path.lexists(self.root) else f"The folder {folder} does not exist."

    def lookup(self, key: str, *, opens: bool = True) -> Found:
        """The value of a key, in any case. Without ``opens`` nothing is decrypted, so the value may be missing.

        Raises `ReferenceNotFound` if no layer contains it (also for a section without its own value), and
        `ConfigurationFileError` if any file of this environment is broken, even one without the key.
        """
        winner: Entry | None = None
        origin: ConfigSource | None = None
        hidden: list[Hidden] = []
        for layer in self._layers:
            if winner is None:
                winner, origin = layer.get(key) if opens else layer.place(key), layer
            elif (entry := layer.place(key)) is not None:
                hidden.append(Hidden(entry, layer))
        if winner is None or origin is None:
            raise self._not_found(key)
        return Found(winner.value, winner.source, winner.line, winner.column, winner.key, origin, tuple(hidden))

    def may_be_secret(self, key: str) -> bool:
        """Whether the value of a key is secret, now or if higher layers lose the key: by its name, or because a secret source
        has the key. Raises the errors of the sources."""
        return is_secret_name(key) or any(each.is_secret and each.place(key) is not None for each in self._layers)

    def keys(self) -> list[str]:
        """All keys of all layers, sorted, in the spelling of the highest layer that has them. Raises as `lookup` does."""
        layers = reversed(self._layers)
        spelled = {fold(key): key for layer in layers for key in layer.keys()}  # noqa: SIM118 - a layer is no dict
        return [spelled[folded] for folded in sorted(spelled)]

    def _not_found(self, key: str) -> errors.ReferenceNotFound:
        known = self.keys()
        children = _children(key, known)
        close, is_meant = (None, False) if children else _near(key, known)
        return errors.ReferenceNotFound(
            key=shown_name(key),
            environment=self.environment,
            searched=tuple(map(_described, self._layers)),
            nearest=close,
            is_meant=is_meant,
            is_spelled_as_variable=close is not None and "__" in key and fold(key.replace("__", ":")) == fold(close),
            children=tuple(children[:_CHILDREN_SHOWN]),
            more=max(0, len(children) - _CHILDREN_SHOWN),
            notes=tuple(self.notes),
        )


def _told_spelling(wanted: str, there: str) -> str:
    """The note that a file is not read because its name differs from the wanted one in case, with the remedy."""
    other = environment_of(there)
    way = f"'{switching(other)}' switches to {other}" if other else f"Rename it to {wanted}"
    return f"There is {there}, which is not read: case matters, and {wanted} is looked for. {way}."


def _near(key: str, known: Sequence[str]) -> tuple[str | None, bool]:
    """The nearest known key, and whether to suggest it: a key of another section is only mentioned."""
    from aiconn_nb.model.nearest import nearest  # only a mistake needs these

    from .near_key import near_key

    # Comparisons are slow: in a file with a hundred thousand keys, only plausible candidates are compared.
    alike = [each for each in known if abs(len(each) - len(key)) <= 8]
    if not _is_index(key.rpartition(":")[2]):
        alike = [each for each in alike if not _is_index(each.rpartition(":")[2])]
    alike = alike[:_COMPARED]
    meant = near_key(key, alike)
    return meant or nearest(key.replace("__", ":"), alike), meant is not None


def _described(layer: ConfigSource) -> str:
    return f"{layer.name} (not there)" if isinstance(layer, FileLayer) and not layer.exists else layer.name


def _children(key: str, known: Sequence[str]) -> list[str]:
    """The names one level below a key, without duplicates; indexes in numeric order, then names in alphabetical order."""
    prefix = fold(key) + ":"
    names = [name[len(prefix) :].split(":", 1)[0] for name in known if fold(name).startswith(prefix)]
    spelled = {fold(name): name for name in reversed(names)}
    ordered = sorted(spelled, key=lambda name: (0, int(name), "") if _is_index(name) else (1, 0, name))
    return [spelled[name] for name in ordered]


def _is_index(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 10

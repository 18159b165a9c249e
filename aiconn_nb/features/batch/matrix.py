"""The storage of vectors: a list, or the rows of one array in memory or in a memory-mapped file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, Final

from aiconn_nb import files
from aiconn_nb.errors import TableNotWritten

PART: Final = ".part"
"""The suffix of the file until it is complete."""


class Listed:
    """The vectors as a list, unconverted; otherwise like `Matrix`."""

    def __init__(self, count: int) -> None:
        self._vectors: list[Any] = [None] * count

    def put(self, row: int, vector: Any) -> None:
        self._vectors[row] = vector

    def of(self, row: int) -> Any:
        return self._vectors[row]

    def end(self) -> Sequence[Any]:
        return self._vectors

    def drop(self) -> None:
        self._vectors = []


class Matrix:
    """Rows of 32-bit floats, the precision that providers compute. The row of a text without a vector is NaN.

    With a ``file``, the array is memory-mapped and takes no memory itself. The file gets its name once it is complete; with
    ``overwrite`` it replaces an existing one, and a link to it stays one.
    """

    def __init__(self, count: int, file: Path | None = None, *, overwrite: bool = False) -> None:
        self._count = count
        self._file = Path(os.path.realpath(file)) if file is not None and overwrite else file
        self._overwrite = overwrite
        self._array: Any = None
        self._held: FileIO | None = None

    def put(self, row: int, vector: Any) -> None:
        """Store the vector of a text, a sequence of numbers."""
        if self._array is None:
            self._array = self._made(len(vector))
        self._array[row] = vector

    def put_all(self, row: int, vectors: Any) -> None:
        """Store several vectors, starting at ``row``."""
        if vectors.shape[1]:
            if self._array is None:
                self._array = self._made(vectors.shape[1])
            self._array[row : row + len(vectors)] = vectors

    def of(self, row: int) -> Any:
        """Return the stored vector of a text."""
        return self._array[row]

    def end(self) -> Any:
        """Return all vectors."""
        import numpy

        if self._array is None:
            self._array = self._made(0)
        if self._file is None:
            return self._array
        self._array.flush()
        self._array = None
        self._let_go()  # Windows renames no open file
        self._publish(self._file)
        return numpy.load(self._file, mmap_mode="r")

    def _publish(self, file: Path) -> None:
        part = file.parent / self._part
        try:
            if self._overwrite:
                part.replace(file)
            else:
                files.publish(part, file, mode=0o666)
        except FileExistsError:  # another program made it during the run
            raise TableNotWritten(path=str(file), is_answered=True) from None
        except OSError as error:
            raise TableNotWritten(path=str(file), problem=files.reason(error), is_answered=True) from None
        self.drop()

    def drop(self) -> None:
        """Discard an unfinished file."""
        self._array = None
        self._let_go()
        if self._file is not None:
            with suppress(OSError):
                self._file.parent.joinpath(self._part).unlink()

    def _let_go(self) -> None:
        taken, self._held = self._held, None
        if taken is not None:
            taken.close()

    @property
    def _part(self) -> str:
        assert self._file is not None
        return f"{self._file.name}.{os.getpid()}{PART}"

    def _made(self, width: int) -> Any:
        import numpy

        shape = (self._count, width)
        if self._file is None:
            return numpy.full(shape, numpy.nan, dtype=numpy.float32)
        part = self._file.parent / self._part
        try:
            remove_left_over(self._file)
            made = numpy.lib.format.open_memmap(part, mode="w+", dtype=numpy.float32, shape=shape)
            self._held = held(part)
            made[:] = numpy.nan
        except OSError as error:
            raise TableNotWritten(path=str(self._file), problem=files.reason(error)) from None
        return made


def remove_left_over(file: Path) -> None:
    """Delete the unfinished files of processes that were killed while they wrote this one.

    Each process locks its own file until it ends. Its process id would not do, because other containers and hosts use the same ids.
    """
    for part in _parts_of(file):
        with suppress(OSError):
            taken = held(part)
            if taken is not None:
                # Windows has no such lock, but deletes no open file either.
                taken.close()
                part.unlink()


def held(part: Path) -> FileIO | None:
    """Return the file with its lock; None if another process has it, or the file system has no locks."""
    opened = FileIO(part, "r+")
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return opened
    try:
        flock(opened, LOCK_EX | LOCK_NB)
    except OSError:
        opened.close()
        return None
    return opened


def _parts_of(file: Path) -> Iterator[Path]:
    for each in file.parent.iterdir():
        number = each.name.removeprefix(f"{file.name}.").removesuffix(PART)
        if each.name == f"{file.name}.{number}{PART}" and number.isdecimal():
            yield each

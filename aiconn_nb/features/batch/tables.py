"""What a prompt is asked over: a pandas or polars table, or any rows. It is read row by row, and answered in its own kind."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Final, Protocol

from aiconn_nb.errors import ColumnTaken, NoData, NoRows, PackageMissing

TEXT: Final = "text"
"""The column of rows that are texts."""
_LIBRARIES: Final = ("pandas", "polars", "pyarrow", "modin", "cudf")
_BUFFER: Final = 256
_TWICE: Final = "a table with two columns of one name"
DTYPES: Final = {
    "model": str,
    "connection": str,
    "input_tokens": int,
    "output_tokens": int,
    "cost": float,
    "error": str,
}
"""What the columns beside the answer hold."""


class Table(Protocol):
    """Rows with columns."""

    columns: tuple[str, ...]
    count: int | None
    """How many rows there are; None where that is seen only at the end."""

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        """The first so many rows, one by one, with these columns."""
        ...

    def with_columns(self, columns: Mapping[str, Sequence[Any]], count: int) -> Any:
        """The first ``count`` rows with more columns, in the kind that was given."""
        ...


def table_of(data: Any) -> Table:
    """Raises `NoData`, `NoRows`, and `PackageMissing` for a library's table without narwhals."""
    library = type(data).__module__.partition(".")[0]
    if library in _LIBRARIES or hasattr(data, "__narwhals_dataframe__"):
        return _Frame(data)
    if isinstance(data, str | bytes | Mapping) or not isinstance(data, Iterable):
        raise NoData(found=type(data).__name__)
    return _Items(data)


def require_free(table: Table, columns: Sequence[str], into: str) -> None:
    """Raise `ColumnTaken` where the data has a column of the answers already, or an answer one that is beside it."""
    for column in columns:
        if column in DTYPES:
            raise ColumnTaken(column=column, is_text=column == into, is_own=True)
    for column in (*columns, *DTYPES):
        if column in table.columns:
            raise ColumnTaken(column=column, is_text=column == into)


class _Frame:
    """A table of pandas, polars or another library, by narwhals."""

    def __init__(self, data: Any) -> None:
        nw = _narwhals()
        try:
            frame = nw.from_native(data, allow_series=True, pass_through=True)
        except nw.exceptions.DuplicateError:
            raise NoData(found=_TWICE) from None
        self._is_lazy = isinstance(frame, nw.LazyFrame)
        if self._is_lazy:
            frame = frame.collect()
        if isinstance(frame, nw.Series):
            frame = frame.alias(frame.name or TEXT).to_frame()
        if not isinstance(frame, nw.DataFrame):
            raise NoData(found=type(data).__name__)
        self._frame = frame
        # pandas may have numbers as names.
        self.columns: tuple[str, ...] = tuple(map(str, frame.columns))
        if len(set(self.columns)) < len(self.columns):
            raise NoData(found=_TWICE)
        self.count: int | None = len(frame)
        if not self.count:
            raise NoRows

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        chosen = self._frame[:, [self.columns.index(column) for column in columns]]
        if limit is not None:
            chosen = chosen.head(limit)
        for values in chosen.iter_rows(buffer_size=_BUFFER):
            yield dict(zip(columns, values, strict=True))

    def with_columns(self, columns: Mapping[str, Sequence[Any]], count: int) -> Any:
        frame = self._frame.head(count)
        native = frame.to_native()
        if type(native).__module__.startswith("pandas"):
            return _with_pandas(native, columns)
        nw = _narwhals()
        backend = nw.get_native_namespace(frame)
        kinds = {str: nw.String, int: nw.Int64, float: nw.Float64}
        new = [
            # A column without a value has no type of its own.
            nw.new_series(name, values, kinds[DTYPES[name]] if name in DTYPES else None, backend=backend)
            for name, values in columns.items()
        ]
        frame = frame.with_columns(*new)
        return frame.lazy().to_native() if self._is_lazy else frame.to_native()


def _with_pandas(native: Any, columns: Mapping[str, Sequence[Any]]) -> Any:
    """Not by narwhals: it aligns a new column by the index, which may have a label twice."""
    import pandas

    made = {
        name: pandas.array(values, dtype="Int64") if DTYPES.get(name) is int else values
        for name, values in columns.items()
    }
    return pandas.concat([native, pandas.DataFrame(made, index=native.index)], axis=1)


class _Items:
    """Any rows: texts, or dictionaries. Each is taken once, when it is asked."""

    def __init__(self, data: Iterable[Any]) -> None:
        self.count = len(data) if isinstance(data, Sequence) else None
        rows = iter(data)
        first = next(rows, self)
        if first is self:
            raise NoRows
        if not isinstance(first, str | Mapping):
            raise NoData(found=f"rows of {type(first).__name__}")
        self.columns = (TEXT,) if isinstance(first, str) else tuple(map(str, first))
        self._rows = chain([first], rows)
        self._taken: list[Any] = []

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        for row in islice(self._rows, limit):
            self._taken.append(row)
            yield row if isinstance(row, Mapping) else {TEXT: row}

    def with_columns(self, columns: Mapping[str, Sequence[Any]], count: int) -> Any:
        names = tuple(columns)
        return [
            _joined(row if isinstance(row, Mapping) else {TEXT: row}, dict(zip(names, values, strict=True)))
            for row, values in zip(self._taken, zip(*columns.values(), strict=True), strict=False)
        ]


def _joined(row: Mapping[str, Any], answered: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its answer. One that has such a column itself keeps it; it was not asked, and the error says so."""
    return {**row, **{name: value for name, value in answered.items() if name not in row or name == "error"}}


def _narwhals() -> Any:
    try:
        import narwhals
    except ImportError:
        raise PackageMissing(what_for="A table", package="narwhals", extra="data") from None
    return narwhals


def is_dask(data: Any) -> bool:
    """Whether it is a table of Dask, which is imported only by who has one."""
    return type(data).__module__.partition(".")[0] in ("dask", "dask_expr") and "dask" in sys.modules

"""The data of a dataset prompt: a pandas or polars table, or any rows. It is read row by row, and returned in its own kind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence, Sized
from itertools import chain, islice
from typing import Any, Final, Protocol

from aiconn_nb.errors import ColumnTaken, NoData, NoRows, PackageMissing

TEXT: Final = "text"
"""The column name for rows of plain text."""
_LIBRARIES: Final = ("pandas", "polars", "pyarrow", "modin", "cudf")
_BUFFER: Final = 256
_TWICE: Final = "a table with two columns of one name"
DTYPES: Final = {
    "model": "str",
    "connection": "str",
    "input_tokens": "Int64",
    "output_tokens": "Int64",
    "cost": "float64",
    "error": "str",
}
"""The columns beside the answer, and their types as pandas names them. They do not depend on the answers."""
Columns = Iterable[tuple[str, Iterable[Any]]]
"""Names and values. A column may be released once the next one is requested."""


class Table(Protocol):
    """Rows with columns."""

    columns: tuple[str, ...]
    fillable: tuple[str, ...]
    """The columns that a template may name. Some rows may have more columns than the first."""
    count: int | None
    """Row count; None if it is unknown until the end."""

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        """Return the first ``limit`` rows, one by one, with these columns."""
        ...

    def with_columns(self, columns: Columns, count: int, dtypes: Mapping[str, str]) -> Any:
        """Return the first ``count`` rows with the added columns, as the kind of table that was given.

        ``dtypes`` has the types of the columns that are not in `DTYPES`, as pandas names them.
        """
        ...


def table_of(data: Any, *, awaited: str = "amap") -> Table:
    """Return the data as a table. ``awaited`` is the function for asynchronous rows.

    Raises `NoData`, `NoRows` for an empty iterable, and `PackageMissing` for a library's table without narwhals.
    """
    if is_of_a_library(data):
        return _Frame(data)
    if isinstance(data, str | bytes | Mapping) or not isinstance(data, Iterable):
        raise NoData(found=type(data).__name__, awaited=awaited if isinstance(data, AsyncIterable) else "")
    return _Items(data)


def is_frame(data: Any) -> bool:
    """Whether it is a library's table, which needs a template because its rows are not texts."""
    return is_of_a_library(data) and hasattr(type(data), "columns")  # reading those of a lazy table takes time


def is_of_a_library(data: Any) -> bool:
    """Whether it is a table or a column of a library, which can be read more than once."""
    library = type(data).__module__.partition(".")[0]
    return library in _LIBRARIES or hasattr(data, "__narwhals_dataframe__")


def require_free(table: Table, columns: Sequence[str], into: str) -> None:
    """Raise `ColumnTaken` if a column of the answers already exists in the data or beside the answer."""
    for column in columns:
        if column in DTYPES:
            raise ColumnTaken(column=column, is_text=column == into, is_own=True)
    if taken := [column for column in (*columns, *DTYPES) if column in table.columns]:
        raise ColumnTaken(column=taken[0], is_text=taken[0] == into, also=tuple(taken[1:]))


class _Frame:
    """A table of pandas, polars or another library, through narwhals."""

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
        # pandas allows numbers as column names.
        self.columns: tuple[str, ...] = tuple(map(str, frame.columns))
        if len(set(self.columns)) < len(self.columns):
            raise NoData(found=_TWICE)
        self.fillable = self.columns
        self.count: int | None = len(frame)

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        chosen = self._frame[:, [self.columns.index(column) for column in columns]]
        if limit is not None:
            chosen = chosen.head(limit)
        for values in chosen.iter_rows(buffer_size=_BUFFER):
            yield dict(zip(columns, values, strict=True))

    def with_columns(self, columns: Columns, count: int, dtypes: Mapping[str, str]) -> Any:
        frame = self._frame.head(count)
        native = frame.to_native()
        if type(native).__module__.startswith("pandas"):
            return with_pandas(native, columns, {**dtypes, **DTYPES})
        nw = _narwhals()
        backend = nw.get_native_namespace(frame)
        kinds = {"str": nw.String, "Int64": nw.Int64, "float64": nw.Float64, "boolean": nw.Boolean}
        all_dtypes = {**dtypes, **DTYPES}
        new = []
        for name, values in columns:
            kind = kinds.get(all_dtypes[name])
            found = list(values) if kind is not None else _widened(list(values))
            try:
                new.append(nw.new_series(name, found, kind, backend=backend))
            except (TypeError, ValueError, OverflowError):
                if kind is not None:
                    raise
                # The library has no type for all of them.
                texts = [None if each is None else json.dumps(each, ensure_ascii=False) for each in found]
                new.append(nw.new_series(name, texts, nw.String, backend=backend))
        frame = frame.with_columns(*new)
        return frame.lazy().to_native() if self._is_lazy else frame.to_native()


def _widened(values: list[Any]) -> list[Any]:
    """Return the values of a column, with whole numbers as floats where another value has a float at the same place.

    polars takes the type of a list from its first number, and would cut off the fractions of the others.
    """
    given = [each for each in values if each is not None]
    if given and all(isinstance(each, list) for each in given):
        items = iter(_widened([item for each in given for item in each]))
        return [None if each is None else [next(items) for _ in each] for each in values]
    if given and all(isinstance(each, dict) for each in given):
        names = dict.fromkeys(name for each in given for name in each)
        fields = {name: iter(_widened([each[name] for each in given if name in each])) for name in names}
        return [None if each is None else {name: next(fields[name]) for name in each} for each in values]
    if {type(each) for each in given} == {int, float}:
        return [None if each is None else float(each) for each in values]
    return values


def with_pandas(native: Any, columns: Columns, dtypes: Mapping[str, Any]) -> Any:
    """Return a pandas table with added columns.

    It bypasses narwhals, which aligns a new column by the index: an index may have duplicate labels.
    """
    import pandas

    # Before pandas 3, texts are objects.
    kinds = {"str": "str" if int(pandas.__version__.partition(".")[0]) >= 3 else "object"}
    made = [
        pandas.Series(list(values), index=native.index, name=name, dtype=kinds.get(dtypes[name], dtypes[name]))
        for name, values in columns
    ]
    return pandas.concat([native, *made], axis=1)


class _Items:
    """Any rows: texts or dictionaries. Each is read once, when its turn comes."""

    def __init__(self, data: Iterable[Any]) -> None:
        self.count = len(data) if isinstance(data, Sized) else None
        rows = iter(data)
        first = next(rows, self)
        if first is self:
            raise NoRows
        if not isinstance(first, str | Mapping):
            raise NoData(found=f"rows of {type(first).__name__}")
        self.columns = (TEXT,) if isinstance(first, str) else tuple(map(str, first))
        # All rows of a sequence are available, and a later one may have other columns.
        self.fillable = _all_columns(self.columns, data if isinstance(data, Sequence) else ())
        self._rows = chain([first], rows)
        self._taken: list[Any] = []

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        for row in islice(self._rows, limit):
            self._taken.append(row)
            if not isinstance(row, Mapping):
                yield {TEXT: row}
            elif all(isinstance(name, str) for name in row):
                yield row
            else:
                yield {str(name): value for name, value in row.items()}

    def with_columns(self, columns: Columns, count: int, dtypes: Mapping[str, str]) -> Any:
        rows, self._taken = self._taken, []
        del rows[count:]
        for number, row in enumerate(rows):
            rows[number] = dict(row) if isinstance(row, Mapping) else {TEXT: row}
        for name, values in columns:
            # A row that already has such a column keeps it; it was not asked, and has an error.
            for row, value in zip(rows, values, strict=True):
                if name == "error" or name not in row:
                    row[name] = value
        return rows


def _all_columns(columns: tuple[str, ...], rows: Iterable[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*columns, *(str(name) for row in rows if isinstance(row, Mapping) for name in row))))


class Chunk:
    """Some rows of a table on another machine, which joins their answers."""

    def __init__(self, columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
        self.columns = columns
        self.fillable = _all_columns(columns, rows)
        self.count: int | None = len(rows)
        self._rows = rows

    def rows(self, columns: Sequence[str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        return islice(self._rows, limit)

    def with_columns(self, columns: Columns, count: int, dtypes: Mapping[str, str]) -> Any:
        raise NotImplementedError


def _narwhals() -> Any:
    try:
        import narwhals
    except ImportError:
        raise PackageMissing(what_for="A table", package="narwhals", extra="data") from None
    return narwhals


def is_dask(data: Any) -> bool:
    """Whether it is a Dask table."""
    return type(data).__module__.partition(".")[0] in ("dask", "dask_expr")

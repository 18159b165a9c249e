"""A storage of TinyDB for several processes: one transaction is one locked read and at most one atomic write.

The file is JSON: a header with the schema's number and a checksum, then TinyDB's tables. The checksum is there because a
changed letter in a host name is still valid JSON, and would send a key elsewhere. A file without a checksum is accepted: a user
who deletes it says "I edited this on purpose".
"""

from __future__ import annotations

import codecs
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from zlib import crc32

from aiconn_nb import errors
from aiconn_nb.model.stamp import is_settled

from .file import HEAD, Identity, StoreFile

Tables = dict[str, dict[str, Any]]
Texts = dict[int, tuple[dict[str, Any], str]]
"""Documents with cached JSON, by their ``id()``: (the document, its id in the table and its JSON)."""
Migration = Callable[[Tables], Tables]

SCHEMA: Final = 2
"""The newest schema number. Raise it together with a new entry in `MIGRATIONS`.

2: a profile may have a model for each of its connections.
"""
MIGRATIONS: Final[Mapping[int, Migration]] = {1: lambda tables: tables}
"""Schema number -> the migration to the next one."""


def needed_schema(tables: Tables) -> int:
    """The lowest schema number for these tables: an older release can read a store without newer features."""
    for name, table in tables.items():
        for each in table.values() if "profile" in name else ():
            if "models" in each.get("state", each):
                return 2
    return 1


_ENCODER: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_HEADER: Final = re.compile(rb'\{"store":\{"schema":([0-9]{1,9}),"checksum":"([0-9a-f]{8})"\}')


class Damage(Exception):
    """The file differs from what we wrote. The error says how, but repeats no value; the store turns it into `StoreCorrupt`."""


class Newer(Exception):
    """The file has the schema of a later release."""


class Loaded:
    """The content that was read, and the state of the file. Masked, because reprs of locals appear in tracebacks."""

    __slots__ = ("digest", "identity", "is_settled", "schema", "tables", "texts")

    def __init__(self, identity: Identity | None, schema: int, tables: Tables, texts: Texts | None = None) -> None:
        self.identity = identity
        self.schema = schema
        self.tables = tables
        self.texts = {} if texts is None else texts
        self.digest = 0
        self.is_settled = identity is None
        """Whether a later change is sure to change the identity; if not, the bytes are read again and compared by the digest.
        With our header it always is: the identity includes the checksum of the whole."""

    def is_current(self, file: StoreFile) -> bool:
        """Whether the file is sure to have this content still. It costs one stat of the file."""
        if not self.is_settled:
            return False
        read = file.read(HEAD)
        return (read and read[0]) == self.identity

    def __repr__(self) -> str:
        return "<Loaded>"


class AtomicStorage:
    """One unit of work on the store's file. Create a fresh one, and a fresh TinyDB on it, for every transaction.

    Within `transaction`, TinyDB reads and writes memory; the file is replaced once, at the end, or not at all.
    """

    def __init__(
        self,
        file: StoreFile,
        known: Loaded | None = None,
        *,
        schema: int = SCHEMA,
        migrations: Mapping[int, Migration] = MIGRATIONS,
        needed: Callable[[Tables], int] = needed_schema,
    ) -> None:
        self.file = file
        self.loaded = known
        """The last known content of the file; loading again is cheap while the file has that state."""
        self._schema = schema
        self._migrations = migrations
        self._needed = needed
        self.is_in_transaction = False
        """Whether a `transaction` is in progress."""
        self._held: Loaded | None = None
        """What was read under the lock, where nothing changes it."""
        self._draft: Tables | None = None

    def load(self) -> Loaded:
        """The file's tables, migrated from an older layout if necessary. Raises `Damage`, or a `StoreError`."""
        if self._held is None:
            loaded = self._read()
            self._held = loaded if self.is_in_transaction else None
            return loaded
        return self._held

    def _read(self) -> Loaded:
        known = self.loaded
        if known is not None and known.is_current(self.file):
            return known
        begun = time.time_ns()
        read = self.file.read()
        if known is not None and read is not None and known.identity == read[0] and known.digest == crc32(read[1]):
            known.is_settled = is_settled(read[0].stamp, begun)
            return known
        try:
            self.loaded = self._decoded(*read, begun) if read else Loaded(None, 1, {})
        except Newer:
            del read
        else:
            return self.loaded
        raise errors.StoreTooNew(path=str(self.file.path))

    def _decoded(self, identity: Identity, content: bytes, begun: int) -> Loaded:
        schema, tables = decode(content, self._schema)
        for number in range(schema, self._schema):
            tables = self._migrations[number](tables)
        loaded = Loaded(identity, schema, tables)
        loaded.digest, loaded.is_settled = (
            crc32(content),
            bool(_HEADER.match(content)) or is_settled(identity.stamp, begun),
        )
        return loaded

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the lock; save what TinyDB wrote when the block ends, and nothing if it raises.

        Raises `StoreBusy`, `StoreUnwritable`.
        """
        with self.file.lock():
            self.is_in_transaction = True
            try:
                yield
                if self._draft is not None:
                    self._save(self.load(), self._draft)
            finally:
                self.is_in_transaction = False
                self._held = self._draft = None

    def _save(self, former: Loaded, tables: Tables) -> None:
        # It never decreases: the history has former states.
        schema = max(former.schema, self._needed(tables))
        if former.schema < schema and former.identity is not None:
            self.file.keep_copy(f"schema-{former.schema}")
        self.loaded = None
        content, texts = encode(tables, former.texts, schema)
        self.loaded = Loaded(self.file.replace(content), schema, tables, texts)
        self.loaded.is_settled = True

    def read(self) -> Tables:
        """The tables, for TinyDB, which may add tables to this mapping."""
        return dict(self.load().tables if self._draft is None else self._draft)

    def close(self) -> None:
        """Do nothing, for TinyDB: no file stays open."""

    def write(self, data: Tables) -> None:
        """Take the tables from TinyDB; the end of the transaction writes them to the file."""
        if not self.is_in_transaction:
            raise RuntimeError("the store is written in a transaction only")
        self._draft = dict(data)


def encode(tables: Tables, known: Texts, schema: int = SCHEMA) -> tuple[bytes, Texts]:
    """The bytes of the file, compact JSON in ASCII, and the JSON of every document.

    A document's JSON is ``known`` if possible: encoding is most of the cost of a save, and documents are replaced, never
    changed in place.
    """
    texts: Texts = {}
    parts = []
    for name, table in tables.items():
        entries = []
        for key, document in table.items():
            text = known.get(id(document)) or (document, f"{_ENCODER.encode(key)}:{_ENCODER.encode(document)}")
            texts[id(document)] = text
            entries.append(text[1])
        parts.append(f",{_ENCODER.encode(name)}:{{{','.join(entries)}}}")
    rest = f"{''.join(parts)}}}".encode("ascii")
    return b'{"store":{"schema":%d,"checksum":"%08x"}%s' % (schema, crc32(rest), rest), texts


def decode(content: bytes, newest: int = SCHEMA) -> tuple[int, Tables]:
    """The schema number and the tables. Raises `Damage` and `Newer`."""
    content = content.removeprefix(codecs.BOM_UTF8)  # from an editor
    if not content:
        raise Damage("it is empty")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Damage("it is not UTF-8 text, but UTF-16")
    header = _HEADER.match(content)
    is_ours = header is not None and crc32(memoryview(content)[header.end() :]) == int(header[2], 16)
    if header and not is_ours and int(header[1]) <= newest:
        raise Damage("its checksum does not match its content")
    tables = _parsed(content, strictly=not is_ours)
    if not isinstance(tables, dict) or not isinstance(tables.get("store"), dict):
        raise Damage("it is JSON, but not a store of aiconn-nb")
    about = tables.pop("store")
    schema = about.pop("schema", None)
    if type(schema) is not int or schema < 1:
        raise Damage("it has no schema number")
    if schema > newest:
        raise Newer
    if about and not header:
        raise Damage("its header was changed")
    for table in tables.values():
        if not isinstance(table, dict) or not all(isinstance(document, dict) for document in table.values()):
            raise Damage("one of its tables is not a table")
    return schema, tables


def _parsed(content: bytes, *, strictly: bool) -> Any:
    """The parsed JSON. Content with a valid checksum is not searched for duplicate names."""
    problem = ""
    hooks: dict[str, Any] = {"parse_constant": _no_constant, "object_pairs_hook": _no_twins} if strictly else {}
    try:
        return json.loads(content.decode("utf-8"), **hooks)
    except json.JSONDecodeError as error:
        problem = f"it is not JSON (line {error.lineno}, column {error.colno})"
    except UnicodeDecodeError:
        problem = "it is not UTF-8 text"
    except (ValueError, RecursionError):
        problem = "it is not JSON as we write it"
    raise Damage(problem)


def _no_constant(_: str) -> Any:
    raise ValueError


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError
    return made

"""Finds keys in cells, outputs, metadata and widget state of notebooks, and removes them where a program may change the text.

It looks for two kinds: values that this machine knows (user secrets, sealed settings, values of sensitive references), which are
compared and never output, and the well-known shapes of keys.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiconn_nb import files
from aiconn_nb.errors import AiconnError, NotebookNotScanned
from aiconn_nb.model.secret import shapes_in, without
from aiconn_nb.session.context import Context
from aiconn_nb.session.known_secrets import Known, known_secrets
from aiconn_nb.session.results import Rows

from .notebook_file import WORDS_OF_THE_FORMAT, cleaned, notebooks_in, outside_texts, read_notebook, rewrite, texts


@dataclass(frozen=True, slots=True)
class Finding:
    """A key in a notebook: its place and its kind, never the key."""

    notebook: str
    place: str
    """``cell 3, output``, ``widget state`` ..."""
    what: str
    fixable: bool
    """Whether it can be removed without changing the author's text."""
    fixed: bool = False


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Scan(Rows[Finding]):
    """The keys found in notebooks."""

    scanned: int
    """The number of scanned notebooks."""
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """The unreadable files, and why."""

    @property
    def ok(self) -> bool:
        return not self.problems and all(finding.fixed for finding in self)

    def data(self) -> Any:
        return [
            {
                "notebook": each.notebook,
                "place": each.place,
                "what": each.what,
                "fixable": each.fixable,
                "fixed": each.fixed,
            }
            for each in self
        ]


def scan(context: Context, paths: Sequence[str], *, fix: bool) -> Scan:
    """Scan notebooks; with ``fix``, remove keys from outputs, metadata and widget state, and keep a backup.

    An unreadable notebook does not hide the findings in others. Raises `AiconnError` if it is the only one.
    """
    known = known_secrets(context)
    found: list[Finding] = []
    notes: list[str] = []
    problems: list[str] = []
    backups = context.config_home / "scanned"
    named = [Path(os.path.expanduser(path)) for path in dict.fromkeys(paths)]

    def unread(error: OSError) -> None:
        problems.append(NotebookNotScanned(path=str(error.filename), problem=files.reason(error)).what)

    chosen = list(
        dict.fromkeys(each for path in named for each in (notebooks_in(path, unread) if _is_folder(path) else [path]))
    )
    # A link in a folder may lead anywhere, so nothing is written through it. A link that the user names is intended.
    links = {path for path in chosen if os.path.islink(path) and path not in named}
    itself = {_real(path) for path in chosen if path not in links}
    chosen = [path for path in chosen if path not in links or _real(path) not in itself]
    scanned = 0
    for path in chosen:
        try:
            here, said = _scanned(path, known, backups if fix else None, is_link=path in links)
        except AiconnError as error:
            if len(named) == 1 and chosen == named:
                raise
            problems.append(error.what)
            continue
        found += here
        notes += said
        scanned += 1
    return Scan(found, scanned=scanned, notes=tuple(notes), problems=tuple(problems))


def _real(path: Path) -> str:
    """Return the target of a path; the path itself if it is invalid, which reading it will report."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def _scanned(
    path: Path, known: Sequence[Known], backups: Path | None, *, is_link: bool
) -> tuple[list[Finding], list[str]]:
    """Return the findings in one notebook, and notes. A link is only read."""
    notes = []
    notebook, text = read_notebook(path)
    everything = "\n".join(part for _, _, part in texts(notebook))
    here = [each for each in known if each.stands_in(everything) or each.stands_in(text)]
    secrets = [each.secret for each in here]
    findings = [
        Finding(
            str(path),
            without(place, secrets),
            what,
            fixable and not is_link,
            backups is not None and fixable and not is_link,
        )
        for place, fixable, part in texts(notebook)
        for what in _found(part, here)
    ]
    # Finally the raw file: numbers, and anything outside the known fields.
    found, outside = {finding.what for finding in findings}, outside_texts(text)

    def is_left(key: str) -> bool:
        return key.strip() in text and key.strip() not in WORDS_OF_THE_FORMAT

    findings += [
        Finding(str(path), "outside its texts", each.words, fixable=False)
        for each in here
        if each.stands_in(outside) or (each.words not in found and each.secret.satisfies(is_left))
    ]
    if findings and is_link:
        notes.append(f"{path} is a link in a folder, so --fix leaves it alone: scan the notebook that it leads to.")
    if backups is not None and any(finding.fixed for finding in findings):
        backup = rewrite(path, cleaned(notebook, text, lambda part: without(part, secrets)), backups)
        notes.append(f"The former notebook, with the key in it, is {backup}: delete it.")
    checkpoint = path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint{path.suffix}"
    if findings and os.path.exists(checkpoint):
        notes.append(f"{checkpoint} is an earlier state of it: scan it too.")
    return list(dict.fromkeys(findings)), notes


def _is_folder(path: Path) -> bool:
    """Whether it is a folder to scan; a folder with a notebook's suffix is a mistake."""
    return os.path.isdir(path) and path.suffix != ".ipynb"


def _found(text: str, known: Sequence[Known]) -> Iterator[str]:
    """Yield the keys in a text: known values first, then shapes that no known value explains."""
    rest = text
    for each in known:
        if each.stands_in(text):
            yield each.words
            rest = without(rest, [each.secret])
    for owner in shapes_in(rest):
        yield f"it looks like a key of {owner}"

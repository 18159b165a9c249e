"""The project file: ``aiconn.json`` beside the notebook, a bundle of the notebook's needs. It never contains a key."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiconn_nb.errors import AiconnError
from aiconn_nb.model.place import here

if TYPE_CHECKING:
    from aiconn_nb.features.bundles import Offer

PROJECT_FILE: Final = "aiconn.json"


def local_project_file() -> Path | None:
    """Return the project file of the working folder. Folders above are not searched: their files belong to other notebooks."""
    folder = here()
    path = None if folder is None else Path(folder, PROJECT_FILE)
    return path if path is not None and os.path.lexists(path) else None


def offer_in(path: str | os.PathLike[str]) -> Offer:
    """Return the entries of a project file. Raises `BundleError`."""
    from aiconn_nb.features.bundles import offer_from, read_bundle

    return offer_from(read_bundle(path))


def project_file_with(kinds: Collection[str], alias: str) -> str:
    """Return the name of the local project file if it declares an entity of these kinds with this alias, otherwise ''.

    It raises no error.
    """
    path = local_project_file()
    if path is None:
        return ""
    try:
        offer = offer_in(path)
    except AiconnError:
        return ""
    connections = [each.alias for each in offer.connections if "connection" in kinds]
    profiles = [each.alias for each in offer.profiles if "profile" in kinds]
    return PROJECT_FILE if alias.lower() in (*connections, *profiles) else ""

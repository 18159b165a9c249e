"""The shared parts of the tests of trust and of bundles: a provider that needs no network, and bundles from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aiconn_nb import Session
from aiconn_nb.providers.plug_ins.fake import FakeProvider, registry_of

GATEWAY = "https://gateway.example/v1"
EVIL = "https://evil.example/v1"


def new_session(provider: FakeProvider | None = None) -> Session:
    """Return a session that knows only the fake provider, on the store of this test."""
    return Session(registry=registry_of(provider or FakeProvider()))


def write(folder: Path, name: str, content: object) -> Path:
    """Write a JSON file and return its path."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(json.dumps(content, indent=1))
    return folder / name


def connection(alias: str = "a", provider: str = "fake", **settings: Any) -> dict[str, Any]:
    """Return a connection as a bundle contains it. A setting of None is to be supplied."""
    missing = [key for key, value in settings.items() if value is None]
    return {
        "alias": alias,
        "name": alias.title(),
        "provider": provider,
        "settings": {key: value for key, value in settings.items() if value is not None},
        **({"to_be_supplied": missing} if missing else {}),
    }


def bundle(folder: Path, *connections: dict[str, Any], **more: Any) -> Path:
    """Write the file of a bundle and return its path."""
    return write(folder, "bundle.json", {"aiconn_bundle": 1, "connections": list(connections), **more})


def take_in(session: Session, folder: Path, *connections: dict[str, Any], **more: Any) -> None:
    """Import a bundle."""
    session.apply_import(session.plan_import(bundle(folder, *connections, **more)))


def key_of(client: object) -> str:
    """Return the key with which a client was made."""
    return client.settings["api_key"].reveal()  # type: ignore[attr-defined,no-any-return]

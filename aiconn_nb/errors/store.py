"""Errors about the store and where it is."""

from __future__ import annotations

from .base import AiconnError


class NoPlace(AiconnError):
    """No folder can be told for the store or for the key: there is no home folder, and no variable names one."""


class StoreError(AiconnError):
    """Something about the store's file."""


class StoreBusy(StoreError):
    """Another process held the store's lock for too long."""


class StoreCorrupt(StoreError):
    """The store's file is damaged; it was set aside under a dated name, nothing was overwritten."""


class StoreTooNew(StoreError):
    """The store was written by a newer release; nothing was changed."""


class StoreUnwritable(StoreError):
    """The store cannot be written: read-only folder, full disk. The old state is still there."""

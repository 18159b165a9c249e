"""The contract of a configuration source.

::

    class TestMine(SourceContract):
        secret = "made-up-0123456789"  # the value of one of its keys

        def source(self) -> ConfigSource:
            return TeamVault("Development")
"""

from __future__ import annotations

import pickle
import traceback
from abc import ABC, abstractmethod

from aiconn_nb.config.configuration import Configuration
from aiconn_nb.config.entry import Entry
from aiconn_nb.config.plug_ins import shape_problem
from aiconn_nb.config.source import ConfigSource, WritableSource
from aiconn_nb.model.casing import fold
from aiconn_nb.model.secret import Secret

_ABSENT = "No:Such:Key:In:Any:Source"


class SourceContract(ABC):
    """The contract of every configuration source. Inherit it and override `source`; pytest does the rest.

    The source must hold at least one key. No test leaves the machine unless the source does.
    """

    secret: str = ""
    """The value of one of its keys, if the source is secret: the tests search for it where it must not appear."""

    @abstractmethod
    def source(self) -> ConfigSource:
        """A source that holds at least one key."""

    def test_it_has_the_shape_of_a_source(self) -> None:
        """It has a display name, three flags that are True or False, and the methods."""
        assert shape_problem(self.source()) == ""

    def test_every_key_is_answered_in_any_case(self) -> None:
        """Keys compare ignoring case, and an entry has the spelling of `keys`."""
        source = self.source()
        keys = list(source.keys())
        assert keys
        for key in keys:
            assert isinstance(key, str)
            for spelled in (key, key.upper(), key.lower()):
                if fold(spelled) == fold(key):
                    entry = source.get(spelled)
                    assert isinstance(entry, Entry)
                    assert fold(entry.key) == fold(key)
                    assert isinstance(entry.value, str | None)
                    assert entry.source

    def test_no_two_keys_are_the_same(self) -> None:
        """Keys are distinct ignoring case: otherwise their order would decide which value is used."""
        keys = [fold(key) for key in self.source().keys()]  # noqa: SIM118 - a source is no dict
        assert len(set(keys)) == len(keys)

    def test_an_absent_key_is_none(self) -> None:
        """For an absent key it returns None, so that the next source is asked; an error would fail the lookup."""
        assert self.source().get(_ABSENT) is None
        assert self.source().place(_ABSENT) is None

    def test_a_place_is_told_of_every_key(self) -> None:
        """It reports the place of every key, also of a value that a higher source hides. A secret is not decrypted for that."""
        source = self.source()
        for key in source.keys():  # noqa: SIM118
            place = source.place(key)
            assert isinstance(place, Entry)
            assert fold(place.key) == fold(key)
            if source.is_secret:
                assert place.value is None

    def test_its_flags_decide_what_is_secret(self) -> None:
        """A value of a secret source is secret under any key."""
        source = self.source()
        configuration = Configuration(None, "Development", [source])
        for key in source.keys():  # noqa: SIM118
            found = configuration.lookup(key)
            assert found.origin is source
            assert found.is_secret or not source.is_secret

    def test_it_shows_no_secret(self) -> None:
        """A secret appears neither in its repr or in those of its entries, nor in a pickle, nor in an error for an absent key."""
        source = self.source()
        if not source.is_secret:
            return
        assert self.secret, "say which secret is to be looked for"
        assert self.secret in [entry.value for key in source.keys() if (entry := source.get(key))]  # noqa: SIM118
        shown = [repr(source), str(source)]
        shown += [repr(source.get(key)) for key in source.keys()]  # noqa: SIM118
        try:
            shown.append(repr(pickle.dumps(source)))
        except Exception as error:
            shown.append("".join(traceback.format_exception(error)))
        assert not any(self.secret in each for each in shown)

    def test_a_writable_source_keeps_a_new_value(self) -> None:
        """It keeps a new value, as ``rotate`` requires."""
        source = self.source()
        if not source.is_writable:
            return
        assert isinstance(source, WritableSource)
        key = next(iter(source.keys()))
        source.put(key, Secret("another-made-up-value-1"))
        entry = source.get(key)
        assert entry is not None
        assert entry.value == "another-made-up-value-1"

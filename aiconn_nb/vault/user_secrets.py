"""The user secrets: sealed files, one for all environments and one for each, with precedence over the JSON files.

The keys are readable, so that a list needs no master key and an error can say which value to enter again; each value is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiconn_nb import errors, files
from aiconn_nb.model.environment_name import check_environment_name, environment_name_flaw
from aiconn_nb.model.key_name import before_equals, has_empty_part, has_key, shown_name, without_syntax
from aiconn_nb.model.secret import Sealed, Secret
from aiconn_nb.model.stamp import Stamp, is_settled, stamp_of

from .seal import Vault
from .secrets_file import Content, read_content, spelled_in, write_content


class UserSecrets:
    """The secrets files of one user. Keys compare as in the configuration: ignoring case, with ``:`` between levels.

    A value that is replaced or removed can be restored for 30 days.
    """

    def __init__(
        self, vault: Vault, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, wait: float = files.WAIT
    ) -> None:
        self._vault = vault
        self._now = now
        self._wait = wait
        self._read: dict[Path, tuple[Stamp, Content]] = {}

    def path(self, environment: str | None = None) -> Path:
        """The file of an environment, or the one for all."""
        if environment is None:
            return self._vault.config_home / "secrets.json"
        check_environment_name(environment)
        return self._vault.config_home / f"secrets.{environment}.json"

    def environments(self) -> list[str]:
        """The environments with their own file."""
        found = (path.name for path in self._vault.config_home.glob("secrets.*.json"))
        names = (name.removeprefix("secrets.").removesuffix(".json") for name in found)
        return sorted(name for name in names if not environment_name_flaw(name))

    def keys(self, environment: str | None = None) -> list[str]:
        """The keys as spelled, never a value."""
        return sorted(self.stored_in(self.path(environment)))

    def stored_in(self, path: Path) -> Mapping[str, Sealed]:
        """The keys as spelled, with their sealed values, of the file that `path` returned."""
        return self._content(path).values

    def value(self, key: str, environment: str | None = None) -> str:
        """The value of a key. Raises `UnsealError` if it cannot be opened, `SecretsFileError` if it is missing."""
        values = self._content(self.path(environment)).values
        spelled = spelled_in(values, key)
        if spelled is None:
            raise errors.SecretGone
        return self._vault.open(values[spelled], f"The user secret {shown_name(spelled)}").reveal()

    def former(self, environment: str | None = None) -> dict[str, list[datetime]]:
        """The keys with former values, and the times at which these were replaced or removed, newest first."""
        moment = self._now()
        found = {
            key: [each.until for each in kept if each.is_kept(moment)]
            for key, kept in self._content(self.path(environment)).former.items()
        }
        return {key: moments for key, moments in found.items() if moments}

    def former_values(self, environment: str | None = None) -> Iterator[tuple[str, Sealed]]:
        """Each key with each of its former values, still sealed."""
        for key, kept in self._content(self.path(environment)).former.items():
            for each in kept:
                yield key, each.value

    def set(self, key: str, value: Secret, environment: str | None = None) -> None:
        """Save a value; the previous one becomes a former one. Raises `SecretsFileError`, and saves nothing then."""
        self.set_all({key: value}, environment)

    def set_all(self, values: Mapping[str, Secret], environment: str | None = None) -> None:
        """Save several values, all or none; see `set`."""
        for key in values:
            self.require_name(key, environment)
        with self._changing(self.path(environment)) as content:
            for key, value in values.items():
                spelled = spelled_in(content.values, key)
                same = spelled is not None and self._is(content.values[spelled], value)
                content.put(key, self._vault.seal(value), self._now(), keep=not same)

    def require_name(self, key: str, environment: str | None = None) -> None:
        """Raise `SecretsFileError` for a text that cannot be meant as a key: a readable name must not contain a secret. A name that
        an earlier release saved, and that contains no key, may still get a new value."""
        if not key or key != key.strip() or key.startswith("$") or any(ord(c) < 32 for c in key):
            raise errors.BadSecretName
        is_stored = spelled_in(self._content(self.path(environment)).values, key) is not None
        if has_key(key):
            raise errors.ValueInSecretName(name=name) if (name := before_equals(key)) else errors.KeyAsSecretName
        if is_stored:
            return
        if "=" in key:
            raise errors.ValueInSecretName(name=before_equals(key) or "OpenAI:ApiKey")
        if name := without_syntax(key):
            raise errors.SecretNameInSyntax(name=name)
        if has_empty_part(key):
            raise errors.BadSecretName

    def remove(self, key: str, environment: str | None = None, *, forget: bool = False) -> bool:
        """Remove a value, which becomes a former one; ``forget``: remove it and all former ones permanently. Returns whether there
        was any."""
        path = self.path(environment)
        if not self._has(self._content(path), key, forget):
            return False
        with self._changing(path) as content:
            found = self._has(content, key, forget)
            content.take(key, self._now(), keep=not forget)
            if forget:
                content.take_former(key)
        return found

    def take_back(self, key: str, environment: str | None = None) -> None:
        """Undo `set` for a key that had no value before: it leaves no former value, and the earlier ones stay."""
        with self._changing(self.path(environment)) as content:
            content.take(key, self._now(), keep=False)

    def restore(self, key: str, environment: str | None = None) -> datetime | None:
        """Restore the last former value. The current one, if any, becomes a former one, so that a second call undoes this. Raises
        `UnsealError` if it cannot be opened, and changes nothing then.

        Returns when it was replaced or removed, or None if there is none.
        """
        path = self.path(environment)
        if spelled_in(self.former(environment), key) is None:
            return None
        back = None
        with self._changing(path) as content:
            kept = content.take_former(key)
            if kept:
                back = kept[0]
                self._vault.open(back.value, f"The former value of {shown_name(key)}")
                content.take(key, self._now())
                content.former[key] = (*content.take_former(key), *kept[1:])
                content.values[key] = back.value
        return back.until if back else None

    @staticmethod
    def _has(content: Content, key: str, forget: bool) -> bool:
        return spelled_in(content.values, key) is not None or (forget and spelled_in(content.former, key) is not None)

    def _is(self, sealed: Sealed, value: Secret) -> bool:
        try:
            return self._vault.open(sealed).same_as(value)
        except errors.UnsealError:
            return False

    @contextmanager
    def _changing(self, path: Path) -> Iterator[Content]:
        """The content of a file under its lock, written back if the block ends without an error."""

        def failed(problem: str) -> errors.SecretsFileError:
            return errors.SecretNotSaved(path=str(path), problem=problem)

        def busy(lock_path: str) -> errors.SecretsFileError:
            return errors.SecretsBusy(path=str(path), lock=lock_path)

        problem = ""
        try:
            files.make_private_folder(path.parent, in_use=True)
            with files.Lock(path, wait=self._wait).held(busy, failed):
                # Read again: an identity can repeat within a step of the file system's clock, and a missed change
                # would be overwritten here.
                self._read.pop(path, None)
                content = self._content(path).copy()
                yield content
                content.expire(self._now())
                write_content(path, content)
        except OSError as error:
            problem = files.reason(error)
        if problem:
            raise failed(problem)

    def _content(self, path: Path) -> Content:
        """The file's content; read again only when it has changed."""
        problem = ""
        try:
            found = path.stat()
            stamp = stamp_of(found)
            known = self._read.get(path)
            if known and known[0] == stamp:
                return known[1]
            settled = is_settled(stamp)
            content = read_content(path)
            if content is not None:
                # A young file is read again: a second change within one step of the clock does not change the stamp.
                if settled:
                    self._read[path] = stamp, content
                else:
                    self._read.pop(path, None)
                return content
            problem = "it is damaged, or of a newer release"
        except FileNotFoundError:
            return Content()
        except OSError as error:
            problem = files.reason(error)
        raise errors.SecretsUnreadable(path=str(path), problem=problem)

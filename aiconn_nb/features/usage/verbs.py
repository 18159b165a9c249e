"""Usage and its cost, and caps on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from aiconn_nb import errors
from aiconn_nb.features.core import Core
from aiconn_nb.model.positive import positive_dollars, positive_whole
from aiconn_nb.session.results import Done
from aiconn_nb.session.verb import Arg, verb

if TYPE_CHECKING:
    # Only the verbs that call a provider import the modules for it: a list must be fast.
    from aiconn_nb.features.profiles import Value
    from aiconn_nb.model.connection import Connection
    from aiconn_nb.model.profile import Profile

    from .results import Cap, Caps, Spending
    from .usage_file import Limits


class UsageVerbs(Core):
    """The verbs on usage and its caps."""

    @verb(
        "usage",
        "calls, tokens, cost and time of all kernels, per profile and connection",
        details="Days are local calendar days. The numbers are stored below AICONN_HOME; --forget deletes them.",
        examples=("usage", "usage --since 7d --by model", "usage --by day --csv usage.csv"),
        since=Arg("the first day: a number of days (7d), or a date (2026-03-31)", metavar="DAY"),
        by=Arg("model, connection, profile or day", completes="usage group", metavar="GROUP"),
        kernel=Arg("only the calls of this kernel"),
    )
    def usage(self, *, since: str | date | None = None, by: str | None = None, kernel: bool = False) -> Spending:
        """Return calls, tokens, cost and time, per profile and connection. It makes no request.

        All kernels record their calls in one file below ``AICONN_HOME``: numbers by day, profile, connection and model, but no
        prompts or replies. Rows that `map` takes from its journal are not calls.

        Args:
            since: The first local calendar day: a date, ``"2026-03-31"``, or ``"7d"`` for the last 7 days, including today.
            by: ``model``, ``connection``, ``profile`` or ``day`` instead of profile and connection.
            kernel: Whether to count only the calls of this process.

        Returns:
            A row for each group, the most expensive first, or days in order; ``total`` has the sum. ``cost`` is in US dollars;
                ``unpriced`` counts the calls with an unknown cost, and ``untold_input`` and ``untold_output`` those without
                reported tokens. ``data()`` returns the rows as dictionaries, ``csv()`` as text.

        Raises:
            CommandError: ``since`` is not a day, or ``by`` is not one of the four.

        Example::

            pandas.DataFrame(aiconn_nb.usage(since="30d", by="model").data())
        """
        from .prices import has_prices
        from .results import GROUPS, USUAL, spending
        from .tally import first_day

        if by is not None and by not in GROUPS:
            raise errors.NotAChoice(name="by", given=str(by), choices=GROUPS)
        first = "" if since is None else first_day(since)
        meter = self._meter
        meter.tell()
        if kernel:
            rows = [each for each in meter.here(self._current_aliases()) if each.day >= first]
        else:
            rows = meter.stored(first, self._current_aliases())
        by_fields = USUAL if by is None else (by,)
        return spending(rows, by_fields, since=first, is_here=kernel, has_prices=has_prices())

    @verb()
    def forget_usage(self) -> Done:
        """Delete the recorded usage of all kernels below ``AICONN_HOME``. Caps stay and start from zero.

        Returns:
            A `Done` with the number of calls.

        Raises:
            UsageUnusable: The file cannot be written.

        Example::

            aiconn_nb.forget_usage()
        """
        count = self._meter.forget()
        return Done("Forgot the usage of 1 call." if count == 1 else f"Forgot the usage of {count:,} calls.")

    @verb(
        "cap",
        "refuse requests that could exceed a limit of dollars, calls or tokens per day or month",
        details="A cap applies to all kernels of this AICONN_HOME. Each request reserves its maximum cost before it is "
        "sent; limit it with --max-tokens. A profile falls back from a connection that has reached its cap.",
        examples=("cap openai-dev --dollars 5", "cap writer --per month --dollars 50 --calls 10000"),
        alias=Arg("the profile, or the connection", completes="target"),
        per=Arg("day (the default) or month, by the local calendar", completes="cap period", metavar="PERIOD"),
        dollars=Arg("US dollars", metavar="N"),
        calls=Arg("requests, including failed ones", metavar="N"),
        tokens=Arg("input and output tokens", metavar="N"),
        connection=Arg("the connection, if a profile has the same alias"),
    )
    def cap(
        self,
        alias: str,
        *,
        per: str = "day",
        dollars: Value | None = None,
        calls: Value | None = None,
        tokens: Value | None = None,
        connection: bool = False,
    ) -> Caps:
        """Refuse requests of a connection or profile that could exceed a limit, in all kernels of this ``AICONN_HOME``.

        Each request reserves its maximum cost before it is sent: its text at one token per byte, and ``max_tokens`` (else the
        model's context window) at the highest price. When the reply is complete, the rest is released.

        Args:
            alias: The profile or connection. A rename keeps the cap; a bundle does not contain it.
            per: ``day`` or ``month``, by the local calendar.
            dollars: The maximum in US dollars. A model with an unknown price is refused; a local one is free.
            calls: The maximum number of requests, including failed ones.
            tokens: The maximum number of tokens, input and output.
            connection: Whether to choose the connection if a profile has the same alias.

        Returns:
            The cap, with the amount spent. Limits that are not given stay unchanged.

        Raises:
            ProfileNotFound: No profile or connection has this alias.
            CommandError: No limit was given, or it is not a positive number.
            UsageUnusable: The file with the usage cannot be written.

        Example::

            aiconn_nb.cap("openai-dev", dollars=5)
        """
        from aiconn_nb.model.profile import Profile

        from .usage_file import PERIODS, Limits

        if per not in PERIODS:
            raise errors.NotAChoice(name="per", given=str(per), choices=PERIODS)
        if dollars is None and calls is None and tokens is None:
            raise errors.NothingToCap(alias=alias)
        target = self._capped(alias, connection=connection)
        wanted = Limits(
            target.id,
            "profile" if isinstance(target, Profile) else "connection",
            "day" if per == "day" else "month",
            positive_dollars(dollars, "dollars"),
            positive_whole(calls, "calls"),
            positive_whole(tokens, "tokens"),
        )
        return self._caps([self._meter.put_cap(wanted, target.alias)])

    @verb("caps", "list the caps, and the amounts spent", examples=("caps",))
    def caps(self) -> Caps:
        """Return the caps of connections and profiles, and what all kernels have spent in the current day or month.

        Raises:
            UsageUnusable: The file with the usage cannot be read.

        Example::

            [each.alias for each in aiconn_nb.caps() if each.is_reached]
        """
        return self._caps(self._meter.caps())

    @verb(
        "uncap",
        "remove the caps of a connection or profile",
        examples=("uncap openai-dev", "uncap writer --per month"),
        alias=Arg("the profile, or the connection", completes="capped"),
        per=Arg("only the cap per day, or per month", completes="cap period", metavar="PERIOD"),
        connection=Arg("the connection, if a profile has the same alias"),
    )
    def uncap(self, alias: str, *, per: str | None = None, connection: bool = False) -> Done:
        """Remove the caps of a connection or profile.

        Args:
            alias: The profile or connection; it may be deleted.
            per: ``day`` or ``month``; None removes both.
            connection: Whether to choose the connection if a profile has the same alias.

        Raises:
            CommandError: It has no cap.
            UsageUnusable: The file with the usage cannot be written.

        Example::

            aiconn_nb.uncap("openai-dev")
        """
        from .usage_file import PERIODS

        if per is not None and per not in PERIODS:
            raise errors.NotAChoice(name="per", given=str(per), choices=PERIODS)
        wanted = alias.lower()
        periods = PERIODS if per is None else (per,)
        names = self._names()
        mine = [each for each in self._meter.caps() if names.get(each.target) == wanted and each.per in periods]
        kind = "connection" if connection or all(each.kind != "profile" for each in mine) else "profile"
        targets = {each.target for each in mine if each.kind == kind}
        gone = sum(self._meter.remove_caps(each, periods) for each in targets)
        if not gone:
            raise errors.NoCap(alias=alias, per=per or "")
        return Done(f"Removed the cap{'s' if gone > 1 else ''} of {wanted}.", (wanted,))

    def capped_aliases(self) -> list[str]:
        """Return the aliases with a cap."""
        names = self._names()
        return [names.get(each.target, "") for each in self._meter.caps()]

    def _names(self) -> dict[str, str]:
        """Return the aliases by id, including those that the usage file remembers of deleted connections and profiles."""
        return {**self._meter.kept_names(), **self._current_aliases()}

    def _capped(self, alias: str, *, connection: bool) -> Connection | Profile:
        snapshot = self._context.store.read()
        found = snapshot.connection(alias) if connection else snapshot.target(alias)
        if found is None:
            raise snapshot.no_target(alias)
        return found

    def _caps(self, limits: Iterable[Limits]) -> Caps:
        from .results import Cap, Caps

        meter = self._meter
        names = self._names()
        found: list[Cap] = [
            Cap(
                names.get(each.target, each.target[:8]),
                each.kind,
                each.per,
                each.dollars,
                each.calls,
                each.tokens,
                spent,
            )
            for each, spent in meter.spent_of(limits)
        ]
        return Caps(
            sorted(found, key=lambda each: (each.alias, each.kind, each.per)), notes=tuple(meter.file.lost_caps())
        )

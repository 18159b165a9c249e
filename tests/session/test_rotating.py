"""A rotation replaces the right key in its right place, and a failed test changes nothing."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path
from typing import Any

import pytest

from aiconn_nb import (
    CommandError,
    ConnectionChanged,
    ConnectionNotFound,
    FailureKind,
    InvalidConnection,
    RotationFailed,
    Secret,
    Session,
)
from aiconn_nb.errors import (
    NewKeyFailed,
    NewKeyUntested,
    NoKeyToRotate,
    NoNewKey,
    NotToAReference,
    PlaceNotWritable,
    SameReference,
    SecretNotSaved,
    SeveralKeys,
    StoreUnwritable,
)
from aiconn_nb.model.field import Field
from aiconn_nb.model.secret import Sealed
from aiconn_nb.providers.base import Model
from aiconn_nb.providers.plug_ins.fake import FakeFailure, FakeProvider, registry_of
from aiconn_nb.providers.testing import leaks

OLD, NEW, WRONG = "old-key-000011112222", "new-key-333344445555", "wrong-key-6666777788"


class Picky(FakeProvider):
    """A provider without a network that accepts the old and the new key and no other."""

    fields = (
        Field("api_key", "API key", sensitive=True),
        Field("key_id", "Key ID", sensitive=True, group="Pair"),
        Field("key_secret", "Key secret", sensitive=True, group="Pair"),
        Field("region", "Region"),
    )

    def models(self, client: Any) -> list[Model]:
        given = [value.reveal() for value in client.settings.values() if isinstance(value, Secret)]
        if not all(each.startswith((OLD, NEW)) for each in given):
            raise FakeFailure(FailureKind.AUTHENTICATION, f"{given[0]} is not known here", None)
        return super().models(client)

    def endpoint(self, settings: Any) -> Any:
        return None


@pytest.fixture
def provider() -> Picky:
    """Return the provider of this test's session."""
    return Picky()


@pytest.fixture
def picky(provider: Picky) -> Session:
    """Return a session with the connection ``a``, whose key is sealed."""
    session = Session(registry=registry_of(provider))
    session.create("a", "fake", settings={"api_key": OLD, "region": "eu"})
    return session


def key_of(session: Session, alias: str = "a", field: str = "api_key") -> str:
    """Return the value that the provider would get."""
    client: Any = session.client(alias)
    value: Secret = client.settings[field]
    return value.reveal()


def test_a_key_that_works_takes_the_place_of_the_old_one(picky: Session) -> None:
    """It is sealed, and everything else stays unchanged."""
    done = picky.rotate("a", NEW)
    assert key_of(picky) == NEW
    assert isinstance(picky.get("a").settings["api_key"], Sealed)
    assert picky.get("a").settings["region"] == "eu"
    assert done.kept == (("api_key", "sealed"),)
    assert done.notes == ("'%aiconn rollback a 1' restores the previous one.",)


def test_a_rollback_undoes_it(picky: Session) -> None:
    """The old value was sealed, and it stayed sealed in the history."""
    picky.rotate("a", NEW)
    picky.rollback("a", 1)
    assert key_of(picky) == OLD


def test_a_key_that_is_refused_changes_nothing(picky: Session) -> None:
    """The error names the rung, and the connection gets no new version."""
    with pytest.raises(NewKeyFailed) as raised:
        picky.rotate("a", WRONG)
    assert (raised.value.alias, raised.value.rung, raised.value.step) == (
        "a",
        "authenticated",
        "not authenticated",
    )
    assert picky.get("a").version == 1
    assert key_of(picky) == OLD


def test_nothing_of_a_refused_key_is_in_the_error(picky: Session) -> None:
    """Neither its text nor the frames of its traceback contain it."""
    with pytest.raises(RotationFailed) as raised:
        picky.rotate("a", WRONG)
    assert leaks(raised.value, [Secret(WRONG), Secret(OLD)]) == []
    assert WRONG not in "".join(traceback.format_exception(raised.value))


def test_the_answer_shows_no_key(picky: Session) -> None:
    """No spelling of the answer shows it."""
    done = picky.rotate("a", NEW)
    shown = f"{done!r} {done.data()} {done._repr_mimebundle_()}"
    assert NEW not in shown
    assert OLD not in shown


def test_where_the_test_cannot_tell_the_old_key_stays(picky: Session, provider: Picky) -> None:
    """The error gives the reason and says that a model decides. Nothing else accepts a key without proof."""
    provider.has_models = False
    with pytest.raises(NewKeyUntested) as raised:
        picky.rotate("a", NEW)
    assert raised.value.doubt
    assert "--model MODEL" in raised.value.hint
    assert raised.value.rung == "authenticated"
    assert picky.get("a").version == 1
    assert key_of(picky) == OLD


@pytest.mark.parametrize(("answer", "version"), [("fake-chat", 2), ("", 1)])
def test_a_model_is_asked_for_where_the_test_cannot_tell(
    picky: Session, provider: Picky, answer: str, version: int
) -> None:
    """The question has the reason, and no answer keeps the old key."""
    provider.has_models = False
    asked: list[str] = []

    def which_model(reason: str) -> str:
        asked.append(reason)
        return answer

    if answer:
        picky.rotate("a", NEW, which_model=which_model)
    else:
        with pytest.raises(RotationFailed):
            picky.rotate("a", NEW, which_model=which_model)
    assert [bool(reason) for reason in asked] == [True]
    assert picky.get("a").version == version
    answered = picky._context.checks.of(picky.get("a")).asked
    assert {model: verdict.ok for model, verdict in answered.items()} == ({(answer, "chat"): True} if answer else {})


def test_a_model_that_answers_is_proof_enough(picky: Session, provider: Picky) -> None:
    """Without a list of models, one token is proof as well."""
    provider.has_models = False
    picky.rotate("a", NEW, model="fake-chat")
    assert key_of(picky) == NEW


def test_fields_of_one_group_are_rotated_together(picky: Session) -> None:
    """The two halves of an AWS key are an example, and one half alone is not enough."""
    picky.create("pair", "fake", settings={"key_id": f"{OLD}-id", "key_secret": f"{OLD}-secret"})
    assert [field.key for field in picky.rotation("pair").fields] == ["key_id", "key_secret"]
    picky.rotate("pair", {"key_id": f"{NEW}-id", "key_secret": f"{NEW}-secret"})
    assert key_of(picky, "pair", "key_id") == f"{NEW}-id"
    assert key_of(picky, "pair", "key_secret") == f"{NEW}-secret"


def values_of(session: Session) -> tuple[str, str]:
    """Return both halves of the pair."""
    return key_of(session, "pair", "key_id"), key_of(session, "pair", "key_secret")


@pytest.fixture(params=["mixed", "two references"])
def pair(picky: Session, request: pytest.FixtureRequest) -> Session:
    """Return a session with a pair of which at least one half is a user secret."""
    picky.set_secret("Pair:Secret", Secret(f"{OLD}-secret"))
    picky.set_secret("Pair:Id", Secret(f"{OLD}-id"))
    key_id = f"{OLD}-id" if request.param == "mixed" else "$Pair:Id"
    picky.create("pair", "fake", settings={"key_id": key_id, "key_secret": "$Pair:Secret"})
    return picky


@pytest.mark.parametrize("file", ["connections.json", "secrets.Development.json"])
def test_a_pair_whose_halves_are_in_two_files_is_replaced_as_one(
    pair: Session, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Half a key is useless, so if one of the files cannot be written, both halves stay unchanged."""
    real, version = os.replace, pair.get("pair").version

    def replace(source: Any, target: Any) -> None:
        if Path(target).name == file:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        new = {"key_id": f"{NEW}-id", "key_secret": f"{NEW}-secret"}
        if file == "connections.json" and pair.get("pair").settings["key_id"] == "$Pair:Id":
            pair.rotate("pair", new)  # nothing in the connection changes
            assert values_of(pair) == (f"{NEW}-id", f"{NEW}-secret")
            return
        with pytest.raises((StoreUnwritable, SecretNotSaved)) as raised:
            pair.rotate("pair", new)
    assert "No space left on device" in raised.value.problem
    assert values_of(pair) == (f"{OLD}-id", f"{OLD}-secret")
    assert pair.get("pair").version == version
    pair.rotate("pair", new)
    assert values_of(pair) == (f"{NEW}-id", f"{NEW}-secret")


def test_what_was_put_is_taken_away_where_nothing_was_there_before(
    picky: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new value of this environment hides that of all environments until it is removed."""
    picky.set_secret("Pair:Secret", Secret(f"{OLD}-secret"), all=True)
    picky.create("pair", "fake", settings={"key_id": f"{OLD}-id", "key_secret": "$Pair:Secret"})
    real = os.replace

    def replace(source: Any, target: Any) -> None:
        if Path(target).name == "connections.json":
            raise KeyboardInterrupt
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            picky.rotate("pair", {"key_id": f"{NEW}-id", "key_secret": f"{NEW}-secret"})
    assert values_of(picky) == (f"{OLD}-id", f"{OLD}-secret")
    assert picky._context.secrets.keys("Development") == []


def test_half_an_aws_key_is_refused(session: Session) -> None:
    """The provider's own rule refuses it before any test."""
    pair = {"region": "us-east-1", "access_key_id": OLD, "secret_access_key": OLD}
    session.create("aws", "amazon", settings=pair)
    with pytest.raises(InvalidConnection) as raised:
        session.rotate("aws", {"access_key_id": NEW})
    assert raised.value.problems.keys() == {"secret_access_key"}
    assert session.get("aws").version == 1


def test_of_several_keys_one_must_be_named(picky: Session) -> None:
    """The error lists them, and a mistyped one gets the nearest."""
    picky.edit("a", settings={"key_id": OLD, "key_secret": OLD})
    with pytest.raises(SeveralKeys) as several:
        picky.rotation("a")
    assert several.value.settings == ("api_key", "key_id", "key_secret")
    with pytest.raises(NoKeyToRotate) as mistyped:
        picky.rotation("a", field="apikey")
    assert mistyped.value.nearest == "api_key"
    assert [field.key for field in picky.rotation("a", field="api_key").fields] == ["api_key"]
    assert [field.key for field in picky.rotation("a", field="key_secret").fields] == ["key_id", "key_secret"]


def test_a_connection_without_a_key_says_how_to_give_it_one(picky: Session) -> None:
    """There is nothing to rotate in this case."""
    picky.create("bare", "fake")
    with pytest.raises(NoKeyToRotate) as raised:
        picky.rotation("bare")
    assert (raised.value.alias, raised.value.known) == ("bare", ())
    assert "%aiconn edit bare --prompt api_key key_id" in raised.value.hint


@pytest.mark.parametrize("nothing", ["", "  ", None, {}])
def test_no_new_key_changes_nothing(picky: Session, nothing: Any) -> None:
    """A blank value does not remove the old key."""
    with pytest.raises(NoNewKey):
        picky.rotate("a", nothing)
    assert key_of(picky) == OLD


def test_a_reference_takes_the_place_of_a_sealed_value(picky: Session, work: Path) -> None:
    """It is resolved and tested first, and a rollback restores the sealed value."""
    (work / "appsettings.json").write_text(f'{{"New": {{"ApiKey": "{NEW}"}}, "Wrong": {{"ApiKey": "{WRONG}"}}}}')
    with pytest.raises(RotationFailed):
        picky.rotate("a", to="$Wrong:ApiKey")
    done = picky.rotate("a", to="$New:ApiKey")
    assert picky.get("a").settings["api_key"] == "$New:ApiKey"
    assert key_of(picky) == NEW
    assert done.kept == (("api_key", "$New:ApiKey"),)
    picky.rollback("a", 1)
    assert key_of(picky) == OLD


def test_a_reference_that_does_not_resolve_is_refused(picky: Session) -> None:
    """It fails at the rung of the references."""
    with pytest.raises(RotationFailed) as raised:
        picky.rotate("a", to="$Nowhere:ApiKey")
    assert raised.value.rung == "references"
    assert picky.get("a").version == 1


def test_the_same_reference_is_no_new_one(picky: Session, work: Path) -> None:
    """This holds in any spelling, because keys ignore case. Otherwise the key would stay, and the result would claim a rotation."""
    (work / "appsettings.json").write_text(f'{{"New": {{"ApiKey": "{NEW}"}}}}')
    picky.rotate("a", to="$New:ApiKey")
    for same in ("$New:ApiKey", "$NEW:apikey"):
        with pytest.raises(SameReference):
            picky.rotate("a", to=same)
    with pytest.raises(NotToAReference):
        picky.rotate("a", to={})


def test_text_that_is_no_reference_is_not_taken_for_one(picky: Session) -> None:
    """The text is not repeated, because it may be a key."""
    with pytest.raises(CommandError) as raised:
        picky.rotate("a", to=NEW)
    assert NEW not in str(raised.value)


def test_the_user_secret_behind_a_reference_is_what_changes(picky: Session) -> None:
    """The reference stays. The result names the other users of the secret and how to restore the old value."""
    picky.set_secret("Fake:ApiKey", Secret(OLD), all=True)
    picky.create("b", "fake", settings={"api_key": "$Fake:ApiKey"})
    picky.create("c", "fake", settings={"api_key": "$fake:apikey"})
    with pytest.raises(RotationFailed):
        picky.rotate("b", WRONG)
    assert key_of(picky, "b") == OLD
    done = picky.rotate("b", NEW, all=True)
    assert key_of(picky, "b") == NEW
    assert picky.get("b").version == 1
    assert done.kept == (("api_key", "the user secret Fake:ApiKey"),)
    assert done.warnings == ("The user secret Fake:ApiKey is also that of c.",)
    assert done.notes == ("'%aiconn secret restore Fake:ApiKey --all' restores the previous value.",)
    picky.restore_secret("Fake:ApiKey", all=True)
    assert key_of(picky, "b") == OLD


def test_the_secret_of_this_environment_is_the_one_that_changes(picky: Session) -> None:
    """If there is one, it hides the secret for all environments, and would also hide a new one for all."""
    picky.set_secret("Fake:ApiKey", Secret(WRONG), all=True)
    picky.set_secret("Fake:ApiKey", Secret(OLD))
    picky.create("b", "fake", settings={"api_key": "$Fake:ApiKey"})
    done = picky.rotate("b", NEW)
    assert done.kept == (("api_key", "the user secret Fake:ApiKey of Development"),)
    assert done.notes == ("'%aiconn secret restore Fake:ApiKey' restores the previous value.",)
    assert picky._context.secrets.value("Fake:ApiKey") == WRONG
    assert picky._context.secrets.value("Fake:ApiKey", "Development") == NEW
    with pytest.raises(CommandError):
        picky.rotate("b", OLD, all=True)
    assert picky._context.secrets.value("Fake:ApiKey") == WRONG


def test_a_secret_of_all_environments_is_replaced_for_the_current_one(picky: Session) -> None:
    """The other environments keep the old one, and the answer says so. Removing the new secret undoes the rotation."""
    picky.set_secret("Fake:ApiKey", Secret(OLD), all=True)
    picky.create("b", "fake", settings={"api_key": "$Fake:ApiKey"})
    done = picky.rotate("b", NEW)
    assert done.kept == (("api_key", "the user secret Fake:ApiKey of Development"),)
    assert done.notes == ("'%aiconn secret remove Fake:ApiKey' removes the new one again.",)
    assert len(done.warnings) == 1
    assert picky._context.secrets.value("Fake:ApiKey") == OLD
    assert key_of(picky, "b") == NEW


def test_a_value_from_a_file_is_not_written_there(picky: Session, work: Path) -> None:
    """The error says where the value comes from and what else to do."""
    (work / "appsettings.json").write_text(f'{{"Fake": {{\n "ApiKey": "{OLD}"}}}}')
    picky.create("b", "fake", settings={"api_key": "$Fake:ApiKey"})
    with pytest.raises(PlaceNotWritable) as raised:
        picky.rotate("b", NEW)
    assert (raised.value.setting, raised.value.reference) == ("api_key", "$Fake:ApiKey")
    assert (raised.value.place, raised.value.is_project_file) == ("appsettings.json:2", True)


def test_a_value_from_a_variable_is_not_written_there(picky: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user secret would not help, because the variable takes precedence."""
    monkeypatch.setenv("Fake__ApiKey", OLD)
    picky.create("b", "fake", settings={"api_key": "$Fake:ApiKey"})
    with pytest.raises(PlaceNotWritable) as raised:
        picky.rotate("b", NEW)
    assert "Fake__ApiKey" in raised.value.place
    assert not raised.value.is_project_file


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(picky: Session, provider: Picky) -> None:
    """The test may take a while."""
    other = Session(registry=registry_of(provider))

    def meanwhile(why: str) -> str:
        other.edit("a", settings={"region": "us"})
        return "fake-chat"

    provider.has_models = False
    with pytest.raises(ConnectionChanged):
        picky.rotate("a", NEW, which_model=meanwhile)
    assert key_of(picky) == OLD
    assert picky.get("a").settings["region"] == "us"


def test_an_unknown_alias_gets_the_nearest(picky: Session) -> None:
    """The error suggests the nearest alias."""
    picky.create("openai-dev", "fake", settings={"api_key": OLD})
    with pytest.raises(ConnectionNotFound) as raised:
        picky.rotate("openai-dew", NEW)
    assert raised.value.nearest == "openai-dev"

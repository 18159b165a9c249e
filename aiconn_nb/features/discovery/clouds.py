"""The profiles of AWS and gcloud tools. No key is copied: a connection stores the profile's name.

docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html and cloud.google.com/sdk/docs/configurations, read 2026-11-29.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from aiconn_nb.model.place import tilde
from aiconn_nb.model.reference import escape
from aiconn_nb.model.secret import readable
from aiconn_nb.providers.base import Provider
from aiconn_nb.session.context import Context

from .candidate import Candidate
from .tool_files import folder_of, home, ini_of, text_of


def of_aws(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the profiles in ``~/.aws/config`` and ``~/.aws/credentials``, with their regions. Raises `Unread`."""
    if "amazon" not in providers:
        return
    config = folder_of(context.environ, "AWS_CONFIG_FILE", ".aws", "config")
    credentials = folder_of(context.environ, "AWS_SHARED_CREDENTIALS_FILE", ".aws", "credentials")
    regions: dict[str, str] = {}
    places: dict[str, Path] = {}
    for section, values in ini_of(config).items():
        if profile := _profile_of(section):
            regions[profile], places[profile] = values.get("region", "").strip(), config
    for section, values in ini_of(credentials).items():
        places.setdefault(section, credentials)
        regions[section] = regions.get(section) or values.get("region", "").strip()
    for profile, path in places.items():
        settings = {
            "profile": escape(profile),
            **({"region": escape(regions[profile])} if regions[profile] else {}),
        }
        place = f"{tilde(path)}: {readable(profile)}"
        yield Candidate("AWS", f"aws-{profile}", place, "amazon", settings)


def of_gcloud(context: Context, providers: Mapping[str, Provider]) -> Iterator[Candidate]:
    """Yield the projects of gcloud's configurations, if application default credentials exist for the sign-in. Raises `Unread`."""
    if "google-vertex" not in providers:
        return
    usual = ("gcloud",) if os.name == "nt" else (".config", "gcloud")
    folder = folder_of(context.environ, "CLOUDSDK_CONFIG", *usual)
    if os.name == "nt" and not context.environ.get("CLOUDSDK_CONFIG"):
        folder = Path(context.environ.get("APPDATA") or home()) / "gcloud"
    if text_of(folder / "application_default_credentials.json") is None:
        return
    configurations = folder / "configurations"
    try:
        names = sorted(each for each in os.listdir(configurations) if each.startswith("config_"))
    except OSError:
        return
    for name in names:
        project = ini_of(configurations / name).get("core", {}).get("project", "").strip()
        if project:
            short = name.removeprefix("config_")
            place = f"{tilde(configurations / name)}: {readable(project)}"
            yield Candidate("gcloud", f"gcloud-{short}", place, "google-vertex", {"project": escape(project)})


def _profile_of(section: str) -> str:
    """Return the profile of a section in AWS's configuration file; '' for other sections.

    The file quotes words as a shell does: ``profile "my team"``.
    """
    try:
        words = shlex.split(section)
    except ValueError:
        return ""
    return words[-1] if words == ["default"] or (len(words) == 2 and words[0] == "profile") else ""

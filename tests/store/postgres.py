"""A PostgreSQL server of the tests' own: a cluster in a temporary folder, on a port of the loopback interface."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

PASSWORD = "canary/pass word:0123"
"""It has characters that a URL must encode."""
ENCODED = "canary%2Fpass%20word%3A0123"


def programs() -> Path | None:
    """Return the folder with PostgreSQL's programs, the newest as Debian installs them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Postgres:
    """A server with one user, ``aiconn``. Each test has a database of its own."""

    def __init__(self, bin: Path) -> None:
        self._bin = bin
        self._folder = Path(tempfile.mkdtemp(prefix="aiconn-pg"))
        self._made = 0
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        import pwd  # Windows has none

        # PostgreSQL refuses root.
        owners = [each.pw_name for each in pwd.getpwall() if each.pw_name in ("postgres", "nobody")]
        self._user = None if os.geteuid() else max(owners)
        self._group = pwd.getpwnam(self._user).pw_gid if self._user else None
        (self._folder / "password").write_text(PASSWORD)
        if self._user:
            for each in (self._folder, self._folder / "password"):
                shutil.chown(each, self._user)
        words = ["--no-sync", "--auth=scram-sha-256", "--username=aiconn", f"--pwfile={self._folder / 'password'}"]
        self._run("initdb", *words, "--encoding=UTF8", "--locale=C")
        self.start()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories='' -c fsync=off"
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """Stop the server at once, as a crash would. What was committed stays."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self._folder)

    def database(self) -> str:
        """Create an empty database, and return its URL."""
        import psycopg

        self._made += 1
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="aiconn", password=PASSWORD, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"create database team{self._made}".encode())
        return self.url(ENCODED, f"team{self._made}")

    def url(self, password: str, database: str = "postgres") -> str:
        """Return the URL of a database with this password."""
        return f"postgresql+psycopg://aiconn:{password}@127.0.0.1:{self.port}/{database}"

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [str(self._bin / program), "-D", str(self._folder / "data"), *words],
            user=self._user,
            extra_groups=[] if self._user else None,
            group=self._group,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server keeps a pipe open
            stderr=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"{program} failed"

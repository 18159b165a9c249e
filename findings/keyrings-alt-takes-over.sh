#!/usr/bin/env bash
# keyring and keyrings.alt: an installed package alone turns "no keyring" into secrets in a plain file.
#
# One would expect: on a machine without a keyring service, keyring.set_password() raises, as it does with keyring
#   alone; a plain-text backend has to be chosen.
# What happens: as soon as keyrings.alt is installed, keyring chooses its PlaintextKeyring by itself. set_password()
#   succeeds without a warning, and the secret is base64 in a file in the home folder.
# Why it matters: a library that relies on NoKeyringError to fall back to its own encrypted store, or to ask, never
#   does so in such an environment. Check type(keyring.get_keyring()) before storing.
# Versions: keyring 25.7.0, keyrings.alt 5.0.2, CPython 3.11, Linux without a session bus. Measured 2026-11-28.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
pip() {
  python3 -m pip --python "$work/venv/bin/python" install -q --no-compile "$@"
}
run() {
  env -i PATH="$PATH" HOME="$work" timeout 50 "$work/venv/bin/python" "$work/probe.py" "$1" >>"$work/seen"
}

cat >"$work/probe.py" <<'PY'
import base64
import pathlib
import sys

import keyring

print(sys.argv[1], "->", type(keyring.get_keyring()).__module__)
try:
    keyring.set_password("service", "ada", "made-up-secret")
    print("  stored")
except keyring.errors.NoKeyringError:
    print("  NoKeyringError")
for file in pathlib.Path.home().rglob("keyring_pass.cfg"):
    print("  base64 in a file:", base64.b64encode(b"made-up-secret").decode() in file.read_text())
PY

cat >"$work/expected" <<'TEXT'
keyring alone -> keyring.backends.fail
  NoKeyringError
keyrings.alt installed -> keyrings.alt.file
  stored
  base64 in a file: True
TEXT

pip "keyring==25.7.0"
run "keyring alone"
pip "keyrings.alt==5.0.2"
run "keyrings.alt installed"
diff "$work/expected" "$work/seen"
echo "as described"

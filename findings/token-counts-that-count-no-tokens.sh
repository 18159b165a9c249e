#!/usr/bin/env bash
# infinity-emb, LitServe: usage.prompt_tokens of a server with OpenAI's protocol may be a number of characters, or 0.
#
# One would expect: usage.prompt_tokens is what the model's tokenizer made of the texts, as the protocol defines it. A server
#   that does not count leaves usage out, or sends null.
# What happens: infinity-emb sends the number of characters of the texts, in prompt_tokens and in total_tokens, whatever the
#   model is. (Its debug engine, used here, needs no model. The torch engine with a tokenizer of its own sent the same
#   numbers, 43 for these two texts.) LitServe's OpenAISpec sends 0 in all three fields with each answer, also with one
#   that has text, unless its author counts.
# Why it matters: both pass every check of a schema. A table of costs shows four to five times too much for English texts
#   with the first, and nothing at all with the second, where "unknown" would be the truth. A text splitter that learns
#   from usage how much fits into a batch learns the wrong number.
# Versions: infinity-emb 0.0.78, litserve 0.2.19, CPython 3.11. Measured 2026-12-01.
set -euo pipefail

work=$(mktemp -d)
servers=()
trap 'for each in "${servers[@]}"; do kill "$each" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
for name in infinity lit; do python3 -m venv --without-pip "$work/$name"; done
python3 -m pip --python "$work/infinity/bin/python" install -q --no-compile "infinity-emb[server]==0.0.78"
python3 -m pip --python "$work/lit/bin/python" install -q --no-compile "litserve==0.2.19"

cat >"$work/serve.py" <<'PY'
import sys

import litserve


class Words(litserve.LitAPI):
    def setup(self, device):
        pass

    def predict(self, prompt):
        yield from ("Hello ", "there.")


if __name__ == "__main__":
    server = litserve.LitServer(Words(spec=litserve.OpenAISpec()), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False)
PY

cat >"$work/free.py" <<'PY'
import socket

for _ in range(2):
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        print(each.getsockname()[1])
PY

cat >"$work/probe.py" <<'PY'
import json
import sys
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

TEXTS = ["hello world", "a much longer text of many words"]


def usage(url, **asked):
    request = Request(url, json.dumps(asked).encode(), {"content-type": "application/json"})
    until = time.monotonic() + 120
    while True:
        try:
            with urlopen(request, timeout=60) as response:
                answer = json.load(response)
                break
        except URLError:  # not started yet
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
    return answer, answer["usage"]


infinity, lit = (f"http://127.0.0.1:{port}" for port in sys.argv[1:])
_, counted = usage(f"{infinity}/embeddings", model="any/model", input=TEXTS)
print("infinity-emb:", counted["prompt_tokens"], "characters:", sum(map(len, TEXTS)))
answer, counted = usage(f"{lit}/v1/chat/completions", model="m", messages=[{"role": "user", "content": TEXTS[0]}])
print("litserve:", answer["choices"][0]["message"]["content"], counted)
PY

cat >"$work/expected" <<'TEXT'
infinity-emb: 43 characters: 43
litserve: Hello there. {'prompt_tokens': 0, 'total_tokens': 0, 'completion_tokens': 0}
TEXT

mapfile -t ports < <(python3 "$work/free.py")
clean=(env -i PATH="$PATH" HOME="$work" HF_HUB_OFFLINE=1 DO_NOT_TRACK=1)
(cd "$work" && exec "${clean[@]}" "$work/infinity/bin/infinity_emb" v2 --model-id any/model --engine debugengine \
  --no-model-warmup --host 127.0.0.1 --port "${ports[0]}") >"$work/infinity.log" 2>&1 &
servers+=($!)
(cd "$work" && exec "${clean[@]}" "$work/lit/bin/python" "$work/serve.py" "${ports[1]}") >"$work/lit.log" 2>&1 &
servers+=($!)
timeout 240 python3 "$work/probe.py" "${ports[@]}" >"$work/seen"
diff "$work/expected" "$work/seen"
echo "as described"

"""The lesson does what a class does in JupyterLite. Pyodide runs it."""

import json
import os
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

import aiconn_nb
from aiconn_nb.errors import CannotSeal, NoThreadsForMap


async def lesson() -> str:
    """Run the lesson and return its results as JSON."""
    came: dict[str, Any] = {}
    os.chdir("/home/pyodide")
    Path("appsettings.json").write_text('{"OpenAI": {"ApiKey": "made-up-key-0000"}}')
    for alias in ("first", "second"):
        aiconn_nb.create(alias, "demo")

    # ---- store and references
    aiconn_nb.create("openai-dev", "openai", settings={"api_key": "$OpenAI:ApiKey"})
    aiconn_nb.edit("openai-dev", name="OpenAI")
    came["versions"] = [each.version for each in aiconn_nb.history("openai-dev")]
    came["resolved"] = aiconn_nb.resolve("openai-dev").data() is not None
    came["stored"] = Path(aiconn_nb.kernel_session()._context.home, "connections.json").exists()

    # ---- no key without cryptography
    try:
        aiconn_nb.create("literal", "openai", settings={"api_key": aiconn_nb.Secret("made-up-key-0000")})
    except aiconn_nb.AiconnError as error:
        came["sealing"] = [isinstance(error, CannotSeal), "$OpenAI:ApiKey" in error.hint]
    came["aliases"] = aiconn_nb.kernel_session().aliases()

    # ---- asking, one after the other
    came["ask"] = aiconn_nb.ask("hello", profile="first", model="demo-chat").text
    came["aask"] = (await aiconn_nb.aask("hello", profile="first", model="demo-chat")).text
    came["stream"] = "".join(aiconn_nb.stream("hello", profile="first", model="demo-chat"))
    pieces = await aiconn_nb.astream("hello", profile="first", model="demo-chat")
    came["astream"] = "".join([piece async for piece in pieces])
    came["acompare"] = len((await aiconn_nb.acompare("hello", "first", "second", model="demo-chat")).replies)
    came["aembed"] = len((await aiconn_nb.aembed(["hello"], profile="first", model="demo-embedding"))[0])
    came["compare"] = [each.reply.text for each in aiconn_nb.compare("hello", "first", "second", model="demo-chat")]
    came["embed"] = len(aiconn_nb.embed(["hello"], profile="first", model="demo-embedding")[0])
    came["tests"] = [each.ok for each in aiconn_nb.test("first", "second")]
    try:
        aiconn_nb.map([{"a": 1}], "{a}", profile="first", model="demo-chat")
    except aiconn_nb.AiconnError as error:
        came["map"] = isinstance(error, NoThreadsForMap)

    # ---- widgets: a form that is saved, and the tests that a list starts
    sent: list[dict[str, Any]] = []
    manager = aiconn_nb.manager()
    manager.send = lambda content, buffers=None: sent.append(content)
    seat = {"page": "p", "seat": "s", "seq": 1}
    manager._receive(manager, {**seat, "intent": "hello", "part": "connections"}, [])
    manager.open_form(None, "s")
    draft = {"name": "Made in the form", "alias": "", "provider": "demo", "active": True, "fields": {}}
    manager._receive(manager, {**seat, "intent": "save", "part": manager.form.part, **draft}, [])
    came["form"] = [each["kind"] for each in sent]
    came["saved"] = aiconn_nb.kernel_session().aliases()

    # ---- the magic
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "aiconn_nb")
    came["magic"] = [shell.run_cell(f"%aiconn {each}").success for each in ("use first as client", "list", "doctor")]

    return json.dumps(came)

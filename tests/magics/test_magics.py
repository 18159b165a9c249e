"""``%aiconn`` works in a real IPython shell."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aiconn_nb.errors import NothingAnswered
from aiconn_nb.session import kernel_session


def cell(shell: InteractiveShell, source: str) -> Any:
    """Run a cell as a front end would, and return its outcome."""
    return shell.run_cell(source, store_history=True)


def test_a_command_of_two_words_is_a_line_like_any_other(shell: InteractiveShell) -> None:
    """Braces in a system prompt stay as they are."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    made = cell(shell, '%aiconn profile new writer --connection demo-dev --model demo-chat --system "Be {brief}."')
    assert made.result.profile.options["system"] == "Be {brief}."
    assert [row.alias for row in cell(shell, "%aiconn profile").result] == ["writer"]


def test_an_answer_is_a_python_value_that_shows_itself(shell: InteractiveShell) -> None:
    """``rows = %aiconn list`` returns objects. A front end gets text and HTML but never Markdown, which it would render in its own
    way."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    cell(shell, "rows = %aiconn list")
    rows = shell.user_ns["rows"]
    assert [row.alias for row in rows] == ["demo-dev"]
    bundle, _ = shell.display_formatter.format(rows)
    assert set(bundle) == {"text/plain", "text/html"}
    assert "demo-dev" in bundle["text/html"]


def test_a_reference_is_not_expanded_by_ipython(shell: InteractiveShell) -> None:
    """The reference stays as it is even if a variable has its name."""
    cell(shell, "OpenAI = 'expanded'")
    cell(shell, "%aiconn new a --provider openai --set api_key=$OpenAI:ApiKey")
    assert dict(kernel_session().get("a").settings) == {"api_key": "$OpenAI:ApiKey"}


def test_use_binds_the_client_in_the_notebook(shell: InteractiveShell) -> None:
    """The module-level functions share the session."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    cell(shell, "%aiconn use demo-dev as client")
    cell(shell, "answer = client.chat('hello')")
    assert shell.user_ns["answer"]
    cell(shell, "import aiconn_nb; same = aiconn_nb.connections()[0].in_use")
    assert shell.user_ns["same"] is True


def test_a_kernel_that_does_not_say_whether_it_can_ask_is_asked(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLite's kernel and xeus-python do not say it. Where they cannot ask, they raise an error of their own."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    request = {"header": {"msg_type": "execute_request"}}
    monkeypatch.setattr(shell, "kernel", SimpleNamespace(get_parent=lambda: request), raising=False)

    def refuse(prompt: str) -> str:
        raise RuntimeError

    monkeypatch.setattr("builtins.input", refuse)
    assert isinstance(cell(shell, "%aiconn delete demo-dev").error_in_exec, NothingAnswered)
    assert kernel_session().aliases() == ["demo-dev"]
    monkeypatch.setattr("builtins.input", lambda prompt: "y")
    assert cell(shell, "%aiconn delete demo-dev").success
    assert kernel_session().aliases() == []


def test_a_client_that_a_function_binds_is_the_notebooks(shell: InteractiveShell) -> None:
    """A local variable of the same name is not checked afterwards, and no local variable of the function is kept alive."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    cell(
        shell,
        """
        import gc, weakref

        class Large:
            pass

        def bind():
            client, large = "another", Large()
            get_ipython().run_line_magic("aiconn", "use demo-dev as client")
            return weakref.ref(large)

        large = bind()
        gc.collect()
        """,
    )
    assert [each.name for each in kernel_session().bindings.held] == ["client"]
    assert shell.user_ns["large"]() is None


def test_a_mistake_fails_the_cell_with_two_lines(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """The error says what happened and what to do, without a traceback in any mode."""
    shell.run_line_magic("xmode", "Verbose")
    capsys.readouterr()
    result = cell(shell, "%aiconn show nobody")
    assert not result.success
    shown = capsys.readouterr()
    text = (shown.out + shown.err).replace("\x1b[31m", "").replace("\x1b[39m", "")
    what, hint = text.strip().splitlines()
    assert what.startswith("ConnectionNotFound: ")
    assert ("'nobody'" in what, "'%aiconn list'" in hint) == (True, True)
    assert not cell(shell, "import aiconn_nb; aiconn_nb.get('nobody')").success
    assert "Traceback" not in capsys.readouterr().out


def test_a_cell_of_commands_runs_line_by_line(shell: InteractiveShell) -> None:
    """Blank lines and comments are skipped."""
    cell(shell, "%%aiconn\n# two of them\nnew a --provider demo\n\nnew b --provider demo\n")
    assert kernel_session().aliases() == ["a", "b"]
    assert not cell(shell, "%%aiconn list\nsomething").success


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    """Loading the extension imports no ipywidgets, no SDK, no cryptography and no tinydb."""
    import subprocess

    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S; s = S.instance();"
        "s.run_line_magic('load_ext', 'aiconn_nb');"
        "print(sorted({'ipywidgets', 'anywidget', 'openai', 'cryptography', 'tinydb', 'filelock',"
        " 'aiconn_nb.session'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_unloading_leaves_ipython_as_it_was(shells: Any) -> None:
    """Unloading restores the magics, the completers and the namespace."""
    shell = shells.open()

    def state() -> tuple[object, ...]:
        magics = shell.magics_manager
        return (
            sorted(magics.magics["line"]),
            sorted(magics.magics["cell"]),
            sorted(magics.registry),
            str(shell.Completer.custom_matchers),
            str(shell.strdispatchers["complete_command"]),
            len(shell.input_transformers_cleanup),
            sorted(name for name in shell.user_ns if not name.startswith("_")),
        )

    shell.run_line_magic(
        "unload_ext", "nothing_of_the_kind"
    )  # IPython registers %load_ext and similar magics on first use
    before = state()
    shell.run_line_magic("load_ext", "aiconn_nb")
    shell.run_line_magic("reload_ext", "aiconn_nb")
    assert shell.Completer.complete(line_buffer="%aiconn ren")[1] == ["rename"]
    assert shell.run_cell("%aiconn list").success
    shell.run_line_magic("unload_ext", "aiconn_nb")
    assert state() == before


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%aiconn disa", ["disable"]),
        ("rows = %aiconn disa", ["disable"]),
        ("%aiconn use demo", ["demo-dev"]),
        ("%%aiconn\nuse demo", ["demo-dev"]),
        ("%aiconn new x --provider demo --set fail_with=auth", ["fail_with=authentication"]),
        ("%aiconn profile rol", ["rollback"]),
        ("%aiconn profile new x --connection de", ["demo-dev"]),
    ],
)
def test_the_tab_key_completes(shell: InteractiveShell, line: str, offered: list[str]) -> None:
    """The Tab key offers commands, aliases and values, and nothing else."""
    cell(shell, "%aiconn new demo-dev --provider demo")
    from IPython.core.completer import provisionalcompleter

    with provisionalcompleter():
        found = list(shell.Completer.completions(line, len(line)))
    texts = [line[: each.start] + each.text for each in found]
    head = line[: line.rindex(" ") + 1]
    assert texts == [f"{head}{each}" for each in offered]


def test_the_text_of_a_cell_is_not_completed(shell: InteractiveShell) -> None:
    """Below a command that takes a text, no commands are offered, and the completions of others stay."""
    from aiconn_nb.ui.magics.completer import _in_context

    def offered(text: str) -> Any:
        lines = text.split("\n")
        at = SimpleNamespace(full_text=text, cursor_line=len(lines) - 1, cursor_position=len(lines[-1]))
        return _in_context(at)["completions"]  # type: ignore[arg-type]

    assert offered("%%aiconn ask writer\ndisa") == []
    assert [each.text for each in offered("%%aiconn\ndisa")] == ["disable"]


def test_the_history_holds_no_key(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """No input, output or variable of the shell contains the answer to a prompt."""
    monkeypatch.setattr("getpass.getpass", lambda prompt: "canary-4242-key")
    monkeypatch.setattr("aiconn_nb.ui.magics.notebook_console.NotebookConsole.can_ask", property(lambda self: True))
    cell(shell, "made = %aiconn new a --provider openai --prompt api_key")
    cell(shell, "made")
    shown = repr(shell.user_ns) + repr(shell.history_manager.input_hist_raw)
    assert kernel_session().aliases() == ["a"]
    assert "canary-4242-key" not in shown
    assert "aiconn" in shown

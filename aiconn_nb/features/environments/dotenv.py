"""The ``.env`` file of a folder: whether it is a source, and its content."""

from __future__ import annotations

from aiconn_nb.config.file_layers import DotenvLayer
from aiconn_nb.errors import AiconnError, NoFolder
from aiconn_nb.model.hint import command
from aiconn_nb.model.place import shown
from aiconn_nb.session.context import DOTENV_VARIABLE, Context


def switch(context: Context, on: bool) -> None:
    """Store in the user's settings whether to read the file of this folder. Raises `NoFolder` and `StoreError`."""
    folder = context.dotenv.folder
    if folder is None:
        raise NoFolder
    context.user_settings.read_dotenv_of(str(folder), on)


def about_dotenv(context: Context) -> tuple[str, tuple[str, ...]]:
    """Return a sentence about the file of this folder, and warnings. It contains no value."""
    dotenv = context.dotenv
    if dotenv.path is None:
        return NoFolder().what, ()
    if dotenv.origin != DOTENV_VARIABLE and (unusable := context.user_settings.problem):
        return unusable.what, (unusable.hint,)
    name = shown(str(dotenv.path))
    layer = DotenvLayer(dotenv.path)
    decided = f"decided by {dotenv.origin}"
    if not layer.exists:
        return f"There is no {name}; it {'would' if dotenv.is_on else 'would not'} be read ({decided}).", ()
    if not dotenv.is_on:
        way = (
            f"{DOTENV_VARIABLE} is set" if dotenv.origin == DOTENV_VARIABLE else f"'{command('dotenv --on')}' reads it"
        )
        return f"{name} is not read for references; {way}.", ()
    try:
        count = len(list(layer.keys()))
    except AiconnError as error:
        return f"{name} is read for references ({decided}).", (error.what,)
    return f"{name} is read for references ({decided}): {count} {'value' if count == 1 else 'values'}.", ()

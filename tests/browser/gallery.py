"""Pictures of a widget in every theme and width, and the faults that it has there."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page

from .lab import bounded, theme
from .lists import violations

WIDTHS = (250, 480, 900, 1400)
"""The widths of a side bar, a split screen, a notebook beside its file browser, and a wide screen."""
THEMES = ("light", "dark", "contrast")

_TOKENS = """() => {
  const names = new Set();
  for (const sheet of document.styleSheets) {
    let rules = [];
    try { rules = sheet.cssRules; } catch { continue; }
    for (const rule of rules)
      if (rule.selectorText === ':root') for (const name of rule.style) if (name.startsWith('--jp')) names.add(name);
  }
  const style = getComputedStyle(document.documentElement);
  return [document.body.dataset.jpThemeLight, [...names].map((name) => [name, style.getPropertyValue(name)])];
}"""
_WEAR = """([isLight, tokens]) => {
  document.body.dataset.jpThemeLight = isLight;
  for (const [name, value] of tokens) document.documentElement.style.setProperty(name, value);
}"""
_WIDE = """(width) => {
  const sheet = document.getElementById('test-width') ?? document.head.appendChild(document.createElement('style'));
  sheet.id = 'test-width';
  sheet.textContent = width ? `.aiconn-shell { width: ${width}px; }` : '';
  // What the page changes at a new width, it changes in the frame of that width.
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
}"""
_FAULTS = """(node) => [
  node.scrollWidth > node.clientWidth && 'is cut off sideways',
  [...node.querySelectorAll('.aiconn-masked')].some((each) => getComputedStyle(each).webkitTextSecurity !== 'disc')
    && 'shows a secret',
].filter(Boolean)"""

Dress = Callable[[str, int], None]


@contextmanager
def wardrobe(page: Page, height: int) -> Iterator[Dress]:
    """Yield a function that changes theme and width at once: the tokens of each theme are read once and then applied. Everything is
    restored afterwards."""
    tokens = {}
    for name in THEMES:
        theme(page, name)
        tokens[name] = page.evaluate(_TOKENS)
    theme(page, "light")
    worn = ""

    def dress(name: str, width: int) -> None:
        nonlocal worn
        if name != worn:  # hundreds of tokens, with each of which the page is drawn again
            page.evaluate(_WEAR, tokens[name])
            worn = name
        page.evaluate(bounded(_WIDE), width)

    page.set_viewport_size({"width": 1700, "height": height})
    page.emulate_media(reduced_motion="reduce")  # no colour is in transition in a picture
    page.evaluate(
        bounded("() => { const { shell } = window.jupyterapp; shell.collapseLeft(); shell.collapseRight(); }")
    )
    yield dress
    page.evaluate("() => document.documentElement.removeAttribute('style')")
    page.evaluate("() => { document.body.dataset.jpThemeLight = 'true'; window.jupyterapp.shell.expandLeft(); }")
    page.evaluate(bounded(_WIDE), 0)
    page.emulate_media(reduced_motion="no-preference", forced_colors="none")
    page.set_viewport_size({"width": 1280, "height": 900})


class Gallery:
    """The place and the method of the pictures."""

    def __init__(self, page: Page, dress: Dress, folder: Path | None) -> None:
        self.page, self.dress, self.folder = page, dress, folder

    def take(self, name: str, root: Locator, *, whole: bool = False) -> None:
        """Check that nothing is cut off sideways and no secret is readable in any theme and width, and that axe-core finds no
        violation in any theme.

        If a folder is named, it gets a picture of each. ``whole`` takes the page, because a list of suggestions is above
        everything.
        """
        self.page.mouse.move(0, 0)
        rules: tuple[str, ...] = ()
        for look, checked in zip(THEMES, (250, 480, 1400), strict=True):
            for width in WIDTHS:
                self.dress(look, width)
                assert root.evaluate(_FAULTS) == [], (name, look, width)
                if width == checked:
                    assert violations(root, *rules) == [], (name, look, width)
                    rules = ("color-contrast",)
                self._picture(f"{name}-{look}-{width}", root, whole)
        if self.folder is not None:
            self.page.emulate_media(reduced_motion="reduce", forced_colors="active")
            self._picture(f"{name}-forced-colors", root, whole)
            self.page.emulate_media(reduced_motion="reduce", forced_colors="none")
        self.dress("light", 900)

    def _picture(self, name: str, root: Locator, whole: bool) -> None:
        if self.folder is not None:
            (self.page if whole else root).screenshot(path=self.folder / f"{name}.png", animations="allow")


def folder_of_pictures() -> Path | None:
    """Return the folder that ``AICONN_SCREENSHOTS`` names. Without one no pictures are taken, which saves a third of the time."""
    named = os.environ.get("AICONN_SCREENSHOTS")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder

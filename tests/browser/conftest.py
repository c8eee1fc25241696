"""A real browser for the tests of this folder: Debian's Chromium, driven by Playwright, with the network shut.

Every request that does not go to an allowed place is blocked and counted. Without a browser the tests are skipped with
a clear line; with LESSONLIB_REQUIRE_BROWSER=1 that is a failure instead.
"""

import os
import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from touching import CELLS, SCREENSHOTS

from tools.notebooks import METADATA

BROWSER = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        if BROWSER is None and os.environ.get("LESSONLIB_REQUIRE_BROWSER") != "1":
            item.add_marker(pytest.mark.skip("no browser: install Debian's chromium to run the browser tests"))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    assert BROWSER, "LESSONLIB_REQUIRE_BROWSER=1, but no Chromium is installed"
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_page(chromium):
    """A function that opens pages which may ask only for what starts with `allowed`; the rest is in `page.outside`.

    `page.troubles` collects dialogs and errors of scripts.
    """
    contexts = []

    def open_page(allowed=("file:",), width=1400, height=1000, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.outside, page.troubles = [], []

        def only_allowed(route):
            if route.request.url.startswith((*allowed, "data:", "blob:")):
                route.continue_()
            else:
                page.outside.append(route.request.url)
                route.abort()

        def dialog(box):
            page.troubles.append(f"dialog: {box.message}")
            box.dismiss()

        page.route("**/*", only_allowed)
        page.on("websocket", lambda socket: socket.url.startswith(allowed) or page.outside.append(socket.url))
        page.on("dialog", dialog)
        page.on("pageerror", lambda error: page.troubles.append(f"error: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def pictures_notebook():
    """A small notebook, not run yet: a map, an explorer and a map of hostile words."""
    cells = [new_markdown_cell("# Pictures\n\nA map, an explorer, and words that mean harm.")]
    return new_notebook(cells=cells + [new_code_cell(source) for source in CELLS.values()], metadata=METADATA)

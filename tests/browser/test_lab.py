"""A real browser on a live JupyterLab: run lesson 01 and a notebook of pictures, look at figures, touch the rest."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import expect
from touching import (
    EXPLORER,
    MAP,
    SCREENSHOTS,
    assert_contrast,
    hostile_words_do_no_harm,
    hover_and_click,
    pictures,
    search,
    touch_explorer,
    touch_map,
    walk,
)

from lessonlib.workspace import sync
from tools.notebooks import METADATA

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01_onehot_vs_dense.ipynb"
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # keep every cell on the page
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}

# JupyterLab shows an exception as one or the other of these, depending on its version.
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
# True when the last cell has its number, or when an error has stopped the run. Cells start without numbers.
ENDED = """least => {
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((prompt) => prompt.textContent);
  const done = prompts.length >= least && prompts.every((text) => /[0-9]/.test(text));
  return done || document.querySelector(ERRORS) !== null;
}""".replace("ERRORS", repr(ERRORS))

pytestmark = pytest.mark.xdist_group("browser")


def forget_outputs(path):
    """Take stored outputs and numbers away, so that whatever is seen on the page was made by this run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, path)


def get_json(url):
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)


@pytest.fixture(scope="module")
def lab(tmp_path_factory, pictures_notebook):
    """A JupyterLab server on a copy of the lessons, with settings and kernels of its own."""
    home = tmp_path_factory.mktemp("lab")
    sync(ROOT / "notebooks", home / "work")
    forget_outputs(home / "work" / LESSON)
    nbformat.write(pictures_notebook, home / "work" / "pictures.ipynb")
    stored = [
        new_code_cell("1", execution_count=1, outputs=[new_output("display_data", {"text/html": made.html})])
        for made in pictures()[0].values()
    ]
    nbformat.write(new_notebook(cells=stored, metadata=METADATA), home / "work" / "stored.ipynb")
    settings = home / "config" / "lab" / "user-settings"
    for name, content in SETTINGS.items():
        package, plugin = name.split(":")
        path = settings / package / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"), "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"), "IPYTHONDIR": str(home / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings), "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }  # fmt: skip
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--port-retries=0",
        f"--IdentityProvider.token={token}", f"--notebook-dir={home / 'work'}", "--LabApp.news_url=",
    ]  # fmt: skip
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with open(home / "server.log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=home
        )
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 90
        while True:
            try:
                get_json(f"{base}/api/status?token={token}")
                break
            except OSError:
                text = (home / "server.log").read_text(encoding="utf-8")
                assert server.poll() is None and time.monotonic() < deadline, f"JupyterLab did not start:\n{text}"
                time.sleep(0.5)
        yield base, token
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
        print((home / "server.log").read_text(encoding="utf-8")[-4000:])  # pytest shows it if something failed


@pytest.fixture(scope="module")
def open_lab(lab, open_page):
    """A function that opens one notebook in a tab of its own; nothing but the server may be asked."""
    base, token = lab

    def open_lab(notebook, **options):
        page = open_page(allowed=(base, base.replace("http", "ws", 1)), **options)
        page.goto(f"{base}/lab/tree/{notebook}?token={token}&reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
        kernel_is_idle(page, base, token, notebook, 90)
        return page

    return open_lab


def run_all(page, lab, notebook, least):
    """Run all cells of the notebook to their end; it has at least `least` code cells."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    try:
        page.wait_for_function(ENDED, arg=least, timeout=300_000)
        kernel_is_idle(page, *lab, notebook, 60)
    finally:
        page.screenshot(path=SCREENSHOTS / "last.png")


@pytest.fixture(scope="module")
def page(lab, open_lab):
    """Lesson 01 in the browser, all cells run to their end."""
    page = open_lab(LESSON)
    run_all(page, lab, LESSON, 31)
    return page


def kernel_is_idle(page, base, token, notebook, seconds):
    """Wait until the kernel of this very notebook is idle, and until JupyterLab knows it: before, it runs nothing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sessions = [s for s in get_json(f"{base}/api/sessions?token={token}") if s["path"] == notebook]
        shown = page.locator("#jp-main-statusbar").inner_text()
        if sessions and sessions[0]["kernel"]["execution_state"] == "idle" and "| Idle" in shown:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the kernel of {notebook} was not idle within {seconds} s")


def test_run_all_ends_without_an_error(page):
    errors = page.locator(ERRORS)
    assert errors.count() == 0, errors.first.inner_text()


def test_the_figures_are_on_the_page(page):
    figures = page.locator(".jp-OutputArea-output img")
    sizes = figures.evaluate_all("images => images.map(i => [i.naturalWidth, i.naturalHeight])")
    assert len(sizes) >= 5 and all(w > 100 and h > 100 for w, h in sizes), sizes
    figures.first.scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / "figure.png")


def test_the_map_of_the_lesson_can_be_touched(page):
    box = page.locator(MAP).first
    hover_and_click(page, box)
    box.locator('g.word[data-word="tiger"]').focus()
    expect(box.locator("g.word.chosen")).to_have_attribute("data-word", "tiger")
    page.screenshot(path=SCREENSHOTS / "map.png")
    walk(page, box)
    search(page, box, "tiger", "tigr")
    assert page.outside == page.troubles == []


def test_a_notebook_of_pictures_can_be_run_and_touched(lab, open_lab):
    """Clicks and keys in JupyterLab, and letters that JupyterLab would take for commands outside a picture."""
    page = open_lab("pictures.ipynb")
    run_all(page, lab, "pictures.ipynb", 5)
    cells = page.locator(".jp-Cell").count()
    touch_map(page, page.locator(MAP).first)
    touch_explorer(page, page.locator(EXPLORER).first)
    hostile_words_do_no_harm(page, page.locator(MAP).nth(1), page.locator(EXPLORER).nth(1))
    field = page.locator(MAP).first.get_by_label("Find a word")
    field.click()
    page.keyboard.type("ddabxx00")
    assert field.input_value() == "ddabxx00" and page.locator(".jp-Cell").count() == cells
    page.keyboard.press("Shift+Enter")
    expect(page.locator(MAP).first.locator(".message")).to_contain_text("is not on this map")
    assert page.locator(".jp-Cell").count() == cells
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.get_by_text("JupyterLab Dark", exact=True).click()
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
    page.wait_for_function("getComputedStyle(document.body).getPropertyValue('--jp-layout-color0').includes('#111')")
    for name, selector in (("map", MAP), ("explorer", EXPLORER)):
        assert_contrast(page.locator(selector).first, "dark")
        page.locator(selector).first.screenshot(path=SCREENSHOTS / f"lab_{name}_dark.png")
    assert page.outside == page.troubles == []


def test_a_notebook_that_is_not_trusted_shows_still_pictures(open_lab):
    page = open_lab("stored.ipynb")
    image = page.get_by_role("img", name="Map: 44 words, 4 categories, k=5")
    image.scroll_into_view_if_needed()
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 300
    assert page.locator("g.word, .jp-RenderedHTMLCommon input").count() == 0
    assert page.locator(".jp-RenderedHTMLCommon table tr").count() >= 1 + 7
    page.screenshot(path=SCREENSHOTS / "untrusted.png")
    assert page.outside == page.troubles == []


def test_nothing_outside_was_asked_for(page):
    assert page.outside == []

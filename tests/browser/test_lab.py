"""A real browser on a live JupyterLab: open lesson 01, run all cells, look at the figures, touch the map.

Debian's Chromium is driven by Playwright; every request that does not go to this machine is blocked and counted.
Skipped with a clear line where no browser is installed; with LESSONLIB_REQUIRE_BROWSER=1 that is a failure instead.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

from lessonlib.workspace import sync

ROOT = Path(__file__).resolve().parents[2]
LESSON = "01_onehot_vs_dense.ipynb"
SCREENSHOTS = ROOT / "artefacts" / "browser"
BROWSER = next((p for name in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
SETTINGS = {
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},  # keep every cell on the page
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}

# JupyterLab shows an exception as one or the other of these, depending on its version.
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
# True when the last cell has its number, or when an error has stopped the run. Cells start without numbers.
ENDED = """() => {
  const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map((prompt) => prompt.textContent);
  const done = prompts.length > 30 && prompts.every((text) => /[0-9]/.test(text));
  return done || document.querySelector(ERRORS) !== null;
}""".replace("ERRORS", repr(ERRORS))

pytestmark = pytest.mark.xdist_group("browser")
if BROWSER is None and os.environ.get("LESSONLIB_REQUIRE_BROWSER") != "1":
    pytest.skip("no browser: install Debian's chromium to run the browser test", allow_module_level=True)


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
def lab(tmp_path_factory):
    """A JupyterLab server on a copy of the lessons, with settings and kernels of its own."""
    home = tmp_path_factory.mktemp("lab")
    sync(ROOT / "notebooks", home / "work")
    forget_outputs(home / "work" / LESSON)
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
def page(lab):
    """Lesson 01 in the browser, all cells run to their end."""
    from playwright.sync_api import sync_playwright

    assert BROWSER, "LESSONLIB_REQUIRE_BROWSER=1, but no Chromium is installed"
    base, token = lab
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.outside = []

        def only_here(route):
            if route.request.url.startswith((base, base.replace("http", "ws", 1), "data:", "blob:")):
                route.continue_()
            else:
                page.outside.append(route.request.url)
                route.abort()

        page.route("**/*", only_here)
        ours = base.replace("http", "ws", 1)
        page.on("websocket", lambda socket: socket.url.startswith(ours) or page.outside.append(socket.url))
        try:
            page.goto(f"{base}/lab/tree/{LESSON}?token={token}&reset")
            page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
            kernel_is(page, base, token, "idle", 90)
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_text("Run All Cells", exact=True).click()
            page.wait_for_function(ENDED, timeout=300_000)
            kernel_is(page, base, token, "idle", 60)
            yield page
        finally:
            page.screenshot(path=SCREENSHOTS / "last.png")
            browser.close()


def kernel_is(page, base, token, state, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sessions = get_json(f"{base}/api/sessions?token={token}")
        if sessions and all(s["kernel"]["execution_state"] == state for s in sessions):
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the kernel did not become {state} in {seconds} s")


def test_run_all_ends_without_an_error(page):
    errors = page.locator(ERRORS)
    assert errors.count() == 0, errors.first.inner_text()


def test_the_figures_are_on_the_page(page):
    figures = page.locator(".jp-OutputArea-output img")
    sizes = figures.evaluate_all("images => images.map(i => [i.naturalWidth, i.naturalHeight])")
    assert len(sizes) >= 5 and all(w > 100 and h > 100 for w, h in sizes), sizes
    figures.first.scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / "figure.png")


def lit(page):
    return set(page.locator(".lessonlib-map g.word.lit").evaluate_all("words => words.map(w => w.dataset.word)"))


def loneliest(page):
    """The word farthest from all others: nothing lies over its marker, wherever the lesson's vectors put it."""
    return page.locator(".lessonlib-map").first.evaluate("""map => {
        const words = [...map.querySelectorAll("g.word")];
        const at = words.map(word => word.getAttribute("transform").match(/-?[0-9.]+/g).map(Number));
        const gap = (i, j) => i === j ? Infinity : Math.hypot(at[i][0] - at[j][0], at[i][1] - at[j][1]);
        const room = at.map((_, i) => Math.min(...at.map((_, j) => gap(i, j))));
        return words[room.indexOf(Math.max(...room))].dataset.word;
    }""")


def test_hovering_a_word_lights_up_its_neighbors(page):
    page.locator(".lessonlib-map").first.scroll_into_view_if_needed()
    word = loneliest(page)
    page.locator(f'.lessonlib-map g.word[data-word="{word}"] path').last.hover(force=True)
    page.wait_for_selector(f'.lessonlib-map g.word.chosen[data-word="{word}"]')
    neighbors = lit(page) - {word}
    assert len(neighbors) == 5
    listed = page.locator(".lessonlib-map .neighbors").first.inner_text()
    assert all(word in listed for word in neighbors) and "0." in listed
    page.screenshot(path=SCREENSHOTS / "map.png")


def test_the_keyboard_does_what_the_mouse_does(page):
    page.mouse.move(5, 5)
    page.locator('.lessonlib-map g.word[data-word="tiger"]').focus()
    page.wait_for_selector('.lessonlib-map g.word.chosen[data-word="tiger"]')
    before = lit(page)
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector('.lessonlib-map g.word.chosen:not([data-word="tiger"])')
    assert lit(page) != before


def test_nothing_outside_was_asked_for(page):
    assert page.outside == []

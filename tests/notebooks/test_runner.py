"""The runner stores what a reader sees and what nbval will see: final text, stable ids, nothing of this machine."""

import os
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.notebooks import NotebookError, execute, main, normalize, write


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A notebook with one cell for each habit of the runner, run twice: (first text, second text, notebook)."""
    path = tmp_path_factory.mktemp("café") / "small.ipynb"
    cells = [
        new_markdown_cell("Hello"),
        new_code_cell("import os, sys, time\nx = 41 + 1\nx;"),
        new_code_cell(""),
        new_code_cell("x"),
        new_code_cell("print('1 of 2', end='\\r')\nsys.stdout.flush()\nprint('2 of 2')\nprint('done')"),
        new_code_cell("print([os.environ[n] for n in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')])"),
        new_code_cell("print(os.path.basename(os.getcwd()), os.path.exists('small.ipynb'))"),
        new_code_cell("print(sys.executable)", metadata={"collapsed": True, "tags": ["nbval-ignore-output"]}),
    ]
    notebook = new_notebook(cells=cells, metadata={"widgets": {}, "kernelspec": {"name": "other", "display_name": "O"}})
    nbformat.write(notebook, path)
    execute(path)
    first = path.read_text(encoding="utf-8")
    execute(path)
    return first, path.read_text(encoding="utf-8"), nbformat.reads(first, as_version=4)


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_running_again_changes_nothing(executed):
    first, second, _ = executed
    assert first == second


def test_the_stored_notebook_is_valid_and_has_only_the_common_metadata(executed):
    notebook = executed[2]
    nbformat.validate(notebook)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [cell.metadata for cell in notebook.cells[:-1]] == [{}] * 7
    assert notebook.cells[-1].metadata == {"tags": ["nbval-ignore-output"]}


def test_counts_run_from_one_and_skip_empty_cells(executed):
    counts = [cell.execution_count for cell in executed[2].cells if cell.cell_type == "code"]
    assert counts == [1, None, 2, 3, 4, 5, 6]
    assert executed[2].cells[3].outputs[0].execution_count == 2


def test_a_trailing_semicolon_hides_nothing_as_in_nbval(executed):
    assert executed[2].cells[1].outputs[0].data["text/plain"] == "42"


def test_progress_is_stored_as_a_terminal_would_finally_show_it(executed):
    cell = executed[2].cells[4]
    assert len(cell.outputs) == 1 and text_of(cell) == "2 of 2\ndone\n"


def test_kernel_runs_beside_the_notebook_with_one_thread_and_this_interpreter(executed):
    cells = executed[2].cells
    assert text_of(cells[5]) == "['1', '1', '1']\n"
    assert text_of(cells[6]) == "café0 True\n"
    assert text_of(cells[7]).strip() == sys.executable


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nprint('careful', file=sys.stderr)", "cell 0 writes to stderr"),
    ],
)
def test_a_failing_notebook_is_left_as_it_was(source, said, tmp_path):
    path = tmp_path / "bad.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    before = path.read_bytes()
    with pytest.raises(NotebookError) as caught:
        execute(path)
    assert str(caught.value).startswith("bad.ipynb: ") and said in str(caught.value) and source in str(caught.value)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_cell_that_takes_too_long_is_stopped(tmp_path):
    path = tmp_path / "slow.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("import time\ntime.sleep(60)")]), path)
    with pytest.raises(NotebookError, match="slow.ipynb"):
        execute(path, timeout=1)


def test_an_unchanged_notebook_is_not_written_again(tmp_path):
    path = tmp_path / "a.ipynb"
    notebook = new_notebook(cells=[new_code_cell("x = 1")])
    write(notebook, path)
    before = path.stat()
    write(notebook, path)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    notebook.cells[0].source = "x = 2"
    write(notebook, path)
    assert path.stat().st_ino != before.st_ino and list(tmp_path.iterdir()) == [path]


def test_ids_follow_the_source_and_are_unique():
    notebook = new_notebook(cells=[new_markdown_cell("same"), new_markdown_cell("same"), new_code_cell("x")])
    normalize(notebook)
    ids = [cell.id for cell in notebook.cells]
    notebook.cells.insert(0, new_markdown_cell("new"))
    normalize(notebook)
    assert len(set(ids)) == 3 and [cell.id for cell in notebook.cells[1:]] == ids


def test_neighboring_streams_are_joined_and_others_keep_their_place():
    picture = new_output("display_data", {"text/plain": "picture"})
    parts = [new_output("stream", name="stdout", text=text) for text in ("a\n", "10%\r99%", "\r", "\rall\nb", "\n")]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[*parts[:4], picture, parts[4]])])
    normalize(notebook)
    outputs = notebook.cells[0].outputs
    assert [output.get("text", "picture") for output in outputs] == ["a\nall\nb", "picture", "\n"]


def test_the_command_line_reports_failures(tmp_path, capsys):
    path = tmp_path / "bad.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), path)
    assert main(["run", str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert main(["lint", str(path)]) == 1
    assert "bad.ipynb: cell 0: execution count None" in capsys.readouterr().out
    assert main(["html", str(path), "--out", str(tmp_path / "out")]) == 0
    assert "<html" in (tmp_path / "out" / "bad.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("end", ["pass", "1 / 0"])
def test_no_kernel_is_left_behind(end, tmp_path):
    path = tmp_path / "a.ipynb"
    source = f"import os\nopen('pid', 'w', encoding='utf-8').write(str(os.getpid()))\n{end}"
    nbformat.write(new_notebook(cells=[new_code_cell(source)]), path)
    assert main(["run", str(path)]) == (end != "pass")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="utf-8")), 0)

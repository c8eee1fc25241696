import json

import pytest

from lessonlib.workspace import RECORD, sync


@pytest.fixture
def folders(tmp_path):
    source = tmp_path / "notebooks"
    source.mkdir()
    (source / "01_a.ipynb").write_text("one, first edition", encoding="utf-8")
    (source / "02_b.ipynb").write_text("two, first edition", encoding="utf-8")
    return source, tmp_path / "work"


def text(path):
    return path.read_text(encoding="utf-8")


def test_first_copy_and_a_second_run_that_changes_nothing(folders):
    source, work = folders
    assert sync(source, work) == ["01_a.ipynb: copied", "02_b.ipynb: copied"]
    assert sync(source, work) == [f"{work}: everything is up to date"]
    assert text(work / "01_a.ipynb") == "one, first edition"


def test_edits_are_kept_and_the_new_version_arrives_beside_them_once(folders):
    source, work = folders
    sync(source, work)
    (work / "01_a.ipynb").write_text("my edits, grüße", encoding="utf-8")
    assert sync(source, work) == ["01_a.ipynb: yours, kept as it is"]
    (source / "01_a.ipynb").write_text("one, second edition", encoding="utf-8")
    (message,) = sync(source, work)
    (beside,) = work.glob("01_a.new-*.ipynb")
    assert beside.name in message and text(beside) == "one, second edition"
    assert text(work / "01_a.ipynb") == "my edits, grüße"
    beside.write_text("edits in the new one too", encoding="utf-8")
    sync(source, work)
    assert text(beside) == "edits in the new one too" and len(list(work.glob("01_a.new-*"))) == 1


def test_an_untouched_lesson_is_updated_in_place(folders):
    source, work = folders
    sync(source, work)
    (source / "02_b.ipynb").write_text("two, second edition", encoding="utf-8")
    assert sync(source, work) == ["02_b.ipynb: updated, you had not changed it"]
    assert text(work / "02_b.ipynb") == "two, second edition" and not list(work.glob("*.new-*"))


def test_new_lessons_arrive_and_deleted_ones_come_back(folders):
    source, work = folders
    sync(source, work)
    (source / "03_c.ipynb").write_text("three", encoding="utf-8")
    (source / "images").mkdir()
    (source / "images" / "x.png").write_bytes(b"\x89PNG")
    (work / "01_a.ipynb").unlink()
    assert sync(source, work) == [
        "01_a.ipynb: was gone, copied again", "03_c.ipynb: copied", "images/x.png: copied",
    ]  # fmt: skip
    assert (work / "images" / "x.png").read_bytes() == b"\x89PNG"


def test_a_learners_own_notebook_is_left_alone(folders):
    source, work = folders
    sync(source, work)
    (work / "notes.ipynb").write_text("mine", encoding="utf-8")
    sync(source, work)
    assert text(work / "notes.ipynb") == "mine"


@pytest.mark.parametrize("damage", ["{not json", '["a list"]', '{"01_a.ipynb": 3}', ""])
def test_a_damaged_record_costs_no_edit(folders, damage):
    source, work = folders
    sync(source, work)
    (work / "01_a.ipynb").write_text("my edits", encoding="utf-8")
    (work / RECORD).write_text(damage, encoding="utf-8")
    (source / "01_a.ipynb").write_text("one, second edition", encoding="utf-8")
    messages = sync(source, work)
    assert "could not be read" in messages[0]
    assert text(work / "01_a.ipynb") == "my edits" and len(list(work.glob("01_a.new-*"))) == 1
    assert set(json.loads(text(work / RECORD))) == {"01_a.ipynb", "02_b.ipynb"}


def test_a_damaged_record_costs_no_edit_in_the_version_beside_either(folders):
    source, work = folders
    sync(source, work)
    (work / "01_a.ipynb").write_text("my edits", encoding="utf-8")
    (source / "01_a.ipynb").write_text("one, second edition", encoding="utf-8")
    sync(source, work)
    (beside,) = work.glob("01_a.new-*.ipynb")
    beside.write_text("my edits of the new one", encoding="utf-8")
    (work / RECORD).write_text("damaged", encoding="utf-8")
    sync(source, work)
    assert text(beside) == "my edits of the new one" and text(work / "01_a.ipynb") == "my edits"


def test_no_source_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        sync(tmp_path / "nowhere", tmp_path / "work")

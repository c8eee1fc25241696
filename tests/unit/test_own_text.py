"""A learner's own text: files, folders, columns, records."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonlib.own_text import Column, Folder, Lines, Records, split_sentences
from lessonlib.trainers import SkipGramNS


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_bytes("\ufeffDie Würde. Ist sie da?\r\nJa!".encode())
    (tmp_path / "a.txt").write_text("One line\n\n  \nAnother one. And more", encoding="utf-8")
    (tmp_path / "c.md").write_text("not this", encoding="utf-8")
    return tmp_path


def test_a_folder_is_read_file_by_file_and_again_on_each_pass(folder):
    expected = [
        ["one", "line"], ["another", "one"], ["and", "more"], ["die", "würde"], ["ist", "sie", "da"], ["ja"],
    ]  # fmt: skip
    text = Folder(folder)
    assert list(text) == expected == list(text)
    assert [path.name for path in text.files()] == ["a.txt", "two.txt"]
    assert list(Folder(folder, "*.md")) == [["not", "this"]]


def test_a_file_has_one_sentence_on_each_line(folder):
    assert list(Lines(folder / "b" / "two.txt")) == [["die", "würde", "ist", "sie", "da"], ["ja"]]
    assert list(Lines(folder / "a.txt", tokenize=list))[0] == list("One line")


def test_a_column_of_a_table(tmp_path):
    path = tmp_path / "table.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["id", "text"], [1, 'Quoted, "twice". Two lines\nin one cell'], [2, ""], [3, "last"]])
    expected = [["quoted", "twice"], ["two", "lines"], ["in", "one", "cell"], ["last"]]
    assert list(Column(path, "text")) == expected
    (tmp_path / "table.tsv").write_text("text\tid\nA cat.\t1\n", encoding="utf-8-sig")  # as spreadsheets save it
    assert list(Column(tmp_path / "table.tsv", "text", delimiter="\t")) == [["a", "cat"]]


def test_a_cell_may_hold_a_whole_article(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('id,text\n1,"' + "word " * 100_000 + '"\n', encoding="utf-8")
    assert [len(sentence) for sentence in Column(path, "text")] == [100_000]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")), min_size=1))
def test_any_cell_that_csv_writes_is_read_back(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["n", "text"], *enumerate(cells)])
    read = list(Column(path, "text", tokenize=lambda part: [part]))
    assert read == [[part] for cell in cells for part in split_sentences(cell)]


def test_records_of_a_dataset():
    rows = [{"text": "A b. C d!", "label": 1}, {"text": None, "label": 0}, {"text": "e"}]
    assert list(Records(rows, "text")) == [["a", "b"], ["c", "d"], ["e"]]
    with pytest.raises(ValueError, match="field='body': record 0 has the fields text, label"):
        list(Records(rows, "body"))
    with pytest.raises(TypeError, match=r'record 0 is str.*dataset\["train"\]'):
        list(Records({"train": rows}, "text"))
    with pytest.raises(TypeError, match="only once"):
        Records(iter(rows), "text")


def test_a_hugging_face_dataset():
    datasets = pytest.importorskip("datasets", reason="the package datasets is not installed")
    rows = datasets.Dataset.from_dict({"text": ["A b. C d!", None, "e"]})
    assert list(Records(rows, "text")) == [["a", "b"], ["c", "d"], ["e"]]


def test_errors_name_file_line_and_cure(tmp_path, folder):
    path = tmp_path / "latin.txt"
    path.write_bytes(b"fine\ncaf\xe9\n")
    for text in (Lines(path), Folder(tmp_path, "latin.txt")):
        with pytest.raises(ValueError, match=r"latin\.txt, line 2: is not UTF-8 text; .*save it as UTF-8"):
            list(text)
    with pytest.raises(ValueError, match="is not a file"):
        Lines(folder)
    with pytest.raises(ValueError, match="is not a folder"):
        Folder(path)
    with pytest.raises(ValueError, match=r"no file that fits pattern='\*\.html'"):
        Folder(folder, "*.html")
    table = tmp_path / "table.csv"
    table.write_text("id,text\n1,one\n2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="column='body': .* has the columns 'id', 'text'"):
        Column(table, "body")
    with pytest.raises(ValueError, match=r"table\.csv, line 3: has no column 'text': 1 cell"):
        list(Column(table, "text"))
    table.write_bytes(b"Text,Ort\nhel\rlo,a\n")
    with pytest.raises(ValueError, match=r"table\.csv, line 2: is no table"):
        list(Column(table, "Text"))
    table.write_text("Datum;Text\n1;eins\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has the columns 'Datum;Text'; perhaps delimiter=\";\""):
        Column(table, "Text")
    assert list(Column(table, "Text", delimiter=";")) == [["eins"]]
    path.write_bytes("schon".encode("utf-16-le"))
    with pytest.raises(ValueError, match="line 1: is not UTF-8 text"):
        list(Lines(path))
    with pytest.raises(TypeError, match="field='n': record 0 holds int, not text"):
        list(Records([{"n": 5}], "n"))
    (tmp_path / "._1.txt").write_bytes(b"\x00\xff")
    assert "._1.txt" not in [file.name for file in Folder(tmp_path).files()]
    table.write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="it is empty"):
        Column(table, "text")


def test_a_trainer_takes_them(folder):
    model = SkipGramNS(vector_size=4, min_count=1, epochs=1, engine="numpy").fit(Folder(folder))
    assert "würde" in model.wv

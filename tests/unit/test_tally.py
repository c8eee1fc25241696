from lessonlib.tally import Tally


def test_tally_counts_hits_surprises_and_blanks(capsys):
    tally = Tally()
    tally.compare("pairs", " B ", "b")
    tally.compare("loss", "a", "c")
    tally.compare("norm", "?", "a")
    tally.compare("loss", "c", "c")  # asked again: replaces the first answer
    capsys.readouterr()
    tally.show()
    shown = capsys.readouterr().out
    assert "2 of 3 predicted, 2 as measured" in shown and shown.count("loss") == 1
    tally.compare("order", "a", "b")
    assert "A surprise." in capsys.readouterr().out
    tally.compare("blank", "?", "b")
    assert "No prediction yet" in capsys.readouterr().out

"""Predict first, then look: keeps a learner's predictions beside what was measured."""

from __future__ import annotations


class Tally:
    """Collects predictions of one lesson. An unanswered prediction is "?"; it never counts for or against you."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def compare(self, question: str, predicted: object, measured: object) -> None:
        """Print what was measured beside what was predicted, and remember both. Asking again replaces the old row."""
        predicted, measured = str(predicted).strip().lower(), str(measured).strip().lower()
        self.rows = [row for row in self.rows if row[0] != question] + [(question, predicted, measured)]
        if predicted == "?":
            print(f"{question}: measured {measured!r}. No prediction yet: go back, change the ?, and run again.")
        else:
            print(f"{question}: measured {measured!r}, you said {predicted!r}. {self._verdict(predicted, measured)}")

    def show(self) -> None:
        """Print the table of all predictions of the lesson."""
        width = max([len(question) for question, _, _ in self.rows], default=0)
        for question, predicted, measured in self.rows:
            line = f"{question:<{width}}  you: {predicted:<3} measured: {measured:<3} "
            print((line + self._verdict(predicted, measured)).rstrip())
        answered = [row for row in self.rows if row[1] != "?"]
        hits = sum(predicted == measured for _, predicted, measured in answered)
        print(f"{len(answered)} of {len(self.rows)} predicted, {hits} as measured.")

    @staticmethod
    def _verdict(predicted: str, measured: str) -> str:
        return "" if predicted == "?" else "As predicted." if predicted == measured else "A surprise."

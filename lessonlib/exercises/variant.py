"""A term's own variant of the exercises: which constants and definitions each question uses."""

from __future__ import annotations

import hashlib
import hmac
import string

from lessonlib.exercises.question import Question, bank

DIGITS = string.digits + string.ascii_lowercase
PUBLISHED = ""  # the code of the variant whose reference answers are public in this repository


def from_secret(secret: str) -> str:
    """The code of the variant that belongs to `secret`: one digit for each question that can vary.

    Never the published choice, so that public answers lose points in each of them. The digits come from an HMAC
    (RFC 2104) of the question's id; nothing of the secret can be read from them.

    Raises:
        ValueError: for a secret of fewer than 12 characters, which could be guessed by trying.
    """
    if len(secret) < 12:
        raise ValueError("variant: the secret has fewer than 12 characters; take a long random one and keep it")
    digits = []
    for question in varied():
        digest = hmac.new(secret.encode("utf-8"), question.id.encode("utf-8"), hashlib.sha256).digest()
        digits.append(DIGITS[1 + int.from_bytes(digest[:8], "big") % (len(question.variants) - 1)])
    return "".join(digits)


def varied() -> list[Question]:
    """The questions that have more than one variant, in order."""
    return [question for question in bank().values() if len(question.variants) > 1]


def values_of(question: Question, code: str = PUBLISHED) -> dict:
    """The constants of `question` in the variant with this code.

    Raises:
        ValueError: for a code that is not one of this bank.
    """
    if code == PUBLISHED or len(question.variants) == 1:
        return question.variants[0]
    questions = varied()
    try:
        if len(code) != len(questions):
            raise IndexError
        return question.variants[DIGITS.index(code[questions.index(question)])]
    except (IndexError, ValueError):
        raise ValueError(
            f"variant={code!r}: not a code of these exercises; copy it from the first cell of your notebook 10"
        ) from None

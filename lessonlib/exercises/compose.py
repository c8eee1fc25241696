"""The notebook cells of a question: the statement, the stub or the answer, and the check."""

from __future__ import annotations

import re

import numpy as np

from lessonlib.exercises import question as bank
from lessonlib.exercises.calls import plain
from lessonlib.exercises.question import Question
from lessonlib.exercises.texts import texts

BEGIN, END = "### BEGIN ANSWER", "### END ANSWER"


def statement(question: Question, values: dict, where: str = "") -> str:
    """The Markdown cell: title, statement, computed example, folded hints and common mistakes.

    `where` says where else the exercise stands.
    """
    text = texts(question, values)
    points = f"{question.points} point{'s' if question.points > 1 else ''}"
    needed = "required" if question.required else "optional"
    parts = [
        f"### Exercise {question.id}: {text.title}",
        f"*{', '.join(filter(None, (question.kind, points, needed, where)))}*",
    ]
    parts.append(re.sub(r"\[\[SOURCE:([\w.]+)\]\]", lambda m: _fragment(question, m[1], values), text.statement))
    parts.append(f"**Worked example**\n\n```python\n{example(question, values)}\n```")
    for number, hint in enumerate(text.hints, start=1):
        parts.append(f"<details><summary>Hint {number}</summary>\n\n{hint}\n\n</details>")
    parts.append(f"<details><summary>Common mistakes</summary>\n\n{text.mistakes}\n\n</details>")
    return "\n\n".join(parts)


def example(question: Question, values: dict) -> str:
    """The worked example as a session: each expression, and what the model answer gives for it.

    Expressions with `torch` call the answer as a learner does. Others call it as a check does, through the driver.
    """
    answer, driver = bank.right_answers(question, values)[0], bank.driver(question)
    expressions = texts(question, values).example
    names = {"np": np, question.name: lambda *args: plain(driver(answer, *args))}
    if any("torch." in expression for expression in expressions):
        import torch

        names |= {"torch": torch, question.name: answer}
    lines = []
    for expression in expressions:
        lines.append(f">>> {expression}")
        if re.match(r"\w+ = ", expression):
            exec(expression, names)
            continue
        with np.printoptions(precision=4, suppress=True):
            value = eval(expression, names)
            lines += [] if value is None else [_shown(value)]
    return "\n".join(lines)


def answer_cell(question: Question, values: dict) -> str:
    """The code cell of the master: the model answer between its markers, then the check."""
    code = _baked(question, values)
    if BEGIN not in code:
        head, body = _split(code)
        code = f"{head}\n    {BEGIN} {question.id}\n{body}\n    {END}"
    return f"{code}\n\n\n{check_line(question)}"


def stub_cell(question: Question, values: dict) -> str:
    """The same cell as learners get it."""
    return without_answers(answer_cell(question, values))


def check_line(question: Question) -> str:
    return f'check("{question.id}", {question.name})'


def without_answers(code: str) -> str:
    """`code` with what stands between each pair of markers replaced by a `NotImplementedError`.

    Raises:
        ValueError: if a marker lacks its partner or stands outside a function.
    """
    lines, kept, question_id, name = code.splitlines(), [], None, None
    for line in lines:
        stripped = line.strip()
        if defined := re.match(r"(?:def|class) (\w+)", line):
            name = defined[1]
        if stripped.startswith(BEGIN):
            if question_id is not None or name is None:
                raise ValueError(f"{stripped!r}: inside another answer, or outside a function")
            question_id = stripped.removeprefix(BEGIN).strip()
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(f'{indent}raise NotImplementedError("exercise {question_id}: write {name}")')
        elif stripped == END:
            if question_id is None:
                raise ValueError(f"{stripped!r} without {BEGIN!r} before it")
            question_id = None
        elif question_id is None:
            kept.append(line)
    if question_id is not None:
        raise ValueError(f"answer {question_id}: {END!r} is missing")
    return "\n".join(kept)


def _baked(question: Question, values: dict) -> str:
    """The source of the model answer, constants written as the variant's values."""
    code = _source(question, "right", question.name)
    names = [name for name in values if re.search(rf"\b{name}\b", code)]
    for name in names:
        code = re.sub(rf"\b{name}\b", lambda _, name=name: repr(values[name]).replace("'", '"'), code)
    return code


def _fragment(question: Question, name: str, values: dict) -> str:
    """The source of a function for a statement, without its docstring: `name__mistake` of `wrong.py`, or
    `module.name`. What follows `__` in its name is left out."""
    module, _, name = name.rpartition(".")
    head, body = _split(_source(question, module or "wrong", name))
    head = re.sub(r'\n\s*""".*?"""', "", head, flags=re.DOTALL).replace(f"def {name}(", f"def {name.split('__')[0]}(")
    code = f"{head}\n{body}"
    for key, value in values.items():
        code = re.sub(rf"\b{key}\b", lambda _, value=value: repr(value), code)
    return f"```python\n{code}\n```"


def _source(question: Question, module: str, name: str) -> str:
    text = bank.source(question.lesson, module)
    found = re.search(rf"^def {name}\(.*?(?=^\S|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    if found is None:
        raise ValueError(f"question {question.id}: {module}.py defines no {name}")
    following = text[found.end() :]
    code = found[0]
    if code.rstrip().endswith(","):  # a signature over several lines ends with ")" in the first column
        tail = re.match(r"\).*?(?=^\S|\Z)", following, flags=re.MULTILINE | re.DOTALL)
        code += tail[0] if tail else ""
    return code.rstrip()


def _split(code: str) -> tuple[str, str]:
    """(signature and docstring, body)."""
    import ast

    function = ast.parse(code).body[0]
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    lines = code.splitlines()
    start = first.lineno - 1
    while start and lines[start - 1].strip().startswith("#"):
        start -= 1
    return "\n".join(lines[:start]).rstrip(), "\n".join(lines[start:])


def _shown(value: object) -> str:
    if isinstance(value, float):
        return repr(round(value, 4))
    if isinstance(value, (list, tuple)):
        inside = ", ".join(_shown(item).replace("\n", "\n ") for item in value)
        if isinstance(value, tuple):
            return f"({inside}{',' * (len(value) == 1)})"
        return f"[{inside}]"
    return repr(value)

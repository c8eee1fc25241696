"""The notebooks that are stored executed, held to the linter's rules."""

import pytest

from tools.lint_notebooks import lint
from tools.notebooks import default_paths


def test_there_are_lessons():
    assert len(default_paths()) >= 9


@pytest.mark.parametrize("path", default_paths(), ids=lambda path: path.name)
def test_linter_finds_nothing(path):
    assert lint(path) == []

"""The set-up files say the same thing: pyproject, constraints, environment.yml, workflows, hooks, citation."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import lessonlib
from lessonlib import doctor
from lessonlib.__main__ import main

ROOT = Path(__file__).resolve().parents[2]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project():
    return tomllib.loads(read("pyproject.toml"))["project"]


@pytest.fixture(scope="module")
def constraints():
    lines = [line for line in read("constraints.txt").splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.!]*", line) for line in lines), "exact public versions only"
    return {line.split("==")[0].lower().replace("_", "-"): line.split("==")[1] for line in lines}


def test_constraints_hold_every_dependency_at_a_version_its_range_allows(project, constraints):
    for line in project["dependencies"] + project["optional-dependencies"]["test"]:
        requirement = Requirement(line)
        name = requirement.name.lower().replace("_", "-")
        assert requirement.specifier.contains(constraints[name]), line


def test_every_dependency_says_why_it_is_there(project):
    text = read("pyproject.toml")
    for line in project["dependencies"] + project["optional-dependencies"]["test"]:
        assert re.search(rf'"{re.escape(line)}",\s+# \w', text), line


def test_this_environment_is_the_constrained_one(constraints):
    for name in ("numpy", "torch", "gensim", "matplotlib"):
        assert metadata.version(name).split("+")[0] == constraints[name]


def test_conda_installs_the_same_package(project):
    environment = yaml.safe_load(read("environment.yml"))
    *plain, nested = environment["dependencies"]
    assert plain == [f"python{project['requires-python']}", "pip"]
    assert nested == {"pip": ["--constraint constraints.txt", "--editable ."]}


def test_workflow_runs_what_ci_and_contributors_run():
    workflow = yaml.safe_load(read(".github/workflows/ci.yml"))
    commands = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    assert any("bash .ci/run" in command for command in commands) and "make test" in commands
    pythons = workflow["jobs"]["pythons"]["strategy"]["matrix"]["python"]
    assert all(SpecifierSet(">=3.11").contains(version) for version in pythons)
    assert re.search(r"^step .* make test$", read(".ci/run"), re.MULTILINE)


def test_hooks_are_local():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]


def test_one_version_everywhere(project):
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == project["version"] == lessonlib.__version__


def test_readme_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", read("README.md") + read("CONTRIBUTING.md")):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_importing_the_package_is_cheap():
    code = (
        "import sys, time; start = time.perf_counter(); import lessonlib; took = time.perf_counter() - start;"
        "print(took, [m for m in ('torch', 'gensim', 'matplotlib', 'scipy', 'numpy') if m in sys.modules])"
    )
    results = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True) for _ in range(3)]
    assert all(result.stdout.rstrip().endswith("[]") for result in results), results[0].stdout
    assert min(float(result.stdout.split()[0]) for result in results) < 0.3


def test_unknown_attribute_is_named():
    assert lessonlib.text.tokenize("Ja!") == ["ja"]
    with pytest.raises(AttributeError, match="no attribute 'trainer'; it has analogies, .*catalog, .*corpora, "):
        _ = lessonlib.trainer


def test_doctor_finds_this_environment_healthy(capsys):
    assert doctor.report() == 0
    shown = capsys.readouterr().out
    assert "Everything the course needs is here." in shown
    assert "MISSING" not in shown and "OLD" not in shown
    for word in ("Python", "numpy", "torch", "kernel", "DejaVu", "GB free", "git"):
        assert word in shown


def test_doctor_reports_what_is_missing_with_its_cure(capsys, monkeypatch):
    requirements = ["numpy>=2.0", "torch>=99", "no-such-package>=1", "pytest>=1; extra == 'test'"]
    monkeypatch.setattr(metadata, "requires", lambda name: requirements)
    assert doctor.report((doctor.packages,)) == 1
    shown = capsys.readouterr().out
    assert re.search(r"OK +numpy", shown) and "pytest" not in shown
    assert re.search(r"OLD +torch .*-> +pip install 'torch>=99'", shown)
    assert re.search(r"MISSING +no-such-package +-> +pip install 'no-such-package>=1'", shown)
    assert "2 to mend" in shown


def test_doctor_notices_a_cache_that_cannot_be_written(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("LESSONLIB_CACHE", str(tmp_path / "file" / "cache"))
    assert doctor.report((doctor.disk,)) == 1
    assert "LESSONLIB_CACHE" in capsys.readouterr().out


def test_doctor_notes_optional_tools_without_failing(capsys, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert doctor.report((doctor.optional_tools,)) == 0
    assert capsys.readouterr().out.count("NOTE") == 4


def test_command_line(tmp_path, capsys):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01.ipynb").write_text("{}", encoding="utf-8")
    folders = ["--source", str(tmp_path / "notebooks"), "--target", str(tmp_path / "work")]
    assert main(["lab-files", *folders]) == 0 and "01.ipynb: copied" in capsys.readouterr().out
    assert main(["lab-files", "--source", str(tmp_path / "none"), "--target", str(tmp_path / "w")]) == 1
    assert "no such folder" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([])

"""The comparison finds mistakes: it is run on copies of flowrt, each with one mistake planted."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from reference.comparison import IS_MISMATCH
from reference.mutations import MUTATIONS

import flowrt

PACKAGE = Path(flowrt.__file__).parent
TESTS = Path(__file__).parent.parent
EXAMPLES = 4800


def copied(folder):
    """Return a copy of the package."""
    return Path(shutil.copytree(PACKAGE, folder / "flowrt", ignore=shutil.ignore_patterns("__pycache__")))


def compare(package, examples):
    path = os.pathsep.join(map(str, (package.parent, TESTS)))
    command = [sys.executable, "-m", "reference.comparison", str(package), str(examples)]
    environment = os.environ | {"PYTHONPATH": path}
    return subprocess.run(  # noqa: S603 - our own module
        command, cwd=package.parent, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def compare_with(mutation, folder):
    package = copied(folder / mutation.name)
    mutation.plant(package)
    return compare(package, EXAMPLES)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The comparisons under way, by mutation: two at a time, since each is a process of its own."""
    folder = tmp_path_factory.mktemp("mutants")
    with ThreadPoolExecutor(2) as pool:
        yield {mutation: pool.submit(compare_with, mutation, folder) for mutation in MUTATIONS}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_comparison_finds(mutation, runs):
    ran = runs[mutation].result()
    assert ran.returncode == IS_MISMATCH, ran.stdout + ran.stderr
    assert "the history can't have happened" in ran.stdout


def test_the_comparison_finds_nothing_in_flowrt_as_it_is(tmp_path):
    ran = compare(copied(tmp_path), EXAMPLES // 32)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stdout + ran.stderr

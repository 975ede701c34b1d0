"""Has papermill do once what it does for each notebook, so that the next time is quicker."""

import sys

import nbformat

_NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "parameters",
            "metadata": {"tags": ["parameters"]},
            "outputs": [],
            "source": "number = 1",
        }
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def import_papermill():
    """Imports papermill, with all of this package that needs it."""
    # papermill tries pyarrow for paths on HDFS, which takes long and 45 MB
    sys.modules.setdefault("pyarrow", None)
    from . import engine, task  # noqa: F401


def prime_papermill():
    """A notebook is read, validated and parameterized, and neither run nor saved."""
    from papermill import execute_notebook

    text = nbformat.writes(nbformat.from_dict(_NOTEBOOK))
    notebook = nbformat.reads(text, as_version=4)
    execute_notebook(
        notebook,
        None,
        {"number": 2},
        prepare_only=True,
        kernel_name="python3",
        language="python",
        progress_bar=False,
    )

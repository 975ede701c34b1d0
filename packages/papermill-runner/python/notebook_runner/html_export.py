"""The executed notebook as a page to look at, with nbconvert."""

import logging
import sys

from .saving import write_by_rename


def problem_of_export(notebook_path, html_path):
    """Writes the saved notebook as HTML, whole or not at all; returns what went wrong, or None."""
    try:
        from nbconvert import HTMLExporter
    except ImportError as error:
        return (
            f"{sys.executable} can't import nbconvert ({error}): install it there "
            "(python -m pip install nbconvert), or leave `html` out"
        )
    try:
        # the file, not what is in memory: it has papermill's marks, and no secrets
        page, _ = HTMLExporter().from_filename(notebook_path)
        write_by_rename(html_path, page.encode("utf-8", "replace"), durable=True)
    except Exception as error:
        logging.exception("no HTML")
        return f"{type(error).__name__}: {error}"
    return None

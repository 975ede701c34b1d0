"""What runs the notebook: for the manifest."""

import platform
import sys
from functools import cache
from importlib import metadata

PACKAGES = ("papermill", "nbclient", "nbformat", "ipykernel", "jupyter_client", "numpy")


def python():
    return {"path": sys.executable, "version": platform.python_version()}


@cache
def packages():
    """Versions of the packages that matter most, as far as they are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def no_papermill(error):
    """What to tell where papermill can't be imported."""
    return (
        f"{sys.executable} can't import papermill ({error}): install it there "
        "(python -m pip install papermill ipykernel), or set `python` to one that has it"
    )

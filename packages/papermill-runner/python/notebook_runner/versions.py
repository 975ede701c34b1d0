"""What runs the notebook: for the manifest."""

import platform
import sys
from importlib import metadata

PACKAGES = ("papermill", "nbclient", "nbformat", "ipykernel", "jupyter_client", "numpy")


def python():
    return {"path": sys.executable, "version": platform.python_version()}


def packages():
    """Versions of the packages that matter most, as far as they are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found

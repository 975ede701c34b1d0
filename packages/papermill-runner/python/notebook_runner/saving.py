"""Reading the template and saving the notebook: papermill's I/O handler for local paths."""

import errno
import json
import os
import re
import threading

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

#: held while a file is written beside its place: who ends this program meanwhile would leave that
writing = threading.Lock()


class NotebookFiles:
    """What papermill calls to read and write paths that begin with ``/``.

    The template's text comes with the job (the host has hashed just this text). The notebook is
    written beside its place and renamed, so that a reader sees the old one or the new one.
    """

    def __init__(self, template_path, template_text):
        self._template_path = template_path
        self._template_text = template_text
        #: whether to wait until the disk has it: for the last save, not for those on the way
        self.durable = False
        self._saved = False

    def read(self, path):
        if path == self._template_path:
            return self._template_text
        with open(path, encoding="utf-8") as file:
            return file.read()

    def write(self, text, path):
        write_by_rename(path, _encode(_standard_json(text)), self.durable)
        self._saved = True

    def why_not_saved(self, path, error):
        """What an OSError means for the notebook, and what to do."""
        text = f"the executed notebook can't be saved at {path}: {error.strerror or error}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text += ". Make room there, and run it again"
        if self._saved:
            text += "; what was saved before is kept"
        return text

    def listdir(self, path):
        return [os.path.join(path, name) for name in os.listdir(path)]

    def pretty_path(self, path):
        return path


def write_by_rename(path, data, durable):
    """Writes bytes so that ``path`` never holds a part of them."""
    folder, name = os.path.split(path)
    # the host removes this one if the program is killed while it writes
    partial = os.path.join(folder, f".{name}.partial")
    with writing:
        try:
            with open(partial, "wb") as file:
                file.write(data)
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(partial, path)
        except OSError:
            if os.path.exists(partial):
                os.unlink(partial)
            raise


def _standard_json(text):
    """Python writes NaN and Infinity bare, which other readers of JSON refuse: quotes them."""
    if "NaN" not in text and "Infinity" not in text:
        return text
    notebook = json.loads(text, parse_constant=str)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)


def _encode(text):
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode("utf-8")

"""Parameters: their names, and how their values become the source of a cell."""

import keyword
import logging

from papermill.translators import PythonTranslator, papermill_translators

# From Python 3.11 a kernel refuses decimals of more than 4,300 digits, unless told otherwise
LONGEST_DECIMAL = 10**4000


class BadParameters(Exception):
    """The parameters can't be given to a notebook; the message says which."""


class ExactPythonTranslator(PythonTranslator):
    """papermill's, and integers of any size."""

    @classmethod
    def translate_int(cls, val):
        return super().translate_int(val) if abs(val) < LONGEST_DECIMAL else hex(val)


papermill_translators.register("python", ExactPythonTranslator)


class ExpectedUndeclared(logging.Filter):
    """Leaves out papermill's warning about parameters that every notebook is given, declared or not."""

    def __init__(self, names):
        super().__init__()
        self._lines = {f"Passed unknown parameter: {name}" for name in names}

    def filter(self, record):
        return record.getMessage() not in self._lines


def check_names(parameters):
    bad = [name for name in parameters if not name.isidentifier() or keyword.iskeyword(name)]
    if bad:
        names = ", ".join(map(repr, bad))
        raise BadParameters(
            f"these parameters can't be variables of a notebook: {names}. "
            "Use letters, digits and _, not beginning with a digit, and no word of Python's own"
        )


def undeclared(notebook, parameters, kernel_name, language):
    """Names that the notebook's ``parameters`` cell doesn't have; all of them if it has no such cell."""
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    declared = set()
    if tagged:
        translator = papermill_translators.find_translator(kernel_name, language)
        try:
            declared = {each.name for each in translator.inspect(tagged[0])}
        except NotImplementedError:
            return []
    return [name for name in parameters if name not in declared]

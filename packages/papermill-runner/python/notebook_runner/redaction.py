"""Keeps secrets out of what is saved and told: one job's, of the process that runs it."""

import json

#: Shorter ones can't be told from ordinary text.
SHORTEST = 6
PLACEHOLDER = "***"

#: Keys of an output that Jupyter fills in, with words of its own.
_NOT_THE_NOTEBOOKS = {"output_type", "name"}

_forms = []


def keep_secret(values):
    """From now on these strings, and their lines, are replaced: as they are, or escaped in quotes."""
    forms = {form for value in values for form in _forms_of(value) if len(form) >= SHORTEST}
    # a secret may hold another one
    _forms[:] = sorted(forms, key=len, reverse=True)


def redacted(text):
    for form in _forms:
        text = text.replace(form, PLACEHOLDER)
    return text


def redact_outputs(notebook):
    """Replaces secrets in all that the cells of a notebook have put out so far, in place."""
    if not _forms:
        return
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            for key in output.keys() - _NOT_THE_NOTEBOOKS:
                output[key] = _without(output[key])
    if "widgets" in notebook["metadata"]:
        notebook["metadata"]["widgets"] = _without(notebook["metadata"]["widgets"])


def without_begun(text):
    """A text that was cut off, without the beginning of a secret at its end."""
    for form in _forms:
        for length in range(min(len(form) - 1, len(text)), 0, -1):
            if text.endswith(form[:length]):
                return text[:-length]
    return text


def _without(node):
    """The same without secrets; what holds others is changed in place."""
    if isinstance(node, str):
        return redacted(node)
    if isinstance(node, dict):
        for key, value in node.items():
            node[key] = _without(value)
    elif isinstance(node, list):
        node[:] = map(_without, node)
    return node


def _forms_of(value):
    for text in (value, *value.splitlines()):
        yield text
        yield json.dumps(text)[1:-1]
        yield repr(text)[1:-1]

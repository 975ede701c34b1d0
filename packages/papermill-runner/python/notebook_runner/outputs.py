"""What a notebook's cells print and show: how much of it is kept, and in which pieces."""

import json

from .memory import size


class OutputBudget:
    """Counts the bytes of output that a notebook keeps, against its limit (None: no limit)."""

    def __init__(self, limit):
        self._limit = limit
        self._used = 0

    def take(self, content):
        """Counts this content if it still fits; says whether it does."""
        needed = bytes_of(content)
        if self._limit is not None and self._used + needed > self._limit:
            return False
        self._used += needed
        return True

    def take_text(self, text):
        """The beginning of a text that still fits, and counts it."""
        if self.take(text):
            return text
        left = max(self._limit - self._used, 0)
        self._used = self._limit
        return text.encode("utf-8", "surrogatepass")[:left].decode("utf-8", "ignore")

    @property
    def note(self):
        return (
            f"[output cut here: the notebook's output is limited to {size(self._limit)} "
            "(limits.output); the cell went on]\n"
        )


class StreamTail:
    """The text stream at the end of a cell's outputs, to which more text is added.

    A cell that prints in a loop sends one message for each print. They become one output, as on a
    screen, and are joined only when somebody looks, so that the cost does not grow with its square.
    """

    def __init__(self):
        self._output = None
        self._pieces = []

    def open(self, output):
        """What was just added to a cell's outputs becomes the tail if it is a stream."""
        self.flush()
        self._output = output if output["output_type"] == "stream" else None

    def add(self, outputs, name, text):
        """Adds text if the last of these outputs is a stream of this name; says whether it did."""
        if not outputs or outputs[-1] is not self._output or self._output["name"] != name:
            return False
        self._pieces.append(text)
        return True

    def flush(self):
        """Puts all text where it belongs: before anyone reads the outputs."""
        if self._pieces:
            self._output["text"] += "".join(self._pieces)
            self._pieces = []


def bytes_of(content):
    """The bytes that content takes in the notebook, nearly."""
    if isinstance(content, str):
        return len(content) if content.isascii() else len(content.encode("utf-8", "surrogatepass"))
    if isinstance(content, dict):
        return sum(bytes_of(value) for value in content.values())
    return len(json.dumps(content))

"""papermill's notebook client, keeping all that cells print and show, up to a limit."""

from jupyter_core.utils import ensure_event_loop
from nbformat import from_dict
from papermill.clientwrap import PapermillNotebookClient

from .failure import in_short
from .outputs import OutputBudget, StreamTail
from .redaction import without_begun


class OutputKeepingClient(PapermillNotebookClient):
    """Adds output to the cells: as papermill does, but adjacent text as one, and no more than it may."""

    def __init__(self, manager, task, **traits):
        super().__init__(manager, **traits)
        self.tail = StreamTail()
        self.last_message = 0.0
        self._task = task
        self._budget = OutputBudget(task.limits["output"])
        self._cut_cell = None

    def process_message(self, msg, cell, cell_index):
        self.last_message = ensure_event_loop().time()
        return super().process_message(msg, cell, cell_index)

    def output(self, outs, msg, display_id, cell_index):
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        content, kind = msg["content"], msg["msg_type"]
        if kind == "stream":
            kept = self._budget.take_text(content["text"])
            cut = len(kept) < len(content["text"])
            content["text"] = kept
        elif kind == "error":
            # what people look for: always kept, if need be in short
            cut = False
            if not self._budget.take(content):
                content.update(in_short(content))
        else:
            cut = not self._budget.take(content.get("data", {}))
        added = None
        if not cut or (kind == "stream" and kept):
            added = self._add_output(outs, msg, display_id, cell_index)
        if cut:
            self._cut(outs, cell_index)
        return added

    def _add_output(self, outs, msg, display_id, cell_index):
        content = msg["content"]
        more = msg["msg_type"] == "stream" and not self.clear_before_next_output
        if more and self.tail.add(outs, content["name"], content["text"]):
            return None
        self.tail.flush()
        added = super().output(outs, msg, display_id, cell_index)
        if added:
            self.tail.open(added)
        return added

    def _cut(self, outs, cell_index):
        if self._cut_cell == cell_index:
            return
        self._cut_cell = cell_index
        self.tail.flush()
        if outs and outs[-1]["output_type"] == "stream":
            outs[-1]["text"] = without_begun(outs[-1]["text"])
        outs.append(from_dict({"output_type": "stream", "name": "stderr", "text": self._budget.note}))
        self._task.output_cut()

    def _update_display_id(self, display_id, msg):
        if msg["msg_type"] == "update_display_data":
            if not self._budget.take({"data": msg["content"].get("data", {})}):
                return
        super()._update_display_id(display_id, msg)

"""Marks of a failure in a notebook, as papermill writes them for an exception.

Works on plain dicts as on nbformat's nodes, with the standard library only.
"""


def error_output(ename, evalue, traceback=()):
    """An output that Jupyter shows as an exception."""
    return {
        "output_type": "error",
        "ename": ename,
        "evalue": evalue,
        "traceback": list(traceback) or [f"{ename}: {evalue}"],
    }


def mark_failed(notebook, cell):
    """Says in papermill's metadata that this cell failed, and with it the notebook."""
    papermill = cell["metadata"].setdefault("papermill", {})
    papermill["exception"] = True
    papermill["status"] = "failed"
    notebook["metadata"].setdefault("papermill", {})["exception"] = True


def failing_cell(notebook):
    """The code cell that was running, or else the first that had not run; None without code cells."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for status in ("running", "pending"):
        for cell in code:
            if cell["metadata"].get("papermill", {}).get("status") == status:
                return cell
    return code[-1] if code else None

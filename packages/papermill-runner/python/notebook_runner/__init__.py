"""The parts of ``prompt_papermill_runner.py``; see ``program.py`` for how they go together."""

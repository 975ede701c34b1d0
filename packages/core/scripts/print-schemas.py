"""Print the JSON schemas of the installed event-model, as one JSON object."""

import json
from importlib.metadata import version
from importlib.resources import files

from event_model import SCHEMA_NAMES

print(
    json.dumps(
        {
            "version": version("event-model"),
            "schemas": {
                name.value: {
                    "file": path.rpartition("/")[2],
                    "text": (files("event_model") / path).read_text("utf-8"),
                }
                for name, path in SCHEMA_NAMES.items()
            },
        }
    )
)

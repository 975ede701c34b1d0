"""Writes certificates as pyzmq's users do: certificates.py FOLDER NAME... ; the public ones of NAME+ also into FOLDER/listed."""

import shutil
import sys
from pathlib import Path

from zmq.auth import create_certificates

folder = Path(sys.argv[1])
(folder / "listed").mkdir()
for name in sys.argv[2:]:
    public, _ = create_certificates(folder, name.rstrip("+"))
    if name.endswith("+"):
        shutil.copy(public, folder / "listed")

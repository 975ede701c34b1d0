"""Where this program finds itself when a launcher started it, maybe on another machine."""

import os
import stat
import tempfile


def scratch_folder(wanted):
    """The folder that the host made for this process, or one made here where it can't be had.

    Sockets will be in it, so that one which somebody else may have made is not taken.
    """
    try:
        os.mkdir(wanted, 0o700)
    except FileExistsError:
        pass
    except OSError:
        return tempfile.mkdtemp(prefix="papermill-")
    about = os.lstat(wanted)
    private = stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid()
    if private and not about.st_mode & 0o077:
        return wanted
    return tempfile.mkdtemp(prefix="papermill-")

"""Imports the modules that forked kernels are to have, but for those that would not survive a fork."""

import gc
import importlib
import os
import sys
import warnings
from contextlib import contextmanager

from . import kernel_code
from .forkable import descriptors, native_threads, python_threads

#: What a kernel imports as it starts, or at its first cell.
KERNEL_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "faulthandler",
    "ipykernel_launcher",
    "sqlite3",
    "tornado.platform.asyncio",
)

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

ASKS = "while it is imported, it asks which notebook it is in"
OPENS = "while it is imported, it opens a file or a connection, which all forked kernels would share"
THREADS = "while it is imported, it starts threads, which a forked kernel would not have"

#: Not the name of a module: the first figure, drawn ahead.
FIGURE = "matplotlib: a first figure"


class Preload:
    """The modules of the kernels-to-be, imported into this process.

    ``missing`` has those that can't be imported, each with its error. ``unsafe`` has those that were
    imported and must not have been, each with the reason: this process is spoilt, and has to begin
    again without them. ``check_threads`` adds to it once a fork has shown which threads stay.
    """

    def __init__(self, modules, left_out=()):
        self.missing = {}
        self.unsafe = {}
        self._threading = []
        # ipykernel says this to matplotlib before anything is imported
        self.sets_backend = not os.environ.get("MPLBACKEND")
        if self.sets_backend:
            os.environ["MPLBACKEND"] = INLINE_BACKEND
        _import_for_kernel()
        #: how a kernel finds the filters of warnings when it starts
        self.warning_filters = list(warnings.filters)
        with _listening() as asked:
            for module in modules:
                if module not in left_out:
                    self._import(module, asked)
        if "matplotlib.figure" in sys.modules and FIGURE not in left_out:
            self._draw()
        #: those that the modules have put before them, and before those that a kernel adds itself
        self.module_filters = [f for f in warnings.filters if f not in self.warning_filters]

    def check_threads(self):
        """After a fork: libraries that know of forks (OpenBLAS) have ended their threads for it."""
        if native_threads() > 0:
            self.unsafe.update(dict.fromkeys(self._threading, THREADS))

    def undo(self):
        """Takes back what a program that takes this one's place would find."""
        if self.sets_backend:
            del os.environ["MPLBACKEND"]

    def _import(self, module, asked):
        opened, threads, native = descriptors(), python_threads(), native_threads()
        try:
            importlib.import_module(module)
        except Exception as error:
            self.missing[module] = f"{type(error).__name__}: {error}"
        if asked:
            self.unsafe[module] = ASKS
            asked.clear()
        elif descriptors() - opened:
            self.unsafe[module] = OPENS
        elif python_threads() > threads:
            self.unsafe[module] = THREADS
        elif native_threads() > native:
            self._threading.append(module)

    def _draw(self):
        opened = descriptors()
        try:
            exec(kernel_code.DRAW, {})  # noqa: S102
            _close_fonts()
        except Exception as error:
            sys.stderr.write(f"could not draw a first figure: {error}\n")
        if descriptors() - opened:
            self.unsafe[FIGURE] = OPENS


def _close_fonts():
    """matplotlib reads from open font files, at a position that kernels would move for each other."""
    from matplotlib import font_manager, mathtext

    font_manager._get_font.cache_clear()
    mathtext.MathTextParser._parse_cached.cache_clear()
    gc.collect()


def _import_for_kernel():
    for module in KERNEL_MODULES:
        try:
            importlib.import_module(module)
        except ImportError:
            # another version has it elsewhere, and each kernel imports it by itself
            if module == "ipykernel.kernelapp":
                raise


@contextmanager
def _listening():
    """Notes who asks for the running IPython, which is none yet and will be one in the kernel."""
    from traitlets.config.configurable import SingletonConfigurable

    asked = []
    original = SingletonConfigurable.__dict__["initialized"]

    def initialized(cls):
        asked.append(cls.__name__)
        return original.__func__(cls)

    SingletonConfigurable.initialized = classmethod(initialized)
    try:
        yield asked
    finally:
        SingletonConfigurable.initialized = original

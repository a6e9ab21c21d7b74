"""Finds plug-ins by looking into a folder: adding one thing means adding one file.

A plug-in module carries one object under an agreed name (`analyzer`, `kind`, `bench`, ...). Modules whose name begins
with an underscore are not plug-ins. Order is by file name, so that it is the same on every machine.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def module_names(package: ModuleType) -> list[str]:
    """Names of the plug-in modules in ``package``, sorted, without importing them."""
    return sorted(info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_"))


def load_module(package: ModuleType, name: str) -> ModuleType:
    return importlib.import_module(f"{package.__name__}.{name}")


def load_all(package: ModuleType, attribute: str) -> dict[str, object]:
    """``{module name: its object called attribute}`` for every plug-in module of the folder."""
    found = {}
    for name in module_names(package):
        module = load_module(package, name)
        if not hasattr(module, attribute):
            raise TypeError(
                f"{module.__name__} lies in a plug-in folder but has no `{attribute}`; add it or rename the file to _{name}.py"
            )
        found[name] = getattr(module, attribute)
    return found

"""What a package lets others use: named once, in its `__init__`, and loaded when it is asked for.

Commands such as `compare` have to start without pydantic (60 ms), numpy (80 ms) or TensorFlow
(3 s), so an `__init__` must not import its modules. It names what others may use as imports
that type checkers read; here the same lines give the module that a name is loaded from.
"""

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


def lazy_exports(package: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package (PEP 562); they give it an `__all__`, too.

    They go by the imports under `if TYPE_CHECKING:` in its source.
    """

    def load(name: str) -> Any:
        homes = _homes(package)
        if name == "__all__":
            return sorted(homes)
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, original = homes[name]
        value = getattr(import_module(module), original)
        # kept, so that it is looked up once; a package of that name, once imported, stays
        return vars(sys.modules[package]).setdefault(name, value)

    return load, lambda: sorted(_homes(package))


@cache
def _homes(package: str) -> dict[str, tuple[str, str]]:
    """Return of each name that a package's `__init__` imports for type checkers where it is from.

    That is its module, and its name there.
    """
    import ast  # 2 ms, which `--help` does without

    loader = sys.modules[package].__loader__
    tree = ast.parse(loader.get_source(package))  # type: ignore[union-attr]
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    imports = [each for block in blocks for each in block.body if isinstance(each, ast.ImportFrom)]
    return {
        alias.asname or alias.name: (str(each.module), alias.name)
        for each in imports
        for alias in each.names
    }

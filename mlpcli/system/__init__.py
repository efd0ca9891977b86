"""What the operating system gives and refuses, for all packages alike.

files.py writes files that are whole or absent, and reads without trust; limits.py asks what a shell
or a scheduler lets this process have, before libraries crash on it; environment.py keeps the
variables that the command was started with; failures.py says what was lacking when something fails.
"""

from typing import TYPE_CHECKING

from mlpcli.lazy import lazy_exports

if TYPE_CHECKING:
    from mlpcli.system.environment import keep_variables, variables
    from mlpcli.system.failures import as_error, system_error
    from mlpcli.system.files import (
        open_regular,
        read_bounded,
        read_small,
        reason,
        remove,
        require_writable,
        sync_folder,
        whole_file,
        write_whole,
    )
    from mlpcli.system.limits import (
        ADDRESSES,
        DATA,
        HELD,
        LEAST,
        PROGRAM,
        allow_more,
        limit_of,
        load_in_small_limits,
        memory_is_below,
        memory_limit,
        physical_memory,
        require_limit,
        require_threads,
        size,
        ulimit,
    )
else:
    __getattr__, __dir__ = lazy_exports(__name__)

"""The command: `mlpcli`, or `python -m mlpcli`."""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line; Ctrl-C while it is imported ends the process, without a traceback."""
    python = signal.getsignal(signal.SIGINT)
    if python is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()  # what is imported stays: 2 ms of looking for what does not
    try:
        from mlpcli.cli import main
    except (OSError, MemoryError, ImportError) as error:
        # what would say more needs files and memory, too
        os.write(2, f"mlpcli cannot start: {str(error) or 'out of memory'}\n".encode())
        sys.exit(1)

    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGINT, python)
    main()


if __name__ == "__main__":
    main()

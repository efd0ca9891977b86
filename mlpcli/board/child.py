"""The program of the child process that serves TensorBoard; it needs nothing else of mlpcli.

It prints a line of JSON, the address or what hindered it, and ends when its standard input does:
whatever ends the command that started it, kill -9 too. Then it removes the folder it was given.

    python child.py FOLDER [PORT]
"""

import contextlib
import json
import os
import shutil
import sys
import types

RELOAD_SECONDS = 2  # until TensorBoard looks again at the files
POINTS = "scalars=20000,histograms=500"  # shown of a curve; of itself TensorBoard draws 1,000


def main(folder: str, port: str = "") -> int:
    """Serve the runs in FOLDER/logs on this machine's loopback until standard input ends."""
    try:
        try:
            said, code = {"address": _launched(f"{folder}/logs", port)}, 0
        except SystemExit:
            said, code = {"error": "TensorBoard does not take its options"}, 1
        except Exception as error:  # whatever it is, the command says it, and ends
            said, code = {"error": str(error) or type(error).__name__}, 1
        with contextlib.suppress(BrokenPipeError):  # the command may be gone by now
            os.write(1, json.dumps(said).encode() + b"\n")
        if not code:
            while os.read(0, 1024):
                pass
        return code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _launched(logs: str, port: str) -> str:
    """Start TensorBoard in threads, and a process that reads the files; return its address."""
    # TensorBoard does without TensorFlow, where it finds this module: it starts in 1 s, not in 5
    sys.modules["tensorboard.compat.notf"] = types.ModuleType("tensorboard.compat.notf")
    from tensorboard import default, program

    board = program.TensorBoard(default.get_plugins())
    words = ["", "--logdir", logs, "--host", "127.0.0.1"]
    words += ["--reload_interval", str(RELOAD_SECONDS), "--samples_per_plugin", POINTS]
    board.configure(argv=[*words, *(("--port", port) if port else ())])
    return str(board.launch())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

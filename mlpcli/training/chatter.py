"""A filter that drops TensorFlow's start-up chatter from the lines it is given.

Run as a script, from standard input to standard error: which instructions the binary uses, that
there is no GPU, and the like go; a real error passes.
"""

import re
import sys

CHATTER = re.compile(
    r"WARNING: All log messages before absl::InitializeLog"
    r"|[IW]\d{4} \d\d:\d\d:"  # absl's information and warnings
    r"|E\d{4} .*(cuda|cuInit|cudart)"  # no GPU, called an error
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IW] "  # the same from older TensorFlow
    r"|To enable the following instructions"
)

if __name__ == "__main__":
    sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
    for line in sys.stdin:
        if not CHATTER.match(line):
            sys.stderr.write(line)

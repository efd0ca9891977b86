"""The mlpcli command with its runs one after another, each of which has all cores."""

import sys

from mlpcli.cli import main
from mlpcli.training import room

room.cores = lambda: 1
sys.exit(main())

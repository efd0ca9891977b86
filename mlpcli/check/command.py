"""What `check` does: a config read and checked, and what was found printed."""

from pathlib import Path

from mlpcli.check.result import check_config, check_json
from mlpcli.check.view import check_sections
from mlpcli.terminal import print_result


def show_check(path: Path, overrides: tuple[str, ...], root: Path, form: str) -> int:
    """Print what a config will do; return the exit code, 0 with warnings too."""
    check = check_config(path, overrides, root)
    print_result(check, form, check_sections, check_json)
    return 0

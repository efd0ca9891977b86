"""What `check` does: a config read and checked, and what was found printed."""

from pathlib import Path

from mlpcli.check.brief import brief_sections
from mlpcli.check.result import check_config, check_json
from mlpcli.check.view import full_sections
from mlpcli.errors import shell_word
from mlpcli.terminal import print_next, print_result, print_warnings


def show_check(
    path: Path, overrides: tuple[str, ...], root: Path, form: str, full: bool = False
) -> int:
    """Print what a config will do; return the exit code, 0 with warnings too."""
    check = check_config(path, overrides, root)
    data = check.config.data
    print_warnings(f"{data.name}: {each}" for each in data.warnings)
    print_result(check, form, full_sections if full else brief_sections, check_json)
    if form != "json":
        warned = {each.key for each in check.diagnostics if each.level == "warning"}
        kept = [each for each in overrides if each.partition("=")[0] not in warned]
        words = " ".join([shell_word(path), *(f"-s {shell_word(each)}" for each in kept)])
        print_next(f"mlpcli train {words}", more=not full)
    return 0

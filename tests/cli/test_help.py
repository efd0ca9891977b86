"""What `mlpcli --help` says of each command, on a terminal of 80 columns."""

from running import in_process

from mlpcli.cli import commands


def test_each_command_is_said_whole_in_one_line() -> None:
    lines = in_process("--help", COLUMNS="80").output.splitlines()
    for name, command in commands.commands.items():
        (line,) = (each for each in lines if each.startswith(f"  {name} "))
        said = line.removeprefix(f"  {name}").strip()
        assert said == str(command.help).partition("\n\n")[0], name
        assert said.endswith(".")


def test_on_a_narrower_terminal_nothing_is_cut() -> None:
    printed = " ".join(in_process("--help", COLUMNS="50").output.split())
    for name, command in commands.commands.items():
        said = str(command.help).partition("\n\n")[0]
        assert f" {name} {said} " in printed

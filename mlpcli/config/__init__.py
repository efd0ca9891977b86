"""One experiment as a frozen record: its keys, strictly read from YAML, and its schedule."""

"""What a config will do, before it is trained: `mlpcli check`."""

"""Which runs and settings are better, and what differs: `mlpcli compare` and `mlpcli diff`."""

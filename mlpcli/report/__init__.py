"""What one run looks like: `mlpcli show`."""

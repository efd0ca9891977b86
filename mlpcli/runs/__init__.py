"""One run on disk, written and read back without trust, and many of them found."""

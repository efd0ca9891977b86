"""Examples: where they come from, how they are split, and in which order batches take them."""

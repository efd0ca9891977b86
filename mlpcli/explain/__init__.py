"""Why a run came out as it did, and the proof of it: `mlpcli explain`."""

"""How sure a number is: intervals, exact tests, differences of settings, and verdicts."""

"""What people see and how they stop it: consoles, numbers as text, tables, progress, signals."""

"""Fuzzing of the doors: coverage-guided where atheris is installed, else by mutation. Run: make fuzz, or python -m fuzz."""

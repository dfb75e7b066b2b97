"""Rule text to checked rulebook, every error with file, line and column."""

"""What can be said: territories, facts, unknown, periods, references."""

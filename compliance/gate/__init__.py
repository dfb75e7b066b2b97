"""One decision: a request and the rulebook in force become an answer, recorded before it leaves."""

"""What rules imply: the edges that their cases hold."""

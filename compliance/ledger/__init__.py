"""What was decided: an append-only Merkle log of salted commitments, signed, provable to anybody."""

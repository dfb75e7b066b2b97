"""Side-by-side runs of rule engines on one workload."""

"""Forms of the centre's own side: they check the shape of what was typed, nothing else."""

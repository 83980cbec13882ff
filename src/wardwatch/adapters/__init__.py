"""One file per outside system; what is imported here from outside is imported nowhere else."""

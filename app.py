"""The front door: which pages a role sees. Nothing else."""

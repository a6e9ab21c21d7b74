"""How many calls make a batch, on which device and where: decided here and nowhere else."""

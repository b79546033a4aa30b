"""Links between things of the graph and entries of registers: decisions of people, kept for good."""

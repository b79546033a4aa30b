"""How well mentions of bodies, schools and territories find their entries in registers of the size of the country."""

"""
Organisation networks: who works with whom, on what, where and on which level.

`facts` reads one data version, `projections` makes networkx graphs of it, `measures` says who matters in them,
`layout` places their nodes, `formats` writes them as files.  All but `facts` are functions of values.
"""

"""
Queries that ask other services (SPARQL 1.1 Federated Query): how each SERVICE is answered, docs/adr/0007.

`patterns` reads where the clauses of a text stand and what may narrow them down, `joining` answers them within the
process of the query, `gateway` asks the services from outside of it, by `transport`, within `addresses`.
"""

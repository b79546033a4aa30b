"""
A remote SPARQL 1.1 engine that answers queries in place of the data folder.

The data folder stays the place where documents are loaded and what follows from them is derived; `replica` brings each
published version to the engine, `pool` puts queries to it, `engine` is the only module that speaks to it.  What other
engines cannot do stands in docs/engines.md.
"""

# Where a named graph shows through, the engine's default graph is the union of all named ones.
INSERT DATA { GRAPH <urn:x-vekha:probe> { <urn:x-vekha:probe> <urn:x-vekha:probe> <urn:x-vekha:probe> } }

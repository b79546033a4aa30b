# What the mixed load writes: the graph holds one statement, of now.
DROP SILENT GRAPH <urn:x-bench:graph> ;
INSERT DATA { GRAPH <urn:x-bench:graph> { <urn:x-bench:it> <urn:x-bench:is> "now" } }

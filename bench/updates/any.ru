DELETE { GRAPH ?graph { ?thing <urn:bench:note> ?old } }
INSERT { GRAPH ?graph { ?thing <urn:bench:note> "note" } }
WHERE { GRAPH ?graph { ?thing <urn:bench:in> <urn:bench:group> ; <urn:bench:note> ?old } }

DELETE { GRAPH <urn:bench:graph> { ?thing <urn:bench:note> ?old } }
INSERT { GRAPH <urn:bench:graph> { ?thing <urn:bench:note> "note" } }
WHERE { GRAPH <urn:bench:graph> { ?thing <urn:bench:in> <urn:bench:group> ; <urn:bench:note> ?old } }

DELETE { ?thing <urn:bench:note> ?old }
INSERT { ?thing <urn:bench:note> "note" }
WHERE { ?thing <urn:bench:in> <urn:bench:group> ; <urn:bench:note> ?old }

# An activity is an entry, a hub is a body and an organisation.
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

INSERT { ?thing a ?wider }
WHERE {
  { SELECT DISTINCT ?class ?wider WHERE { ?class rdfs:subClassOf+ ?wider . FILTER (isIRI(?class) && isIRI(?wider)) } }
  ?thing a ?class
}

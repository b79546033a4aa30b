# A responsible is an actor; a preferred label is a label.
# vekha:statedIn stays out: saying prov:wasDerivedFrom of every cell again would be half of all that is inferred.
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?thing ?wider ?value }
WHERE {
  { SELECT DISTINCT ?property ?wider WHERE {
      ?property rdfs:subPropertyOf+ ?wider .
      FILTER (?wider = rdfs:label || STRSTARTS(STR(?wider), STR(vekha:))) } }
  ?thing ?property ?value
}

# What follows from hierarchies of properties, classes, territories and themes, and from inverse properties.
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX vekha: <https://w3id.org/vekha/ns#>

# A responsible is an actor; a preferred label is a label.
# vekha:statedIn stays out: saying prov:wasDerivedFrom of every cell again would be half of all that is inferred.
INSERT { ?thing ?wider ?value }
WHERE {
  { SELECT DISTINCT ?property ?wider WHERE {
      ?property rdfs:subPropertyOf+ ?wider .
      FILTER (?wider = rdfs:label || STRSTARTS(STR(?wider), STR(vekha:))) } }
  ?thing ?property ?value
} ;

# An activity is an entry, a hub is a body and an organisation.
INSERT { ?thing a ?wider }
WHERE {
  { SELECT DISTINCT ?class ?wider WHERE { ?class rdfs:subClassOf+ ?wider . FILTER (isIRI(?class) && isIRI(?wider)) } }
  ?thing a ?class
} ;

# A city lies within its region and within the country.
INSERT { ?territory vekha:within ?container }
WHERE { ?territory vekha:within+ ?container } ;

# What replaced an entry of a register was replaced by a third.
INSERT { ?record vekha:replacedBy ?later }
WHERE { ?record vekha:replacedBy+ ?later } ;

# Contests for mentors are about mentoring.
INSERT { ?thing vekha:theme ?broader }
WHERE {
  { SELECT DISTINCT ?theme ?broader WHERE { ?theme skos:broader+ ?broader } }
  ?thing vekha:theme ?theme
} ;

# The data cube looks from the observation to its indicator.
INSERT { ?target vekha:indicatorOf ?indicator }
WHERE { ?indicator vekha:target ?target }

# Contests for mentors are about mentoring.
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?thing vekha:theme ?broader }
WHERE {
  { SELECT DISTINCT ?theme ?broader WHERE { ?theme skos:broader+ ?broader } }
  ?thing vekha:theme ?theme
}

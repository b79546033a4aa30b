# Two activities with the same text in all cells and the same actors.  This is no OWL inference.
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?one vekha:identicalTo ?other . ?other vekha:identicalTo ?one }
WHERE {
  { SELECT ?label WHERE { ?activity a vekha:Activity ; rdfs:label ?label } GROUP BY ?label HAVING (COUNT(?activity) > 1) }
  ?one rdfs:label ?label ; a vekha:Activity .
  ?other rdfs:label ?label ; a vekha:Activity .
  FILTER (STR(?one) < STR(?other))
  FILTER NOT EXISTS {
    VALUES ?said { vekha:deadlineText vekha:resultText vekha:indicatorText vekha:assessmentText vekha:actorText vekha:actor }
    ?one ?said ?value .
    FILTER NOT EXISTS { ?other ?said ?value }
  }
  FILTER NOT EXISTS {
    VALUES ?said { vekha:deadlineText vekha:resultText vekha:indicatorText vekha:assessmentText vekha:actorText vekha:actor }
    ?other ?said ?value .
    FILTER NOT EXISTS { ?one ?said ?value }
  }
}

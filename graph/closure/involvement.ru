# Whom an assignment means: the named actor, members of a named group, the body behind a post or a group of posts.
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?thing vekha:involves ?actor }
WHERE {
  { SELECT DISTINCT ?named WHERE { ?anything vekha:actor ?named } }
  ?named (vekha:actsFor|vekha:member)* ?actor .
  ?thing vekha:actor ?named
}

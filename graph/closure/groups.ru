# Who belongs to a group, and whom an assignment means.
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX vekha: <https://w3id.org/vekha/ns#>

# The municipal education authorities of a region are its bodies of that kind and level.
# This is more than OWL can say, because the criterion is data; a group whose extension is not settled gets no member.
INSERT { ?group vekha:member ?body }
WHERE {
  ?group a vekha:BodyGroup ; vekha:memberKind ?kind ; vekha:memberTerritory ?territory .
  FILTER NOT EXISTS { ?group vekha:extensionKnown false }
  ?body org:classification ?kind ; a vekha:Body .
  FILTER EXISTS { ?body vekha:territory/vekha:within* ?territory }
  FILTER NOT EXISTS { ?group vekha:memberLevel ?level . FILTER NOT EXISTS { ?body vekha:level ?level } }
} ;

# Whom an assignment means: the named actor, members of a named group, the body behind a post or a group of posts.
INSERT { ?thing vekha:involves ?actor }
WHERE {
  { SELECT DISTINCT ?named WHERE { ?anything vekha:actor ?named } }
  ?named (vekha:actsFor|vekha:member)* ?actor .
  ?thing vekha:actor ?named
}

# A city lies within its region and within the country.
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?territory vekha:within ?container }
WHERE { ?territory vekha:within+ ?container }

# The data cube looks from the observation to its indicator.
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?target vekha:indicatorOf ?indicator }
WHERE { ?indicator vekha:target ?target }

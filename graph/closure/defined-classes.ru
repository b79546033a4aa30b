# The definitions of ontology/definitions.ttl, for the whole store.
PREFIX dkind: <https://w3id.org/vekha/scheme/deadline-kind/>
PREFIX level: <https://w3id.org/vekha/scheme/level/>
PREFIX theme: <https://w3id.org/vekha/scheme/theme/>
PREFIX vekha: <https://w3id.org/vekha/ns#>

INSERT { ?activity a vekha:MentoringActivity }
WHERE { ?activity vekha:theme theme:mentoring ; a vekha:Activity } ;

INSERT { ?indicator a vekha:MentoringIndicator }
WHERE { ?activity a vekha:MentoringActivity ; vekha:indicator ?indicator . ?indicator a vekha:Indicator } ;

INSERT { ?activity a vekha:RecurringActivity }
WHERE { ?deadline vekha:deadlineKind dkind:recurrence . ?activity vekha:deadline ?deadline ; a vekha:Activity } ;

INSERT { ?body a vekha:RegionalBody }
WHERE { ?body vekha:level level:region ; a vekha:Body } ;

INSERT { ?body a vekha:MunicipalBody }
WHERE { ?body vekha:level level:municipality ; a vekha:Body } ;

INSERT { ?system a vekha:FederalSystem }
WHERE { ?system vekha:level level:federal ; a vekha:InformationSystem } ;

INSERT { ?activity a vekha:FederallyLinkedActivity }
WHERE { ?system a vekha:FederalSystem . ?activity vekha:refersTo ?system ; a vekha:Activity }

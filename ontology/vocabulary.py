"""
Names of the vocabulary as constants, one class for each namespace.

Written by `python -m ontology.generation` from the Turtle files of this folder; a test compares.
"""

# ruff: noqa: N815
# The names are those of the terms.

from __future__ import annotations

from typing import Final

from pyoxigraph import NamedNode


class VEKHA:
    NAMESPACE: Final = "https://w3id.org/vekha/ns#"

    Roadmap: Final = NamedNode("https://w3id.org/vekha/ns#Roadmap")
    Section: Final = NamedNode("https://w3id.org/vekha/ns#Section")
    Entry: Final = NamedNode("https://w3id.org/vekha/ns#Entry")
    Activity: Final = NamedNode("https://w3id.org/vekha/ns#Activity")
    PlannedResult: Final = NamedNode("https://w3id.org/vekha/ns#PlannedResult")
    FormItem: Final = NamedNode("https://w3id.org/vekha/ns#FormItem")
    Provision: Final = NamedNode("https://w3id.org/vekha/ns#Provision")
    Passage: Final = NamedNode("https://w3id.org/vekha/ns#Passage")
    Indicator: Final = NamedNode("https://w3id.org/vekha/ns#Indicator")
    Target: Final = NamedNode("https://w3id.org/vekha/ns#Target")
    DatedTarget: Final = NamedNode("https://w3id.org/vekha/ns#DatedTarget")
    Deadline: Final = NamedNode("https://w3id.org/vekha/ns#Deadline")
    Occurrence: Final = NamedNode("https://w3id.org/vekha/ns#Occurrence")
    Assignment: Final = NamedNode("https://w3id.org/vekha/ns#Assignment")
    ThemeAssignment: Final = NamedNode("https://w3id.org/vekha/ns#ThemeAssignment")
    LevelDescription: Final = NamedNode("https://w3id.org/vekha/ns#LevelDescription")
    DocumentVersion: Final = NamedNode("https://w3id.org/vekha/ns#DocumentVersion")
    SourceTable: Final = NamedNode("https://w3id.org/vekha/ns#SourceTable")
    SourceRow: Final = NamedNode("https://w3id.org/vekha/ns#SourceRow")
    SourceCell: Final = NamedNode("https://w3id.org/vekha/ns#SourceCell")
    CellFragment: Final = NamedNode("https://w3id.org/vekha/ns#CellFragment")
    Mention: Final = NamedNode("https://w3id.org/vekha/ns#Mention")
    Resolution: Final = NamedNode("https://w3id.org/vekha/ns#Resolution")
    Footnote: Final = NamedNode("https://w3id.org/vekha/ns#Footnote")
    Correction: Final = NamedNode("https://w3id.org/vekha/ns#Correction")
    Change: Final = NamedNode("https://w3id.org/vekha/ns#Change")
    Actor: Final = NamedNode("https://w3id.org/vekha/ns#Actor")
    Body: Final = NamedNode("https://w3id.org/vekha/ns#Body")
    Hub: Final = NamedNode("https://w3id.org/vekha/ns#Hub")
    Group: Final = NamedNode("https://w3id.org/vekha/ns#Group")
    BodyGroup: Final = NamedNode("https://w3id.org/vekha/ns#BodyGroup")
    PostGroup: Final = NamedNode("https://w3id.org/vekha/ns#PostGroup")
    PersonGroup: Final = NamedNode("https://w3id.org/vekha/ns#PersonGroup")
    Person: Final = NamedNode("https://w3id.org/vekha/ns#Person")
    Post: Final = NamedNode("https://w3id.org/vekha/ns#Post")
    ProvisionalActor: Final = NamedNode("https://w3id.org/vekha/ns#ProvisionalActor")
    ProvisionalBody: Final = NamedNode("https://w3id.org/vekha/ns#ProvisionalBody")
    Territory: Final = NamedNode("https://w3id.org/vekha/ns#Territory")
    LegalAct: Final = NamedNode("https://w3id.org/vekha/ns#LegalAct")
    Programme: Final = NamedNode("https://w3id.org/vekha/ns#Programme")
    InformationSystem: Final = NamedNode("https://w3id.org/vekha/ns#InformationSystem")
    MentoringActivity: Final = NamedNode("https://w3id.org/vekha/ns#MentoringActivity")
    MentoringIndicator: Final = NamedNode("https://w3id.org/vekha/ns#MentoringIndicator")
    RecurringActivity: Final = NamedNode("https://w3id.org/vekha/ns#RecurringActivity")
    RegionalBody: Final = NamedNode("https://w3id.org/vekha/ns#RegionalBody")
    MunicipalBody: Final = NamedNode("https://w3id.org/vekha/ns#MunicipalBody")
    FederalSystem: Final = NamedNode("https://w3id.org/vekha/ns#FederalSystem")
    FederallyLinkedActivity: Final = NamedNode("https://w3id.org/vekha/ns#FederallyLinkedActivity")
    roadmap: Final = NamedNode("https://w3id.org/vekha/ns#roadmap")
    section: Final = NamedNode("https://w3id.org/vekha/ns#section")
    parentSection: Final = NamedNode("https://w3id.org/vekha/ns#parentSection")
    parentActivity: Final = NamedNode("https://w3id.org/vekha/ns#parentActivity")
    printedNumber: Final = NamedNode("https://w3id.org/vekha/ns#printedNumber")
    ordinal: Final = NamedNode("https://w3id.org/vekha/ns#ordinal")
    documentOrder: Final = NamedNode("https://w3id.org/vekha/ns#documentOrder")
    level: Final = NamedNode("https://w3id.org/vekha/ns#level")
    territory: Final = NamedNode("https://w3id.org/vekha/ns#territory")
    within: Final = NamedNode("https://w3id.org/vekha/ns#within")
    periodStart: Final = NamedNode("https://w3id.org/vekha/ns#periodStart")
    periodEnd: Final = NamedNode("https://w3id.org/vekha/ns#periodEnd")
    involves: Final = NamedNode("https://w3id.org/vekha/ns#involves")
    actor: Final = NamedNode("https://w3id.org/vekha/ns#actor")
    responsible: Final = NamedNode("https://w3id.org/vekha/ns#responsible")
    coExecutor: Final = NamedNode("https://w3id.org/vekha/ns#coExecutor")
    participantOrOrganizer: Final = NamedNode("https://w3id.org/vekha/ns#participantOrOrganizer")
    assignment: Final = NamedNode("https://w3id.org/vekha/ns#assignment")
    assignedActor: Final = NamedNode("https://w3id.org/vekha/ns#assignedActor")
    role: Final = NamedNode("https://w3id.org/vekha/ns#role")
    order: Final = NamedNode("https://w3id.org/vekha/ns#order")
    member: Final = NamedNode("https://w3id.org/vekha/ns#member")
    actsFor: Final = NamedNode("https://w3id.org/vekha/ns#actsFor")
    memberKind: Final = NamedNode("https://w3id.org/vekha/ns#memberKind")
    memberLevel: Final = NamedNode("https://w3id.org/vekha/ns#memberLevel")
    memberTerritory: Final = NamedNode("https://w3id.org/vekha/ns#memberTerritory")
    extensionKnown: Final = NamedNode("https://w3id.org/vekha/ns#extensionKnown")
    mention: Final = NamedNode("https://w3id.org/vekha/ns#mention")
    surfaceForm: Final = NamedNode("https://w3id.org/vekha/ns#surfaceForm")
    resolution: Final = NamedNode("https://w3id.org/vekha/ns#resolution")
    resolvedTo: Final = NamedNode("https://w3id.org/vekha/ns#resolvedTo")
    confidence: Final = NamedNode("https://w3id.org/vekha/ns#confidence")
    justification: Final = NamedNode("https://w3id.org/vekha/ns#justification")
    theme: Final = NamedNode("https://w3id.org/vekha/ns#theme")
    themeAssignment: Final = NamedNode("https://w3id.org/vekha/ns#themeAssignment")
    basis: Final = NamedNode("https://w3id.org/vekha/ns#basis")
    refersTo: Final = NamedNode("https://w3id.org/vekha/ns#refersTo")
    approvedBy: Final = NamedNode("https://w3id.org/vekha/ns#approvedBy")
    cites: Final = NamedNode("https://w3id.org/vekha/ns#cites")
    identicalTo: Final = NamedNode("https://w3id.org/vekha/ns#identicalTo")
    similarTo: Final = NamedNode("https://w3id.org/vekha/ns#similarTo")
    search: Final = NamedNode("https://w3id.org/vekha/ns#search")
    deadline: Final = NamedNode("https://w3id.org/vekha/ns#deadline")
    mentionedDeadline: Final = NamedNode("https://w3id.org/vekha/ns#mentionedDeadline")
    deadlineKind: Final = NamedNode("https://w3id.org/vekha/ns#deadlineKind")
    deadlineClass: Final = NamedNode("https://w3id.org/vekha/ns#deadlineClass")
    deadlineText: Final = NamedNode("https://w3id.org/vekha/ns#deadlineText")
    deadlineStart: Final = NamedNode("https://w3id.org/vekha/ns#deadlineStart")
    deadlineEnd: Final = NamedNode("https://w3id.org/vekha/ns#deadlineEnd")
    dueDate: Final = NamedNode("https://w3id.org/vekha/ns#dueDate")
    start: Final = NamedNode("https://w3id.org/vekha/ns#start")
    end: Final = NamedNode("https://w3id.org/vekha/ns#end")
    precision: Final = NamedNode("https://w3id.org/vekha/ns#precision")
    rrule: Final = NamedNode("https://w3id.org/vekha/ns#rrule")
    edtf: Final = NamedNode("https://w3id.org/vekha/ns#edtf")
    condition: Final = NamedNode("https://w3id.org/vekha/ns#condition")
    occurrence: Final = NamedNode("https://w3id.org/vekha/ns#occurrence")
    indicator: Final = NamedNode("https://w3id.org/vekha/ns#indicator")
    target: Final = NamedNode("https://w3id.org/vekha/ns#target")
    indicatorOf: Final = NamedNode("https://w3id.org/vekha/ns#indicatorOf")
    value: Final = NamedNode("https://w3id.org/vekha/ns#value")
    year: Final = NamedNode("https://w3id.org/vekha/ns#year")
    comparator: Final = NamedNode("https://w3id.org/vekha/ns#comparator")
    unit: Final = NamedNode("https://w3id.org/vekha/ns#unit")
    unitText: Final = NamedNode("https://w3id.org/vekha/ns#unitText")
    perPeriod: Final = NamedNode("https://w3id.org/vekha/ns#perPeriod")
    valueStatus: Final = NamedNode("https://w3id.org/vekha/ns#valueStatus")
    tolerance: Final = NamedNode("https://w3id.org/vekha/ns#tolerance")
    basedOn: Final = NamedNode("https://w3id.org/vekha/ns#basedOn")
    text: Final = NamedNode("https://w3id.org/vekha/ns#text")
    resultText: Final = NamedNode("https://w3id.org/vekha/ns#resultText")
    indicatorText: Final = NamedNode("https://w3id.org/vekha/ns#indicatorText")
    assessmentText: Final = NamedNode("https://w3id.org/vekha/ns#assessmentText")
    actorText: Final = NamedNode("https://w3id.org/vekha/ns#actorText")
    statedIn: Final = NamedNode("https://w3id.org/vekha/ns#statedIn")
    version: Final = NamedNode("https://w3id.org/vekha/ns#version")
    table: Final = NamedNode("https://w3id.org/vekha/ns#table")
    tableKind: Final = NamedNode("https://w3id.org/vekha/ns#tableKind")
    sourceRow: Final = NamedNode("https://w3id.org/vekha/ns#sourceRow")
    entry: Final = NamedNode("https://w3id.org/vekha/ns#entry")
    columnKind: Final = NamedNode("https://w3id.org/vekha/ns#columnKind")
    column: Final = NamedNode("https://w3id.org/vekha/ns#column")
    heading: Final = NamedNode("https://w3id.org/vekha/ns#heading")
    rawText: Final = NamedNode("https://w3id.org/vekha/ns#rawText")
    redactedText: Final = NamedNode("https://w3id.org/vekha/ns#redactedText")
    fragment: Final = NamedNode("https://w3id.org/vekha/ns#fragment")
    fragmentOrder: Final = NamedNode("https://w3id.org/vekha/ns#fragmentOrder")
    firstLine: Final = NamedNode("https://w3id.org/vekha/ns#firstLine")
    lastLine: Final = NamedNode("https://w3id.org/vekha/ns#lastLine")
    page: Final = NamedNode("https://w3id.org/vekha/ns#page")
    address: Final = NamedNode("https://w3id.org/vekha/ns#address")
    place: Final = NamedNode("https://w3id.org/vekha/ns#place")
    startOffset: Final = NamedNode("https://w3id.org/vekha/ns#startOffset")
    endOffset: Final = NamedNode("https://w3id.org/vekha/ns#endOffset")
    fileName: Final = NamedNode("https://w3id.org/vekha/ns#fileName")
    sha256: Final = NamedNode("https://w3id.org/vekha/ns#sha256")
    mark: Final = NamedNode("https://w3id.org/vekha/ns#mark")
    appliesTo: Final = NamedNode("https://w3id.org/vekha/ns#appliesTo")
    correctedBy: Final = NamedNode("https://w3id.org/vekha/ns#correctedBy")
    correctedField: Final = NamedNode("https://w3id.org/vekha/ns#correctedField")
    operation: Final = NamedNode("https://w3id.org/vekha/ns#operation")
    correctValue: Final = NamedNode("https://w3id.org/vekha/ns#correctValue")
    insteadOf: Final = NamedNode("https://w3id.org/vekha/ns#insteadOf")
    expectedText: Final = NamedNode("https://w3id.org/vekha/ns#expectedText")
    rowText: Final = NamedNode("https://w3id.org/vekha/ns#rowText")
    foundText: Final = NamedNode("https://w3id.org/vekha/ns#foundText")
    outcome: Final = NamedNode("https://w3id.org/vekha/ns#outcome")
    undoneBy: Final = NamedNode("https://w3id.org/vekha/ns#undoneBy")
    correctedText: Final = NamedNode("https://w3id.org/vekha/ns#correctedText")
    anomaly: Final = NamedNode("https://w3id.org/vekha/ns#anomaly")
    changeKind: Final = NamedNode("https://w3id.org/vekha/ns#changeKind")
    changeOf: Final = NamedNode("https://w3id.org/vekha/ns#changeOf")
    textBefore: Final = NamedNode("https://w3id.org/vekha/ns#textBefore")
    textAfter: Final = NamedNode("https://w3id.org/vekha/ns#textAfter")
    cellBefore: Final = NamedNode("https://w3id.org/vekha/ns#cellBefore")
    cellAfter: Final = NamedNode("https://w3id.org/vekha/ns#cellAfter")
    startBefore: Final = NamedNode("https://w3id.org/vekha/ns#startBefore")
    startAfter: Final = NamedNode("https://w3id.org/vekha/ns#startAfter")
    endBefore: Final = NamedNode("https://w3id.org/vekha/ns#endBefore")
    endAfter: Final = NamedNode("https://w3id.org/vekha/ns#endAfter")
    valueBefore: Final = NamedNode("https://w3id.org/vekha/ns#valueBefore")
    valueAfter: Final = NamedNode("https://w3id.org/vekha/ns#valueAfter")
    actorBefore: Final = NamedNode("https://w3id.org/vekha/ns#actorBefore")
    actorAfter: Final = NamedNode("https://w3id.org/vekha/ns#actorAfter")
    oktmo: Final = NamedNode("https://w3id.org/vekha/ns#oktmo")
    levelRank: Final = NamedNode("https://w3id.org/vekha/ns#levelRank")
    RegisterRecord: Final = NamedNode("https://w3id.org/vekha/ns#RegisterRecord")
    TerritoryVersion: Final = NamedNode("https://w3id.org/vekha/ns#TerritoryVersion")
    OrganisationRecord: Final = NamedNode("https://w3id.org/vekha/ns#OrganisationRecord")
    BranchRecord: Final = NamedNode("https://w3id.org/vekha/ns#BranchRecord")
    AddressRecord: Final = NamedNode("https://w3id.org/vekha/ns#AddressRecord")
    RegisterEdition: Final = NamedNode("https://w3id.org/vekha/ns#RegisterEdition")
    municipalityOf: Final = NamedNode("https://w3id.org/vekha/ns#municipalityOf")
    versionOf: Final = NamedNode("https://w3id.org/vekha/ns#versionOf")
    presentVersion: Final = NamedNode("https://w3id.org/vekha/ns#presentVersion")
    replacedBy: Final = NamedNode("https://w3id.org/vekha/ns#replacedBy")
    recordRegion: Final = NamedNode("https://w3id.org/vekha/ns#recordRegion")
    parentRecord: Final = NamedNode("https://w3id.org/vekha/ns#parentRecord")
    register: Final = NamedNode("https://w3id.org/vekha/ns#register")
    recordKind: Final = NamedNode("https://w3id.org/vekha/ns#recordKind")
    recordStatus: Final = NamedNode("https://w3id.org/vekha/ns#recordStatus")
    statusText: Final = NamedNode("https://w3id.org/vekha/ns#statusText")
    validFrom: Final = NamedNode("https://w3id.org/vekha/ns#validFrom")
    validTo: Final = NamedNode("https://w3id.org/vekha/ns#validTo")
    shortName: Final = NamedNode("https://w3id.org/vekha/ns#shortName")
    formerName: Final = NamedNode("https://w3id.org/vekha/ns#formerName")
    founder: Final = NamedNode("https://w3id.org/vekha/ns#founder")
    postalAddress: Final = NamedNode("https://w3id.org/vekha/ns#postalAddress")
    personNamed: Final = NamedNode("https://w3id.org/vekha/ns#personNamed")
    seat: Final = NamedNode("https://w3id.org/vekha/ns#seat")
    ogrn: Final = NamedNode("https://w3id.org/vekha/ns#ogrn")
    inn: Final = NamedNode("https://w3id.org/vekha/ns#inn")
    kpp: Final = NamedNode("https://w3id.org/vekha/ns#kpp")
    okato: Final = NamedNode("https://w3id.org/vekha/ns#okato")
    okopf: Final = NamedNode("https://w3id.org/vekha/ns#okopf")
    fias: Final = NamedNode("https://w3id.org/vekha/ns#fias")
    kladr: Final = NamedNode("https://w3id.org/vekha/ns#kladr")
    regionCode: Final = NamedNode("https://w3id.org/vekha/ns#regionCode")
    registerNumber: Final = NamedNode("https://w3id.org/vekha/ns#registerNumber")
    otherIdentifier: Final = NamedNode("https://w3id.org/vekha/ns#otherIdentifier")
    invalidIdentifier: Final = NamedNode("https://w3id.org/vekha/ns#invalidIdentifier")
    records: Final = NamedNode("https://w3id.org/vekha/ns#records")
    warnings: Final = NamedNode("https://w3id.org/vekha/ns#warnings")
    LinkDecision: Final = NamedNode("https://w3id.org/vekha/ns#LinkDecision")
    linkedThing: Final = NamedNode("https://w3id.org/vekha/ns#linkedThing")
    linkedRecord: Final = NamedNode("https://w3id.org/vekha/ns#linkedRecord")
    linkDecision: Final = NamedNode("https://w3id.org/vekha/ns#linkDecision")
    recordSeen: Final = NamedNode("https://w3id.org/vekha/ns#recordSeen")
    editionSeen: Final = NamedNode("https://w3id.org/vekha/ns#editionSeen")
    linkRule: Final = NamedNode("https://w3id.org/vekha/ns#linkRule")
    targetCube: Final = NamedNode("https://w3id.org/vekha/ns#targetCube")
    targetStructure: Final = NamedNode("https://w3id.org/vekha/ns#targetStructure")


class ANOMALY:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/anomaly/"

    number_gap: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/number-gap")
    duplicate_number: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/duplicate-number")
    no_number: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/no-number")
    number_in_text: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/number-in-text")
    split_by_page: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/split-by-page")
    truncated: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/truncated")
    misplaced_content: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/misplaced-content")
    empty_responsible: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/empty-responsible")
    empty_deadline: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/empty-deadline")
    empty_result: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/empty-result")
    unreadable_deadline: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/unreadable-deadline")
    misprint: Final = NamedNode("https://w3id.org/vekha/scheme/anomaly/misprint")


class BASIS:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/basis/"

    text: Final = NamedNode("https://w3id.org/vekha/scheme/basis/text")
    section: Final = NamedNode("https://w3id.org/vekha/scheme/basis/section")
    document: Final = NamedNode("https://w3id.org/vekha/scheme/basis/document")
    column: Final = NamedNode("https://w3id.org/vekha/scheme/basis/column")
    context: Final = NamedNode("https://w3id.org/vekha/scheme/basis/context")
    manual: Final = NamedNode("https://w3id.org/vekha/scheme/basis/manual")


class BKIND:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/body-kind/"

    education_authority: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/education-authority")
    training_institute: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/training-institute")
    teacher_excellence_centre: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/teacher-excellence-centre")
    methodical_centre: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/methodical-centre")
    school: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/school")
    university: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/university")
    psych_commission: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/psych-commission")
    advisory_council: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/advisory-council")
    methodical_association: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/methodical-association")
    other: Final = NamedNode("https://w3id.org/vekha/scheme/body-kind/other")


class CHANGE:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/change/"

    added: Final = NamedNode("https://w3id.org/vekha/scheme/change/added")
    gone: Final = NamedNode("https://w3id.org/vekha/scheme/change/gone")
    reworded: Final = NamedNode("https://w3id.org/vekha/scheme/change/reworded")
    renumbered: Final = NamedNode("https://w3id.org/vekha/scheme/change/renumbered")
    moved_section: Final = NamedNode("https://w3id.org/vekha/scheme/change/moved-section")
    deadline_moved: Final = NamedNode("https://w3id.org/vekha/scheme/change/deadline-moved")
    deadline_changed: Final = NamedNode("https://w3id.org/vekha/scheme/change/deadline-changed")
    target_raised: Final = NamedNode("https://w3id.org/vekha/scheme/change/target-raised")
    target_lowered: Final = NamedNode("https://w3id.org/vekha/scheme/change/target-lowered")
    body_replaced: Final = NamedNode("https://w3id.org/vekha/scheme/change/body-replaced")
    body_added: Final = NamedNode("https://w3id.org/vekha/scheme/change/body-added")
    body_removed: Final = NamedNode("https://w3id.org/vekha/scheme/change/body-removed")


class CKIND:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/column-kind/"

    number: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/number")
    activity: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/activity")
    section: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/section")
    deadline: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/deadline")
    responsible: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/responsible")
    participant_or_organizer: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/participant-or-organizer")
    co_executor: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/co-executor")
    result: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/result")
    indicator: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/indicator")
    result_or_indicator: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/result-or-indicator")
    result_form: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/result-form")
    assessment: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/assessment")
    target: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/target")
    form_item: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/form-item")
    answer: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/answer")
    question: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/question")
    hint: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/hint")
    unit: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/unit")
    other: Final = NamedNode("https://w3id.org/vekha/scheme/column-kind/other")


class CMP:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/comparator/"

    exactly: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/exactly")
    at_least: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/at-least")
    at_most: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/at-most")
    more_than: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/more-than")
    less_than: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/less-than")
    increase: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/increase")
    decrease: Final = NamedNode("https://w3id.org/vekha/scheme/comparator/decrease")


class DKIND:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/deadline-kind/"

    window: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/window")
    due_by: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/due-by")
    point_date: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/point-date")
    recurrence: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/recurrence")
    continuous: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/continuous")
    triggered: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/triggered")
    by_external_schedule: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/by-external-schedule")
    underspecified: Final = NamedNode("https://w3id.org/vekha/scheme/deadline-kind/underspecified")


class LEVEL:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/level/"

    federal: Final = NamedNode("https://w3id.org/vekha/scheme/level/federal")
    interregional: Final = NamedNode("https://w3id.org/vekha/scheme/level/interregional")
    region: Final = NamedNode("https://w3id.org/vekha/scheme/level/region")
    hub: Final = NamedNode("https://w3id.org/vekha/scheme/level/hub")
    municipality: Final = NamedNode("https://w3id.org/vekha/scheme/level/municipality")
    school: Final = NamedNode("https://w3id.org/vekha/scheme/level/school")
    order: Final = NamedNode("https://w3id.org/vekha/scheme/level/order")


class ROLE:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/role/"

    responsible: Final = NamedNode("https://w3id.org/vekha/scheme/role/responsible")
    co_executor: Final = NamedNode("https://w3id.org/vekha/scheme/role/co-executor")
    participant_or_organizer: Final = NamedNode("https://w3id.org/vekha/scheme/role/participant-or-organizer")
    by_agreement: Final = NamedNode("https://w3id.org/vekha/scheme/role/by-agreement")


class STATUS:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/status/"

    target: Final = NamedNode("https://w3id.org/vekha/scheme/status/target")
    actual: Final = NamedNode("https://w3id.org/vekha/scheme/status/actual")
    baseline: Final = NamedNode("https://w3id.org/vekha/scheme/status/baseline")


class TKIND:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/table-kind/"

    activities: Final = NamedNode("https://w3id.org/vekha/scheme/table-kind/activities")
    results: Final = NamedNode("https://w3id.org/vekha/scheme/table-kind/results")
    indicators: Final = NamedNode("https://w3id.org/vekha/scheme/table-kind/indicators")
    form: Final = NamedNode("https://w3id.org/vekha/scheme/table-kind/form")
    other: Final = NamedNode("https://w3id.org/vekha/scheme/table-kind/other")


class THEME:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/theme/"

    mentoring: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentoring")
    mentor_training: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentor-training")
    mentor_contests: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentor-contests")
    mentor_registers: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentor-registers")
    mentoring_web_page: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentoring-web-page")
    mentoring_monitoring: Final = NamedNode("https://w3id.org/vekha/scheme/theme/mentoring-monitoring")
    young_teachers: Final = NamedNode("https://w3id.org/vekha/scheme/theme/young-teachers")
    professional_development: Final = NamedNode("https://w3id.org/vekha/scheme/theme/professional-development")
    staffing: Final = NamedNode("https://w3id.org/vekha/scheme/theme/staffing")
    methodical_service: Final = NamedNode("https://w3id.org/vekha/scheme/theme/methodical-service")
    methodical_work: Final = NamedNode("https://w3id.org/vekha/scheme/theme/methodical-work")
    networking: Final = NamedNode("https://w3id.org/vekha/scheme/theme/networking")
    regulation: Final = NamedNode("https://w3id.org/vekha/scheme/theme/regulation")
    monitoring: Final = NamedNode("https://w3id.org/vekha/scheme/theme/monitoring")
    management: Final = NamedNode("https://w3id.org/vekha/scheme/theme/management")
    information: Final = NamedNode("https://w3id.org/vekha/scheme/theme/information")
    infrastructure: Final = NamedNode("https://w3id.org/vekha/scheme/theme/infrastructure")
    contests: Final = NamedNode("https://w3id.org/vekha/scheme/theme/contests")
    low_result_schools: Final = NamedNode("https://w3id.org/vekha/scheme/theme/low-result-schools")
    education_quality: Final = NamedNode("https://w3id.org/vekha/scheme/theme/education-quality")
    fgos: Final = NamedNode("https://w3id.org/vekha/scheme/theme/fgos")
    federal_programmes: Final = NamedNode("https://w3id.org/vekha/scheme/theme/federal-programmes")
    functional_literacy: Final = NamedNode("https://w3id.org/vekha/scheme/theme/functional-literacy")
    digital_environment: Final = NamedNode("https://w3id.org/vekha/scheme/theme/digital-environment")
    additional_education: Final = NamedNode("https://w3id.org/vekha/scheme/theme/additional-education")
    gifted_children: Final = NamedNode("https://w3id.org/vekha/scheme/theme/gifted-children")
    career_guidance: Final = NamedNode("https://w3id.org/vekha/scheme/theme/career-guidance")
    best_practices: Final = NamedNode("https://w3id.org/vekha/scheme/theme/best-practices")
    deficit_diagnostics: Final = NamedNode("https://w3id.org/vekha/scheme/theme/deficit-diagnostics")
    inclusion: Final = NamedNode("https://w3id.org/vekha/scheme/theme/inclusion")


class UNIT:
    NAMESPACE: Final = "https://w3id.org/vekha/scheme/unit/"

    percent: Final = NamedNode("https://w3id.org/vekha/scheme/unit/percent")
    count: Final = NamedNode("https://w3id.org/vekha/scheme/unit/count")
    score: Final = NamedNode("https://w3id.org/vekha/scheme/unit/score")
    megabit_per_second: Final = NamedNode("https://w3id.org/vekha/scheme/unit/megabit-per-second")
    other: Final = NamedNode("https://w3id.org/vekha/scheme/unit/other")


class RDF:
    NAMESPACE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

    type: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


class RDFS:
    NAMESPACE: Final = "http://www.w3.org/2000/01/rdf-schema#"

    Class: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#Class")
    comment: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#comment")
    domain: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#domain")
    label: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
    range: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#range")
    subClassOf: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    subPropertyOf: Final = NamedNode("http://www.w3.org/2000/01/rdf-schema#subPropertyOf")


class OWL:
    NAMESPACE: Final = "http://www.w3.org/2002/07/owl#"

    Class: Final = NamedNode("http://www.w3.org/2002/07/owl#Class")
    DatatypeProperty: Final = NamedNode("http://www.w3.org/2002/07/owl#DatatypeProperty")
    ObjectProperty: Final = NamedNode("http://www.w3.org/2002/07/owl#ObjectProperty")
    Ontology: Final = NamedNode("http://www.w3.org/2002/07/owl#Ontology")
    differentFrom: Final = NamedNode("http://www.w3.org/2002/07/owl#differentFrom")


class XSD:
    NAMESPACE: Final = "http://www.w3.org/2001/XMLSchema#"

    boolean: Final = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")
    date: Final = NamedNode("http://www.w3.org/2001/XMLSchema#date")
    dateTime: Final = NamedNode("http://www.w3.org/2001/XMLSchema#dateTime")
    decimal: Final = NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    integer: Final = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    string: Final = NamedNode("http://www.w3.org/2001/XMLSchema#string")


class SH:
    NAMESPACE: Final = "http://www.w3.org/ns/shacl#"

    Info: Final = NamedNode("http://www.w3.org/ns/shacl#Info")
    Violation: Final = NamedNode("http://www.w3.org/ns/shacl#Violation")
    Warning: Final = NamedNode("http://www.w3.org/ns/shacl#Warning")


class SKOS:
    NAMESPACE: Final = "http://www.w3.org/2004/02/skos/core#"

    Concept: Final = NamedNode("http://www.w3.org/2004/02/skos/core#Concept")
    ConceptScheme: Final = NamedNode("http://www.w3.org/2004/02/skos/core#ConceptScheme")
    OrderedCollection: Final = NamedNode("http://www.w3.org/2004/02/skos/core#OrderedCollection")
    broader: Final = NamedNode("http://www.w3.org/2004/02/skos/core#broader")
    inScheme: Final = NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
    topConceptOf: Final = NamedNode("http://www.w3.org/2004/02/skos/core#topConceptOf")
    exactMatch: Final = NamedNode("http://www.w3.org/2004/02/skos/core#exactMatch")
    closeMatch: Final = NamedNode("http://www.w3.org/2004/02/skos/core#closeMatch")
    broadMatch: Final = NamedNode("http://www.w3.org/2004/02/skos/core#broadMatch")
    memberList: Final = NamedNode("http://www.w3.org/2004/02/skos/core#memberList")
    notation: Final = NamedNode("http://www.w3.org/2004/02/skos/core#notation")
    prefLabel: Final = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    altLabel: Final = NamedNode("http://www.w3.org/2004/02/skos/core#altLabel")
    hiddenLabel: Final = NamedNode("http://www.w3.org/2004/02/skos/core#hiddenLabel")
    definition: Final = NamedNode("http://www.w3.org/2004/02/skos/core#definition")
    scopeNote: Final = NamedNode("http://www.w3.org/2004/02/skos/core#scopeNote")
    editorialNote: Final = NamedNode("http://www.w3.org/2004/02/skos/core#editorialNote")


class ORG:
    NAMESPACE: Final = "http://www.w3.org/ns/org#"

    Organization: Final = NamedNode("http://www.w3.org/ns/org#Organization")
    OrganizationalCollaboration: Final = NamedNode("http://www.w3.org/ns/org#OrganizationalCollaboration")
    Post: Final = NamedNode("http://www.w3.org/ns/org#Post")
    classification: Final = NamedNode("http://www.w3.org/ns/org#classification")
    unitOf: Final = NamedNode("http://www.w3.org/ns/org#unitOf")
    postIn: Final = NamedNode("http://www.w3.org/ns/org#postIn")
    heldBy: Final = NamedNode("http://www.w3.org/ns/org#heldBy")


class PROV:
    NAMESPACE: Final = "http://www.w3.org/ns/prov#"

    Plan: Final = NamedNode("http://www.w3.org/ns/prov#Plan")
    Entity: Final = NamedNode("http://www.w3.org/ns/prov#Entity")
    Agent: Final = NamedNode("http://www.w3.org/ns/prov#Agent")
    Activity: Final = NamedNode("http://www.w3.org/ns/prov#Activity")
    wasDerivedFrom: Final = NamedNode("http://www.w3.org/ns/prov#wasDerivedFrom")
    wasRevisionOf: Final = NamedNode("http://www.w3.org/ns/prov#wasRevisionOf")
    wasGeneratedBy: Final = NamedNode("http://www.w3.org/ns/prov#wasGeneratedBy")
    wasAttributedTo: Final = NamedNode("http://www.w3.org/ns/prov#wasAttributedTo")
    used: Final = NamedNode("http://www.w3.org/ns/prov#used")
    generatedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#generatedAtTime")
    startedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#startedAtTime")
    endedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#endedAtTime")
    invalidatedAtTime: Final = NamedNode("http://www.w3.org/ns/prov#invalidatedAtTime")


class FOAF:
    NAMESPACE: Final = "http://xmlns.com/foaf/0.1/"

    Person: Final = NamedNode("http://xmlns.com/foaf/0.1/Person")
    homepage: Final = NamedNode("http://xmlns.com/foaf/0.1/homepage")
    name: Final = NamedNode("http://xmlns.com/foaf/0.1/name")


class ELI:
    NAMESPACE: Final = "http://data.europa.eu/eli/ontology#"

    LegalResource: Final = NamedNode("http://data.europa.eu/eli/ontology#LegalResource")
    passed_by: Final = NamedNode("http://data.europa.eu/eli/ontology#passed_by")
    number: Final = NamedNode("http://data.europa.eu/eli/ontology#number")
    date_document: Final = NamedNode("http://data.europa.eu/eli/ontology#date_document")


class DCAT:
    NAMESPACE: Final = "http://www.w3.org/ns/dcat#"

    Catalog: Final = NamedNode("http://www.w3.org/ns/dcat#Catalog")
    dataset: Final = NamedNode("http://www.w3.org/ns/dcat#dataset")
    hasCurrentVersion: Final = NamedNode("http://www.w3.org/ns/dcat#hasCurrentVersion")
    hasVersion: Final = NamedNode("http://www.w3.org/ns/dcat#hasVersion")
    isVersionOf: Final = NamedNode("http://www.w3.org/ns/dcat#isVersionOf")
    previousVersion: Final = NamedNode("http://www.w3.org/ns/dcat#previousVersion")


class DCTERMS:
    NAMESPACE: Final = "http://purl.org/dc/terms/"

    temporal: Final = NamedNode("http://purl.org/dc/terms/temporal")
    title: Final = NamedNode("http://purl.org/dc/terms/title")
    abstract: Final = NamedNode("http://purl.org/dc/terms/abstract")
    created: Final = NamedNode("http://purl.org/dc/terms/created")
    modified: Final = NamedNode("http://purl.org/dc/terms/modified")
    isReplacedBy: Final = NamedNode("http://purl.org/dc/terms/isReplacedBy")
    issued: Final = NamedNode("http://purl.org/dc/terms/issued")
    source: Final = NamedNode("http://purl.org/dc/terms/source")
    license: Final = NamedNode("http://purl.org/dc/terms/license")


class QB:
    NAMESPACE: Final = "http://purl.org/linked-data/cube#"

    Observation: Final = NamedNode("http://purl.org/linked-data/cube#Observation")
    DataSet: Final = NamedNode("http://purl.org/linked-data/cube#DataSet")
    dataSet: Final = NamedNode("http://purl.org/linked-data/cube#dataSet")


class TIME:
    NAMESPACE: Final = "http://www.w3.org/2006/time#"

    TemporalEntity: Final = NamedNode("http://www.w3.org/2006/time#TemporalEntity")
    ProperInterval: Final = NamedNode("http://www.w3.org/2006/time#ProperInterval")
    Instant: Final = NamedNode("http://www.w3.org/2006/time#Instant")
    hasBeginning: Final = NamedNode("http://www.w3.org/2006/time#hasBeginning")
    hasEnd: Final = NamedNode("http://www.w3.org/2006/time#hasEnd")
    inXSDDate: Final = NamedNode("http://www.w3.org/2006/time#inXSDDate")

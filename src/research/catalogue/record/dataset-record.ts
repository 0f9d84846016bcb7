/**
 * The description of a dataset (EHDS Art. 60(3), 77) as a typed record: HealthDCAT-AP Release 8 on DCAT-AP 3.0.1. The
 * names of the fields are ours, the properties are the profile's. What is mandatory depends on release and access rights
 * and stands in the shapes, not here.
 */
import { count, date, decimal, duration, link, links, node, nodes, type RecordOf, text, texts, truth } from './shape.ts'

const OPENING_HOURS = {
  type: 'time:TemporalEntity',
  fields: { description: texts('dct:description'), frequency: links('cv:frequency') },
} as const

/** How to reach an agent (Core Public Organisation Vocabulary, CV). */
const CONTACT_POINT = {
  type: 'cv:ContactPoint',
  fields: {
    email: texts('cv:email'),
    page: links('cv:contactPage'),
    telephone: texts('cv:telephone'),
    openingHours: nodes('cv:openingHours', OPENING_HOURS),
    specialOpeningHours: nodes('cv:specialOpeningHoursSpecification', OPENING_HOURS),
  },
} as const

/** Whom to ask about a dataset (vCard). */
const CONTACT = {
  type: 'vcard:Kind',
  fields: {
    name: texts('vcard:fn'),
    email: link('vcard:hasEmail'),
    url: link('vcard:hasURL'),
    telephone: links('vcard:hasTelephone'),
  },
} as const

const AGENT = {
  type: 'foaf:Agent',
  fields: {
    name: texts('foaf:name'),
    type: link('dct:type'),
    note: texts('dct:description'),
    homepage: link('foaf:homepage'),
    contactPoint: node('cv:contactPoint', CONTACT_POINT),
    /** EHDS Art. 72; Art. 77(1): shown in the catalogue. */
    trustedDataHolder: truth('healthdcatap:trustedDataHolder'),
  },
} as const

const PERIOD = {
  type: 'dct:PeriodOfTime',
  fields: { start: date('dcat:startDate'), end: date('dcat:endDate') },
} as const

const DISTRIBUTION = {
  type: 'dcat:Distribution',
  fields: {
    title: texts('dct:title'),
    description: texts('dct:description'),
    applicableLegislation: links('dcatap:applicableLegislation'),
    accessUrl: links('dcat:accessURL'),
    downloadUrl: links('dcat:downloadURL'),
    format: link('dct:format'),
    mediaType: link('dcat:mediaType'),
    compressFormat: link('dcat:compressFormat'),
    packageFormat: link('dcat:packageFormat'),
    language: links('dct:language'),
    status: link('adms:status'),
    availability: link('dcatap:availability'),
    byteSize: count('dcat:byteSize'),
    license: link('dct:license'),
    rights: link('dct:rights'),
    conformsTo: links('dct:conformsTo'),
    accessService: links('dcat:accessService'),
    page: links('foaf:page'),
    issued: date('dct:issued'),
    modified: date('dct:modified'),
  },
} as const

const COLUMN = {
  type: 'csvw:Column',
  fields: {
    name: text('csvw:name'),
    title: texts('csvw:title'),
    description: texts('dct:description'),
    datatype: text('csvw:datatype'),
    propertyUrl: link('csvw:propertyUrl'),
  },
} as const

const TABLE = {
  type: 'csvw:Table',
  fields: {
    title: texts('dct:title'),
    keyword: texts('dcat:keyword'),
    url: link('csvw:url'),
    column: nodes('csvw:column', COLUMN),
  },
} as const

const TABLE_GROUP = {
  type: 'csvw:TableGroup',
  fields: { title: texts('dct:title'), table: nodes('csvw:table', TABLE) },
} as const

const IDENTIFIER = {
  type: 'adms:Identifier',
  fields: { notation: text('skos:notation'), schemaAgency: texts('adms:schemaAgency') },
} as const

const PROVENANCE = { type: 'dct:ProvenanceStatement', fields: { label: texts('rdfs:label') } } as const
const PURPOSE = { type: 'dpv:Purpose', fields: { description: texts('dct:description') } } as const

const LEGAL_BASIS = {
  type: 'dpv:LegalBasis',
  fields: { description: texts('dct:description'), source: links('dct:source') },
} as const

/** The data quality and utility label of Art. 78 is a `dqv:QualityCertificate` here: its levels await an implementing act. */
const QUALITY_ANNOTATION = {
  type: 'dqv:QualityCertificate',
  fields: { target: link('oa:hasTarget'), body: links('oa:hasBody'), motivatedBy: link('oa:motivatedBy') },
} as const

const ACTIVITY = { type: 'prov:Activity', fields: { label: texts('rdfs:label'), type: links('dct:type') } } as const

export const DATASET_SHAPE = {
  type: 'dcat:Dataset',
  fields: {
    title: texts('dct:title'),
    description: texts('dct:description'),
    alternative: texts('dct:alternative'),
    identifier: texts('dct:identifier'),
    otherIdentifier: nodes('adms:identifier', IDENTIFIER),
    accessRights: link('dct:accessRights'),
    applicableLegislation: links('dcatap:applicableLegislation'),
    /** Art. 51(1) a to q. */
    healthCategory: links('healthdcatap:healthCategory'),
    healthTheme: links('healthdcatap:healthTheme'),
    theme: links('dcat:theme'),
    type: links('dct:type'),
    keyword: texts('dcat:keyword'),
    provenance: nodes('dct:provenance', PROVENANCE),
    contactPoint: nodes('dcat:contactPoint', CONTACT),
    hdab: node('healthdcatap:hdab', AGENT),
    hdabCoordinator: node('healthdcatap:hdabCoordinator', AGENT),
    /** The health data holder (Art. 2(2)(t)). */
    custodian: node('geodcatap:custodian', AGENT),
    publisher: node('dct:publisher', AGENT),
    creator: nodes('dct:creator', AGENT),
    hasStructuredData: truth('healthdcatap:hasStructuredData'),
    variables: nodes('healthdcatap:hasVariables', TABLE_GROUP),
    distribution: nodes('dcat:distribution', DISTRIBUTION),
    sample: nodes('adms:sample', DISTRIBUTION),
    analytics: nodes('healthdcatap:analytics', DISTRIBUTION),
    qualityAnnotation: nodes('dqv:hasQualityAnnotation', QUALITY_ANNOTATION),
    populationCoverage: texts('healthdcatap:populationCoverage'),
    numberOfRecords: count('healthdcatap:numberOfRecords'),
    numberOfUniqueIndividuals: count('healthdcatap:numberOfUniqueIndividuals'),
    minTypicalAge: count('healthdcatap:minTypicalAge'),
    maxTypicalAge: count('healthdcatap:maxTypicalAge'),
    codingSystem: links('healthdcatap:hasCodingSystem'),
    codeValues: texts('healthdcatap:hasCodeValues'),
    conformsTo: links('dct:conformsTo'),
    purpose: nodes('dpv:hasPurpose', PURPOSE),
    legalBasis: nodes('dpv:hasLegalBasis', LEGAL_BASIS),
    personalData: links('dpv:hasPersonalData'),
    retentionPeriod: node('healthdcatap:retentionPeriod', PERIOD),
    spatial: links('dct:spatial'),
    spatialResolution: decimal('dcat:spatialResolutionInMeters'),
    temporal: nodes('dct:temporal', PERIOD),
    temporalResolution: duration('dcat:temporalResolution'),
    frequency: link('dct:accrualPeriodicity'),
    language: links('dct:language'),
    issued: date('dct:issued'),
    modified: date('dct:modified'),
    version: text('dcat:version'),
    versionNotes: texts('adms:versionNotes'),
    hasVersion: links('dcat:hasVersion'),
    inSeries: links('dcat:inSeries'),
    source: links('dct:source'),
    relation: links('dct:relation'),
    isReferencedBy: links('dct:isReferencedBy'),
    landingPage: links('dcat:landingPage'),
    page: links('foaf:page'),
    generatedBy: nodes('prov:wasGeneratedBy', ACTIVITY),
  },
} as const

export type Agent = RecordOf<typeof AGENT>
export type Distribution = RecordOf<typeof DISTRIBUTION>
export type TableGroup = RecordOf<typeof TABLE_GROUP>

/** A description of a dataset. `rest`: what the source says and no field holds, as N-Triples, so that nothing is lost. */
export type DatasetRecord = RecordOf<typeof DATASET_SHAPE> & { readonly node: string; readonly rest: string }

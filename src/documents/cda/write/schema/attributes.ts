/**
 * The structural attributes of the classes of CDA R2 as the eHDSI schema has them. One place decides what of an attribute
 * is written: what the schema does not take is left out, and what it requires stands with a value of its own. Whether a
 * fact found its place is seen afterwards, by looking for it in the text (carried.ts).
 */
import { fits, type SimpleType } from './simple-types.ts'

/** `name:Type` with `!VALUE` where it must stand, then with this value when no other fits; `name=VALUE` where the value is fixed. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ClinicalDocument: 'ID:ID classCode=DOCCLIN moodCode=EVN',
  RecordTarget: 'typeCode=RCT contextControlCode=OP',
  Author: 'typeCode=AUT contextControlCode=OP',
  DataEnterer: 'typeCode=ENT contextControlCode=OP',
  Informant12: 'typeCode=INF contextControlCode=OP',
  Custodian: 'typeCode=CST',
  InformationRecipient: 'typeCode:x_InformationRecipient',
  LegalAuthenticator: 'ID:ID typeCode=LA contextControlCode=OP',
  Authenticator: 'typeCode=AUTHEN',
  Participant1: 'typeCode:ParticipationType!IND contextControlCode=OP',
  InFulfillmentOf: 'typeCode=FLFS',
  DocumentationOf: 'typeCode=DOC',
  RelatedDocument: 'typeCode:x_ActRelationshipDocument!APND',
  Authorization: 'typeCode=AUTH',
  Component1: 'typeCode=COMP',
  Component2: 'typeCode=COMP contextConductionInd=true',
  PatientRole: 'classCode=PAT',
  AssignedAuthor: 'classCode=ASSIGNED',
  AssignedEntity: 'classCode=ASSIGNED',
  RelatedEntity: 'classCode:RoleClassMutualRelationship!PRS',
  AssignedCustodian: 'classCode=ASSIGNED',
  IntendedRecipient: 'classCode:x_InformationRecipientRole',
  AssociatedEntity: 'classCode:RoleClassAssociative!PRS',
  Order: 'classCode:ActClassRoot moodCode=RQO',
  ServiceEvent: 'classCode:ActClassRoot moodCode=EVN',
  ParentDocument: 'classCode=DOCCLIN moodCode=EVN',
  Consent: 'classCode=CONS moodCode=EVN',
  EncompassingEncounter: 'classCode=ENC moodCode=EVN',
  NonXMLBody: 'classCode=DOCBODY moodCode=EVN',
  StructuredBody: 'classCode=DOCBODY moodCode=EVN',
  Patient: 'classCode=PSN determinerCode=INSTANCE',
  Organization: 'classCode=ORG determinerCode=INSTANCE',
  Person: 'classCode=PSN determinerCode=INSTANCE',
  AuthoringDevice: 'classCode=DEV determinerCode=INSTANCE',
  CustodianOrganization: 'classCode=ORG determinerCode=INSTANCE',
  Performer1: 'typeCode:x_ServiceEventPerformer!PRF',
  ResponsibleParty: 'typeCode=RESP',
  EncounterParticipant: 'typeCode:x_EncounterParticipant!ATND',
  Location: 'typeCode=LOC',
  Component3: 'typeCode=COMP contextConductionInd=true',
  Guardian: 'classCode=GUARD',
  Birthplace: 'classCode=BIRTHPL',
  LanguageCommunication: '',
  OrganizationPartOf: 'classCode=PART',
  MaintainedEntity: 'classCode=MNT',
  HealthCareFacility: 'classCode:RoleClassServiceDeliveryLocation',
  Section: 'ID:ID classCode=DOCSECT moodCode=EVN',
  Place: 'classCode=PLC determinerCode=INSTANCE',
  Subject: 'typeCode=SBJ contextControlCode=OP',
  Entry: 'typeCode:x_ActRelationshipEntry contextConductionInd=true',
  Component5: 'typeCode=COMP contextConductionInd=true',
  RelatedSubject: 'classCode:x_DocumentSubject',
  Act: 'classCode:x_ActClassDocumentEntryAct!ACT moodCode:x_DocumentActMood!EVN negationInd:bl',
  Encounter: 'classCode:ActClass!ENC moodCode:x_DocumentEncounterMood!EVN',
  Observation: 'classCode:ActClassObservation!OBS moodCode:x_ActMoodDocumentObservation!EVN negationInd:bl',
  ObservationMedia: 'ID:ID classCode:ActClassObservation!OBS moodCode:ActMood!EVN',
  Organizer: 'classCode:x_ActClassDocumentEntryOrganizer!CLUSTER moodCode:ActMood!EVN',
  Procedure: 'classCode:ActClass!PROC moodCode:x_DocumentProcedureMood!EVN negationInd:bl',
  RegionOfInterest: 'ID:ID classCode=ROIOVL! moodCode=EVN!',
  SubstanceAdministration: 'classCode=SBADM! moodCode:x_DocumentSubstanceMood!EVN negationInd:bl',
  Supply: 'classCode=SPLY! moodCode:x_DocumentSubstanceMood!EVN',
  SubjectPerson: 'classCode=PSN determinerCode=INSTANCE',
  Specimen: 'typeCode=SPC',
  Performer2: 'typeCode=PRF',
  Participant2: 'typeCode:ParticipationType!IND contextControlCode=OP',
  EntryRelationship:
    'typeCode:x_ActRelationshipEntryRelationship!COMP inversionInd:bl contextConductionInd:bl negationInd:bl',
  Reference: 'typeCode:x_ActRelationshipExternalReference!REFR',
  Precondition: 'typeCode=PRCN',
  ReferenceRange: 'typeCode=REFV',
  Component4: 'typeCode=COMP contextConductionInd=true',
  Consumable: 'typeCode=CSM',
  Product: 'typeCode=PRD',
  SpecimenRole: 'classCode=SPEC',
  ParticipantRole: 'classCode:RoleClassRoot',
  ExternalAct: 'classCode:ActClassRoot moodCode=EVN',
  ExternalObservation: 'classCode:ActClassObservation moodCode=EVN',
  ExternalProcedure: 'classCode=PROC moodCode=EVN',
  ExternalDocument: 'classCode:ActClassDocument moodCode=EVN',
  Criterion: 'classCode:ActClassObservation moodCode=EVN.CRT',
  ObservationRange: 'classCode:ActClassObservation moodCode=EVN.CRT',
  ManufacturedProduct: 'classCode=MANU',
  PlayingEntity: 'classCode:EntityClassRoot determinerCode=INSTANCE',
  Device: 'classCode:EntityClassDevice determinerCode=INSTANCE',
  Entity: 'classCode:EntityClassRoot determinerCode=INSTANCE',
  LabeledDrug: 'classCode=MMAT determinerCode=KIND',
  Material: 'classCode=MMAT determinerCode=KIND',
  PharmContent: 'classCode:RoleClassContent!CONT',
  PharmSpecializedKind: 'classCode:RoleClassIsSpeciesEntity!GRIC',
  PharmPart: 'classCode:RoleClassPart!PART',
  PharmIngredient: 'classCode:RoleClassIngredientEntity!ACTI',
  PharmPackagedProduct: 'classCode:EntityClassContainer!CONT determinerCode:EntityDeterminerDetermined!KIND',
  PharmMaterialKind: 'classCode:EntityClassMaterial!MMAT determinerCode:EntityDeterminerDetermined!KIND',
  PharmProduct: 'classCode:EntityClassManufacturedMaterial!MMAT determinerCode:EntityDeterminerDetermined!KIND',
  PharmSubject6: 'typeCode:ParticipationTargetSubject!SBJ',
  PharmSubstance: 'classCode:EntityClassManufacturedMaterial!MMAT determinerCode:EntityDeterminerDetermined!KIND',
  PharmContent1: 'classCode:RoleClassContent!CONT',
  PharmCharacteristic: 'classCode:ActClassObservation!OBS moodCode:ActMoodEventOccurrence!EVN',
}

/** Classes that cannot be null: the schema has left it out for these four. */
const NEVER_NULL = new Set(['PharmPackagedProduct', 'PharmMaterialKind', 'PharmProduct', 'PharmSubstance'])

export interface AttributeRule {
  readonly type: SimpleType | undefined
  readonly fixed: string | undefined
  /** What stands when nothing that fits is given. */
  readonly required: string | undefined
}

const known = new Map<string, ReadonlyMap<string, AttributeRule>>()

/** The structural attributes of a class. */
export function attributeRules(className: string): ReadonlyMap<string, AttributeRule> {
  const held = known.get(className)
  if (held !== undefined) return held
  const text = Object.hasOwn(ATTRIBUTES, className) ? (ATTRIBUTES[className] ?? '') : ''
  const stated = text === '' ? [] : text.split(' ').map(ruleOf)
  const rules = new Map(NEVER_NULL.has(className) ? stated : [...stated, ruleOf('nullFlavor:NullFlavor')])
  known.set(className, rules)
  return rules
}

function ruleOf(text: string): readonly [name: string, rule: AttributeRule] {
  const [, name = '', fixed, type, required] = /^(\w+)(?:=([^!]+)|:(\w+))(?:!(.*))?$/.exec(text) ?? []
  return [name, { type: type as SimpleType | undefined, fixed, required: required === '' ? fixed : required }]
}

/** Whether a class takes a value for one of its attributes. */
export function takes(className: string, name: string, value: string | undefined): value is string {
  const rule = attributeRules(className).get(name)
  if (rule === undefined || value === undefined) return false
  return rule.type === undefined ? value === rule.fixed : fits(rule.type, value)
}

/** Those attributes that the class takes, and those that it requires. */
export function structural(
  className: string,
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const written: Record<string, string | undefined> = {}
  for (const [name, { required }] of attributeRules(className)) if (required !== undefined) written[name] = required
  for (const name in given) {
    if (name.startsWith('xmlns') || takes(className, name, given[name])) written[name] = given[name]
  }
  return written
}

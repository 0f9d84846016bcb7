/**
 * The classes of CDA R2 (POCD_MT000040) with the pharmacy extension (urn:hl7-org:pharm) as the eHDSI schema has them:
 * each element in its order, with its type and how often it may stand. A writer that hands its elements to this table
 * cannot break the order of the schema.
 */

/** What may stand in a class, once for each element. */
export interface ElementRule {
  /** With the prefix `pharm:` where the element is of the extension. */
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly many: boolean
  /** Only one of these may stand. */
  readonly choice: boolean
  /** One of the choice must stand. */
  readonly oneNeeded: boolean
}

/** `name:Type` with `!` once, `*` any number, `+` at least once, `@` one of these at most, `@!` one of these, nothing: at most once. */
const CLASSES: Readonly<Record<string, string>> = {
  ClinicalDocument:
    'realmCode:CS* typeId:InfrastructureRoot.typeId! id:II! code:CE! title:ST effectiveTime:TS! confidentialityCode:CE! languageCode:CS setId:II versionNumber:INT copyTime:TS recordTarget:RecordTarget+ author:Author+ dataEnterer:DataEnterer informant:Informant12* custodian:Custodian! informationRecipient:InformationRecipient* legalAuthenticator:LegalAuthenticator authenticator:Authenticator* participant:Participant1* inFulfillmentOf:InFulfillmentOf* documentationOf:DocumentationOf* relatedDocument:RelatedDocument* authorization:Authorization* componentOf:Component1 component:Component2!',
  RecordTarget: 'patientRole:PatientRole!',
  Author: 'functionCode:CE time:TS! assignedAuthor:AssignedAuthor!',
  DataEnterer: 'time:TS assignedEntity:AssignedEntity!',
  Informant12: 'assignedEntity:AssignedEntity@! relatedEntity:RelatedEntity@!',
  Custodian: 'assignedCustodian:AssignedCustodian!',
  InformationRecipient: 'intendedRecipient:IntendedRecipient!',
  LegalAuthenticator: 'time:TS! signatureCode:CS! assignedEntity:AssignedEntity!',
  Authenticator: 'time:TS! signatureCode:CS! assignedEntity:AssignedEntity!',
  Participant1: 'functionCode:CE time:IVL_TS associatedEntity:AssociatedEntity!',
  InFulfillmentOf: 'order:Order!',
  DocumentationOf: 'serviceEvent:ServiceEvent!',
  RelatedDocument: 'parentDocument:ParentDocument!',
  Authorization: 'consent:Consent!',
  Component1: 'encompassingEncounter:EncompassingEncounter!',
  Component2: 'nonXMLBody:NonXMLBody@! structuredBody:StructuredBody@!',
  PatientRole: 'id:II+ addr:AD* telecom:TEL* patient:Patient providerOrganization:Organization',
  AssignedAuthor:
    'id:II+ code:CE addr:AD* telecom:TEL* assignedPerson:Person@ assignedAuthoringDevice:AuthoringDevice@ representedOrganization:Organization',
  AssignedEntity: 'id:II+ code:CE addr:AD* telecom:TEL* assignedPerson:Person representedOrganization:Organization',
  RelatedEntity: 'code:CE addr:AD* telecom:TEL* effectiveTime:IVL_TS relatedPerson:Person',
  AssignedCustodian: 'representedCustodianOrganization:CustodianOrganization!',
  IntendedRecipient: 'id:II* addr:AD* telecom:TEL* informationRecipient:Person receivedOrganization:Organization',
  AssociatedEntity: 'id:II* code:CE addr:AD* telecom:TEL* associatedPerson:Person scopingOrganization:Organization',
  Order: 'id:II+ code:CE priorityCode:CE',
  ServiceEvent: 'id:II* code:CE effectiveTime:IVL_TS performer:Performer1*',
  ParentDocument: 'id:II+ code:CD text:ED setId:II versionNumber:INT',
  Consent: 'id:II* code:CE statusCode:CS!',
  EncompassingEncounter:
    'id:II* code:CE effectiveTime:IVL_TS! dischargeDispositionCode:CE responsibleParty:ResponsibleParty encounterParticipant:EncounterParticipant* location:Location',
  NonXMLBody: 'text:ED! confidentialityCode:CE languageCode:CS',
  StructuredBody: 'confidentialityCode:CE languageCode:CS component:Component3+',
  Patient:
    'id:II name:PN* administrativeGenderCode:CE birthTime:TS maritalStatusCode:CE religiousAffiliationCode:CE raceCode:CE ethnicGroupCode:CE guardian:Guardian* birthplace:Birthplace languageCommunication:LanguageCommunication*',
  Organization:
    'id:II* name:ON* telecom:TEL* addr:AD* standardIndustryClassCode:CE asOrganizationPartOf:OrganizationPartOf',
  Person: 'name:PN*',
  AuthoringDevice: 'code:CE manufacturerModelName:SC softwareName:SC asMaintainedEntity:MaintainedEntity*',
  CustodianOrganization: 'id:II+ name:ON telecom:TEL addr:AD',
  Performer1: 'functionCode:CE time:IVL_TS assignedEntity:AssignedEntity!',
  ResponsibleParty: 'assignedEntity:AssignedEntity!',
  EncounterParticipant: 'time:IVL_TS assignedEntity:AssignedEntity!',
  Location: 'healthCareFacility:HealthCareFacility!',
  Component3: 'section:Section!',
  Guardian: 'id:II* code:CE addr:AD* telecom:TEL* guardianPerson:Person@! guardianOrganization:Organization@!',
  Birthplace: 'place:Place!',
  LanguageCommunication: 'languageCode:CS modeCode:CE proficiencyLevelCode:CE preferenceInd:BL',
  OrganizationPartOf: 'id:II* code:CE statusCode:CS effectiveTime:IVL_TS wholeOrganization:Organization',
  MaintainedEntity: 'effectiveTime:IVL_TS maintainingPerson:Person!',
  HealthCareFacility: 'id:II* code:CE location:Place serviceProviderOrganization:Organization',
  Section:
    'id:II code:CE title:ST text:StrucDoc.Text confidentialityCode:CE languageCode:CS subject:Subject author:Author* informant:Informant12* entry:Entry* component:Component5*',
  Place: 'name:EN addr:AD',
  Subject: 'awarenessCode:CE relatedSubject:RelatedSubject!',
  Entry:
    'act:Act@! encounter:Encounter@! observation:Observation@! observationMedia:ObservationMedia@! organizer:Organizer@! procedure:Procedure@! regionOfInterest:RegionOfInterest@! substanceAdministration:SubstanceAdministration@! supply:Supply@!',
  Component5: 'section:Section!',
  RelatedSubject: 'code:CE addr:AD* telecom:TEL* subject:SubjectPerson',
  Act: 'id:II* code:CD! text:ED statusCode:CS effectiveTime:IVL_TS priorityCode:CE languageCode:CS subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  Encounter:
    'id:II* code:CD text:ED statusCode:CS effectiveTime:IVL_TS priorityCode:CE subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  Observation:
    'id:II* code:CD! derivationExpr:ST text:ED statusCode:CS effectiveTime:IVL_TS priorityCode:CE repeatNumber:IVL_INT languageCode:CS value:ANY* interpretationCode:CE* methodCode:CE* targetSiteCode:CD* subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition* referenceRange:ReferenceRange*',
  ObservationMedia:
    'id:II* languageCode:CS value:ED! subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  Organizer:
    'id:II* code:CD statusCode:CS! effectiveTime:IVL_TS subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* reference:Reference* precondition:Precondition* component:Component4*',
  Procedure:
    'id:II* code:CD text:ED statusCode:CS effectiveTime:IVL_TS priorityCode:CE languageCode:CS methodCode:CE* approachSiteCode:CD* targetSiteCode:CD* subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  RegionOfInterest:
    'id:II+ code:CS! value:RegionOfInterest.value+ subject:Subject specimen:Specimen* performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  SubstanceAdministration:
    'id:II* code:CD text:ED statusCode:CS effectiveTime:SXCM_TS* priorityCode:CE repeatNumber:IVL_INT routeCode:CE approachSiteCode:CD* doseQuantity:IVL_PQ rateQuantity:IVL_PQ maxDoseQuantity:RTO_PQ_PQ administrationUnitCode:CE subject:Subject specimen:Specimen* consumable:Consumable! performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  Supply:
    'id:II* code:CD text:ED statusCode:CS effectiveTime:SXCM_TS* priorityCode:CE* repeatNumber:IVL_INT independentInd:BL quantity:PQ expectedUseTime:IVL_TS subject:Subject specimen:Specimen* product:Product performer:Performer2* author:Author* informant:Informant12* participant:Participant2* entryRelationship:EntryRelationship* reference:Reference* precondition:Precondition*',
  SubjectPerson: 'name:PN* administrativeGenderCode:CE birthTime:TS',
  Specimen: 'specimenRole:SpecimenRole!',
  Performer2: 'time:IVL_TS modeCode:CE assignedEntity:AssignedEntity!',
  Participant2: 'time:IVL_TS awarenessCode:CE participantRole:ParticipantRole!',
  EntryRelationship:
    'sequenceNumber:INT seperatableInd:BL act:Act@! encounter:Encounter@! observation:Observation@! observationMedia:ObservationMedia@! organizer:Organizer@! procedure:Procedure@! regionOfInterest:RegionOfInterest@! substanceAdministration:SubstanceAdministration@! supply:Supply@!',
  Reference:
    'seperatableInd:BL externalAct:ExternalAct@! externalObservation:ExternalObservation@! externalProcedure:ExternalProcedure@! externalDocument:ExternalDocument@!',
  Precondition: 'criterion:Criterion!',
  ReferenceRange: 'observationRange:ObservationRange!',
  Component4:
    'sequenceNumber:INT seperatableInd:BL act:Act@! encounter:Encounter@! observation:Observation@! observationMedia:ObservationMedia@! organizer:Organizer@! procedure:Procedure@! regionOfInterest:RegionOfInterest@! substanceAdministration:SubstanceAdministration@! supply:Supply@!',
  Consumable: 'manufacturedProduct:ManufacturedProduct!',
  Product: 'manufacturedProduct:ManufacturedProduct!',
  SpecimenRole: 'id:II* specimenPlayingEntity:PlayingEntity',
  ParticipantRole:
    'id:II* code:CE addr:AD* telecom:TEL* playingDevice:Device@ playingEntity:PlayingEntity@ scopingEntity:Entity',
  ExternalAct: 'id:II* code:CD text:ED',
  ExternalObservation: 'id:II* code:CD text:ED',
  ExternalProcedure: 'id:II* code:CD text:ED',
  ExternalDocument: 'id:II* code:CD text:ED setId:II versionNumber:INT',
  Criterion: 'code:CD text:ED value:ANY',
  ObservationRange: 'code:CD text:ED value:ANY interpretationCode:CE',
  ManufacturedProduct:
    'id:II* manufacturedLabeledDrug:LabeledDrug@! manufacturedMaterial:Material@! manufacturerOrganization:Organization',
  PlayingEntity: 'code:CE quantity:PQ* name:PN* desc:ED',
  Device: 'code:CE manufacturerModelName:SC softwareName:SC',
  Entity: 'id:II* code:CE desc:ED',
  LabeledDrug: 'code:CE name:EN',
  Material:
    'code:CE name:EN pharm:desc:ED pharm:formCode:CE lotNumberText:ST pharm:expirationTime:IVL_TS pharm:asContent:PharmContent* pharm:asSpecializedKind:PharmSpecializedKind* pharm:part:PharmPart* pharm:ingredient:PharmIngredient*',
  PharmContent: 'pharm:quantity:PQ pharm:containerPackagedProduct:PharmPackagedProduct!',
  PharmSpecializedKind: 'pharm:generalizedMaterialKind:PharmMaterialKind!',
  PharmPart: 'pharm:id:II pharm:quantity:PQ pharm:partProduct:PharmProduct! pharm:subjectOf:PharmSubject6*',
  PharmIngredient: 'pharm:quantity:RTO pharm:ingredientSubstance:PharmSubstance!',
  PharmPackagedProduct:
    'pharm:code:CD pharm:name:EN* pharm:desc:ED pharm:formCode:CD pharm:capacityQuantity:PQ pharm:capTypeCode:CD pharm:asContent:PharmContent1*',
  PharmMaterialKind: 'pharm:code:CD! pharm:name:EN*',
  PharmProduct:
    'pharm:code:CE pharm:name:EN pharm:desc:ED pharm:formCode:CE pharm:expirationTime:IVL_TS pharm:asContent:PharmContent* pharm:asSpecializedKind:PharmSpecializedKind* pharm:part:PharmPart* pharm:ingredient:PharmIngredient*',
  PharmSubject6: 'pharm:characteristic:PharmCharacteristic!',
  PharmSubstance: 'pharm:code:CD pharm:name:EN* pharm:desc:ED',
  PharmContent1: 'pharm:quantity:PQ pharm:containerPackagedProduct:PharmPackagedProduct!',
  PharmCharacteristic: '',
}

export const CLASS_NAMES: readonly string[] = Object.keys(CLASSES)

const known = new Map<string, readonly ElementRule[]>()

/** The elements of a class in their order; undefined for data types. */
export function rulesOf(className: string): readonly ElementRule[] | undefined {
  const held = known.get(className)
  if (held !== undefined) return held
  const text = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined
  if (text === undefined) return undefined
  const leading = className.startsWith('Pharm') ? [] : [ruleOf('templateId:II*')]
  const stated = text === '' ? [] : text.split(' ').map(ruleOf)
  const root = className === 'ClinicalDocument'
  const rules = root ? [...stated.slice(0, 2), ...leading, ...stated.slice(2)] : [...leading, ...stated]
  known.set(className, rules)
  return rules
}

function ruleOf(text: string): ElementRule {
  const at = text.lastIndexOf(':')
  const type = /^\w+/.exec(text.slice(at + 1))?.[0] ?? ''
  const marks = text.slice(at + 1 + type.length)
  return {
    name: text.slice(0, at),
    type,
    required: /[!+]/.test(marks) && !marks.includes('@'),
    many: /[*+]/.test(marks),
    choice: marks.includes('@'),
    oneNeeded: marks.includes('@!'),
  }
}

/** The rule of an element in a class, by its local name. */
export function ruleFor(className: string, localName: string): ElementRule | undefined {
  return rulesOf(className)?.find(({ name }) => name === localName || name === `pharm:${localName}`)
}

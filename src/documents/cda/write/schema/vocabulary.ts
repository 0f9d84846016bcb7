/** Codes that the schema lists for attributes (HL7 v3 vocabulary). What is not listed cannot be written. */

const set = (codes: string): ReadonlySet<string> => new Set(codes.split(' '))

export const NULL_FLAVORS = set('NI OTH NINF PINF ASKU NAV UNK QS NASK TRC MSK NA NP')
export const ENTRY_RELATIONSHIPS = set('XCRPT COMP RSON SPRT CAUS GEVL MFST REFR SAS SUBJ')
export const DOCUMENT_RELATIONSHIPS = set('RPLC APND XFRM')
export const SERVICE_PERFORMERS = set('PRF PPRF SPRF')
export const ENCOUNTER_PARTICIPANTS = set('ADM ATND CON DIS REF')
export const PARTICIPATIONS = set(
  'CST RESP ADM ATND CALLBCK CON DIS ESC REF IND BEN COV HLD RCT RCV AUT ENT INF WIT IRCP NOT PRCP REFB REFT TRC PRF DIST PPRF SPRF DIR BBY CSM DEV DON PRD SBJ SPC LOC DST ELOC ORG RML VIA VRF AUTHEN LA',
)
export const ROLES = set(
  'ROL PRS NOK ECON CON AGNT GUAR GUARD CAREGIVER CIT COVPTY PAT PAYEE PAYOR POLHOLD QUAL SPNSR STD UNDWRT LIC NOT PROV ASSIGNED COMPAR SGNOFF EMP MIL CLAIM HLTHCHRT CAS CRINV CRSPNSR INVSBJ PERS RESBJ RESPRSN SDLOC DSDLOC ISDLOC MANU IDENT MNT OWN RGPR SPEC TERR WRTE',
)
/** `associatedEntity/@classCode`: roles that a person has towards another (RoleClassAssociative). */
export const ASSOCIATIVE_ROLES = set(
  'PRS NOK ECON CON AGNT GUAR GUARD CAREGIVER CIT COVPTY PAT PAYEE PAYOR POLHOLD QUAL SPNSR STD UNDWRT LIC NOT PROV ASSIGNED COMPAR SGNOFF EMP MIL CLAIM CRINV CRSPNSR INVSBJ RESBJ RESPRSN',
)

/** Moods by element (x_DocumentActMood and its siblings). */
export const MOODS: Readonly<Record<string, ReadonlySet<string>>> = {
  Observation: set('INT DEF EVN GOL PRMS PRP RQO'),
  Act: set('INT APT ARQ DEF EVN PRMS PRP RQO'),
  SubstanceAdministration: set('INT EVN PRMS PRP RQO'),
  Supply: set('INT EVN PRMS PRP RQO'),
  Procedure: set('INT APT ARQ DEF EVN PRMS PRP RQO'),
  Encounter: set('INT APT ARQ EVN PRMS PRP RQO'),
}

/** Attributes that the schema requires and that have only one sensible value. */
export const REQUIRED_ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Act: { classCode: 'ACT', moodCode: 'EVN' },
  Encounter: { classCode: 'ENC', moodCode: 'EVN' },
  Observation: { classCode: 'OBS', moodCode: 'EVN' },
  ObservationMedia: { classCode: 'OBS', moodCode: 'EVN' },
  Organizer: { classCode: 'CLUSTER', moodCode: 'EVN' },
  Procedure: { classCode: 'PROC', moodCode: 'EVN' },
  RegionOfInterest: { classCode: 'ROIOVL', moodCode: 'EVN' },
  SubstanceAdministration: { classCode: 'SBADM', moodCode: 'EVN' },
  Supply: { classCode: 'SPLY', moodCode: 'EVN' },
  EntryRelationship: { typeCode: 'COMP' },
  Reference: { typeCode: 'REFR' },
  Participant1: { typeCode: 'IND' },
  Participant2: { typeCode: 'IND' },
  Performer1: { typeCode: 'PRF' },
  EncounterParticipant: { typeCode: 'ATND' },
  RelatedDocument: { typeCode: 'APND' },
  RelatedEntity: { classCode: 'PRS' },
  AssociatedEntity: { classCode: 'PRS' },
  PharmContent: { classCode: 'CONT' },
  PharmContent1: { classCode: 'CONT' },
  PharmPackagedProduct: { classCode: 'CONT', determinerCode: 'KIND' },
  PharmSpecializedKind: { classCode: 'GRIC' },
  PharmMaterialKind: { classCode: 'MMAT', determinerCode: 'KIND' },
  PharmPart: { classCode: 'PART' },
  PharmProduct: { classCode: 'MMAT', determinerCode: 'KIND' },
  PharmIngredient: { classCode: 'ACTI' },
  PharmSubstance: { classCode: 'MMAT', determinerCode: 'KIND' },
  PharmSubject6: { typeCode: 'SBJ' },
  PharmCharacteristic: { classCode: 'OBS', moodCode: 'EVN' },
}

/**
 * The lists of codes (HL7 v3 vocabulary) that the schema takes in attributes, under the schema's own names. A code that
 * is not listed cannot be written. schema.test.ts compares every list with the schema.
 */

const set = (codes: string, ...further: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set([...codes.split(' '), ...further.flatMap((one) => [...one])])

const observations = set('OBS ALRT CLNTRL CNOD DGIMG INVSTG SPCOBS COND CASE OUTB OBSSER OBSCOR ROIBND ROIOVL')
const documents = set('DOC DOCCLIN CDALVLONE')
const devices = set('DEV CER MODDV')
const containers = set('CONT HOLD')
const acts = set(
  'ACT ACCM ACCT ACSN ADJUD CONS CONTREG CTTEVENT DISPACT ENC INC INFRM INVE LIST MPROT PCPR PROC REG REV SBADM SPCTRT SUBST TRNS VERIF XACT CNTRCT FCNTRCT COV CACT ACTN INFO STC SPLY DIET FOLDER COMPOSITION ENTRY BATTERY CLUSTER EXTRACT EHR ORGANIZER CATEGORY DOCBODY DOCSECT TOPIC',
  observations,
  documents,
)
const manufactured = set('MMAT', containers, devices)
const materials = set('MAT CHEM FOOD', manufactured)
const deliveryPlaces = set('SDLOC DSDLOC ISDLOC')
const mutualRoles = set(
  'CAREGIVER PRS CIT COVPTY CRINV CRSPNSR GUAR PAT PAYEE PAYOR POLHOLD QUAL SPNSR STD UNDWRT LIC NOT PROV AGNT GUARD ASSIGNED COMPAR SGNOFF CON ECON NOK EMP MIL INVSBJ CASESBJ RESBJ',
)
const associativeRoles = set(
  'ACCESS BIRTHPL EXPR HLD HLTHCHRT IDENT MNT OWN RGPR TERR WRTE DST RET MANU THER',
  mutualRoles,
  deliveryPlaces,
)
const ingredients = set('INGR ACTI ACTM ADTV BASE IACT COLR FLVR PRSV STBL')
const places = set('H HP HV WP DIR PUB BAD TMP')
const spellings = set('ABC IDE SYL')
const requestMoods = set('INT EVN PRMS PRP RQO')
const appointmentMoods = set('APT ARQ', requestMoods)
const documentMoods = set('DEF', appointmentMoods)

/** By the name that the list has in the schema. */
export const LISTS = {
  NullFlavor: set('NI OTH NINF PINF ASKU NAV UNK NASK TRC MSK NA NP'),

  ActClass: acts,
  ActClassRoot: acts,
  ActClassDocument: documents,
  ActClassObservation: observations,
  x_ActClassDocumentEntryAct: set('ACT ACCM CONS CTTEVENT INC INFRM PCPR REG SPCTRT'),
  x_ActClassDocumentEntryOrganizer: set('BATTERY CLUSTER'),

  ActMood: set('SLOT EVN.CRT GOL OPT PERM PERMRQ', documentMoods),
  ActMoodEventOccurrence: set('EVN'),
  x_ActMoodDocumentObservation: set('DEF GOL', requestMoods),
  x_DocumentActMood: documentMoods,
  x_DocumentEncounterMood: appointmentMoods,
  x_DocumentProcedureMood: documentMoods,
  x_DocumentSubstanceMood: requestMoods,

  x_ActRelationshipDocument: set('RPLC APND XFRM'),
  x_ActRelationshipEntry: set('COMP DRIV'),
  x_ActRelationshipEntryRelationship: set('XCRPT COMP RSON SPRT CAUS GEVL MFST REFR SAS SUBJ'),
  x_ActRelationshipExternalReference: set('XCRPT RPLC SPRT ELNK REFR SUBJ'),

  EntityClassContainer: containers,
  EntityClassDevice: devices,
  EntityClassManufacturedMaterial: manufactured,
  EntityClassMaterial: materials,
  EntityClassRoot: set(
    'ENT HCE RGRP LIV PSN NLIV ANM MIC PLNT ORG PUB STATE NAT PLC CITY COUNTRY COUNTY PROVINCE',
    materials,
  ),
  EntityDeterminerDetermined: set('KIND QUANTIFIED_KIND'),

  ParticipationType: set(
    'CST RESP ADM ATND CALLBCK CON DIS ESC REF IND BEN COV HLD RCT RCV AUT ENT INF WIT IRCP NOT PRCP REFB REFT TRC PRF DIST PPRF SPRF DIR BBY CSM DON PRD DEV NRD RDV SBJ SPC LOC DST ELOC ORG RML VIA VRF AUTHEN LA',
  ),
  ParticipationTargetSubject: set('SBJ SPC'),
  x_EncounterParticipant: set('ADM ATND CON DIS REF'),
  x_InformationRecipient: set('PRCP TRC'),
  x_ServiceEventPerformer: set('PRF PPRF SPRF'),

  RoleClassAssociative: associativeRoles,
  RoleClassContent: set('CONT'),
  RoleClassIngredientEntity: ingredients,
  RoleClassIsSpeciesEntity: set('GEN GRIC'),
  RoleClassMutualRelationship: mutualRoles,
  RoleClassPart: set('PART ACTM'),
  RoleClassRoot: set(
    'ROL INST SUBS SUBY GEN GRIC CONT MBR PART LOCE STOR SPEC ALQT ISLT',
    associativeRoles,
    ingredients,
  ),
  RoleClassServiceDeliveryLocation: deliveryPlaces,
  x_DocumentSubject: set('PAT PRS'),
  x_InformationRecipientRole: set('ASSIGNED HLTHCHRT'),

  BinaryDataEncoding: set('B64 TXT'),
  SetOperator: set('A E H I P'),
  TimingEvent: set('AC ACD ACM ACV HS IC ICD ICM ICV PC PCD PCM PCV CM CD CV'),
  set_EntityNamePartQualifier: set('LS IN TITLE AC NB PR VV AD BR SP CL'),
  set_EntityNameUse: set('C SRCH PHON SNDX L A ASGN I R P', spellings),
  set_PostalAddressUse: set('PHYS PST', places, spellings),
  set_TelecommunicationAddressUse: set('AS EC MC PG', places),
} as const

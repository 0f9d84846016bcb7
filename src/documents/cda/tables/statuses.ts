/** Maps from v3 and SNOMED CT codes to the small FHIR code sets. The source's own code always stays beside the result. */
export const CLINICAL_STATUS: Readonly<Record<string, string>> = {
  active: 'active',
  inactive: 'inactive',
  resolved: 'resolved',
  remission: 'remission',
  recurrence: 'recurrence',
  relapse: 'relapse',
  '55561003': 'active',
  '90734009': 'active',
  '7087005': 'active',
  '73425007': 'inactive',
  '413322009': 'resolved',
  '277022003': 'remission',
  '277022007': 'remission',
  '255227004': 'recurrence',
  '263855007': 'relapse',
}

/** Status of the concern act around a problem or an allergy. */
export const CONCERN_STATUS: Readonly<Record<string, string>> = {
  active: 'active',
  suspended: 'inactive',
  aborted: 'inactive',
  completed: 'inactive',
}

export const VERIFICATION_STATUS: Readonly<Record<string, string>> = {
  confirmed: 'confirmed',
  unconfirmed: 'unconfirmed',
  provisional: 'provisional',
  differential: 'differential',
  refuted: 'refuted',
  presumed: 'presumed',
  '410605003': 'confirmed',
  '410590009': 'provisional',
  '410592001': 'provisional',
  '410516002': 'refuted',
  '415684004': 'unconfirmed',
}

export const CRITICALITY: Readonly<Record<string, 'low' | 'high' | 'unable-to-assess'>> = {
  low: 'low',
  high: 'high',
  'unable-to-assess': 'unable-to-assess',
  CRITL: 'low',
  CRITH: 'high',
  CRITU: 'unable-to-assess',
}

/** FHIR knows three degrees; what lies between two counts as the graver one. */
export const SEVERITY: Readonly<Record<string, 'mild' | 'moderate' | 'severe'>> = {
  '255604002': 'mild',
  '371923003': 'moderate',
  '6736007': 'moderate',
  '371924009': 'severe',
  '24484000': 'severe',
  '399166001': 'severe',
  L: 'mild',
  M: 'moderate',
  H: 'severe',
  'LA6752-5': 'mild',
  'LA6751-7': 'moderate',
  'LA6750-9': 'severe',
}

interface AllergyType {
  readonly type?: 'allergy' | 'intolerance'
  readonly category?: 'food' | 'medication' | 'environment' | 'biologic'
}

/** SNOMED CT adverse event types and HL7 ObservationIntoleranceType. */
export const ALLERGY_TYPE: Readonly<Record<string, AllergyType>> = {
  '416098002': { type: 'allergy', category: 'medication' },
  '414285001': { type: 'allergy', category: 'food' },
  '419199007': { type: 'allergy' },
  '426232007': { type: 'allergy', category: 'environment' },
  '609328004': { type: 'allergy' },
  '235719002': { type: 'intolerance', category: 'food' },
  '59037007': { type: 'intolerance', category: 'medication' },
  '782197009': { type: 'intolerance' },
  '419511003': { category: 'medication' },
  '418471000': { category: 'food' },
  '418038007': {},
  '420134006': {},
  ALG: { type: 'allergy' },
  DALG: { type: 'allergy', category: 'medication' },
  FALG: { type: 'allergy', category: 'food' },
  EALG: { type: 'allergy', category: 'environment' },
  OINT: { type: 'intolerance' },
  NAINT: { type: 'intolerance' },
  DINT: { type: 'intolerance', category: 'medication' },
  FINT: { type: 'intolerance', category: 'food' },
  EINT: { type: 'intolerance', category: 'environment' },
  DNAINT: { type: 'intolerance', category: 'medication' },
  FNAINT: { type: 'intolerance', category: 'food' },
  ENAINT: { type: 'intolerance', category: 'environment' },
}

/** SNOMED CT statements of absence and their equal in the IPS code system. */
export const ABSENT_EQUIVALENT: Readonly<Record<string, string>> = {
  '716186003': 'no-known-allergies',
  '160244002': 'no-known-allergies',
  '409137002': 'no-known-medication-allergies',
  '429625007': 'no-known-food-allergies',
  '428607008': 'no-known-environmental-allergies',
  '160245001': 'no-known-problems',
}

/** Codes that say of a whole section that there is nothing, or nothing known. */
export const ABSENT_CODES: ReadonlySet<string> = new Set([
  ...Object.keys(ABSENT_EQUIVALENT),
  '787480003',
  '787481004',
  '787482006',
  '787483001',
  'no-allergy-info',
  'no-known-allergies',
  'no-known-medication-allergies',
  'no-known-environmental-allergies',
  'no-known-food-allergies',
  'no-device-info',
  'no-known-devices',
  'no-immunization-info',
  'no-known-immunizations',
  'no-medication-info',
  'no-known-medications',
  'no-problem-info',
  'no-known-problems',
  'no-procedure-info',
  'no-known-procedures',
])

export const MEDICATION_STATUS: Readonly<
  Record<string, 'active' | 'completed' | 'on-hold' | 'stopped' | 'not-taken' | 'entered-in-error' | 'intended'>
> = {
  active: 'active',
  completed: 'completed',
  suspended: 'on-hold',
  held: 'on-hold',
  aborted: 'stopped',
  cancelled: 'not-taken',
  nullified: 'entered-in-error',
  new: 'intended',
}

export const PRESCRIPTION_STATUS: Readonly<
  Record<string, 'active' | 'on-hold' | 'cancelled' | 'completed' | 'entered-in-error' | 'stopped' | 'draft'>
> = {
  new: 'draft',
  active: 'active',
  held: 'on-hold',
  suspended: 'on-hold',
  aborted: 'stopped',
  cancelled: 'cancelled',
  completed: 'completed',
  nullified: 'entered-in-error',
}

export const DISPENSE_STATUS: Readonly<
  Record<string, 'preparation' | 'in-progress' | 'cancelled' | 'on-hold' | 'completed' | 'entered-in-error' | 'stopped'>
> = {
  new: 'preparation',
  active: 'in-progress',
  held: 'on-hold',
  suspended: 'on-hold',
  aborted: 'stopped',
  cancelled: 'cancelled',
  completed: 'completed',
  nullified: 'entered-in-error',
}

export const PROCEDURE_STATUS: Readonly<
  Record<string, 'preparation' | 'in-progress' | 'not-done' | 'on-hold' | 'stopped' | 'completed' | 'entered-in-error'>
> = {
  new: 'preparation',
  active: 'in-progress',
  held: 'on-hold',
  suspended: 'on-hold',
  aborted: 'stopped',
  cancelled: 'not-done',
  completed: 'completed',
  nullified: 'entered-in-error',
}

export const OBSERVATION_STATUS: Readonly<
  Record<string, 'registered' | 'preliminary' | 'final' | 'cancelled' | 'entered-in-error'>
> = {
  new: 'registered',
  active: 'preliminary',
  held: 'preliminary',
  suspended: 'preliminary',
  completed: 'final',
  aborted: 'cancelled',
  cancelled: 'cancelled',
  nullified: 'entered-in-error',
}

/** Moods that do not state something that happened (v3 ActMood). */
export const REQUEST_INTENT: Readonly<Record<string, 'proposal' | 'plan' | 'order'>> = {
  INT: 'plan',
  APT: 'plan',
  ARQ: 'proposal',
  PRP: 'proposal',
  PRMS: 'plan',
  RQO: 'order',
  PERMRQ: 'proposal',
}

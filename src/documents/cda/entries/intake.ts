/** What statement and prescription of a medicine have in common: the medicine itself, and what nested statements say about its dosage. */
import type { Annotation, CodeableConcept, Dosage, Reference } from 'fhir/r4'
import { child } from '#platform/xml/access.ts'
import { codeOf, concept } from '../datatypes/code.ts'
import { detail } from '../datatypes/detail.ts'
import { absent, nullFlavorOf } from '../datatypes/nulls.ts'
import { INTERVAL_WIDTH, period } from '../datatypes/time.ts'
import { each, first, type Located } from '../located.ts'
import type { Reading, Trace } from '../reading.ts'
import { type Context, looseText, type Nested, statementText, structural, subordinate } from '../statement.ts'
import { ABSENT_CODES } from '../tables/statuses.ts'
import { TO_PHARMACIST_EXTENSION } from '../tables/urls.ts'
import { DOSAGE_FIELDS, readDosages, timesOf } from './dosage.ts'
import { readMedicine } from './medicine.ts'

export interface MedicineOf {
  readonly medicationReference?: Reference
  readonly medicationCodeableConcept?: CodeableConcept
}

/** Either a statement of absence (code), or the medicine itself. */
export function medicineOf(at: Located, reading: Reading, trace: Trace): MedicineOf {
  const code = child(at.element, 'code')
  const consumable = first(at, 'consumable')
  const stated = concept(code, reading)
  if (stated?.coding?.some((coding) => ABSENT_CODES.has(coding.code ?? ''))) {
    if (consumable !== undefined && !isNull(consumable))
      trace.details.push({ url: 'consumable', valueReference: { reference: readMedicine(consumable, reading) } })
    else if (consumable !== undefined)
      trace.details.push(...[detail(consumable.element, reading)].flatMap((kept) => kept ?? []))
    return { medicationCodeableConcept: stated }
  }
  if (consumable !== undefined) {
    keepKind(code, reading, trace)
    return { medicationReference: { reference: readMedicine(consumable, reading) } }
  }
  return { medicationCodeableConcept: stated ?? { text: statementText(at, reading), extension: absent() } }
}

function isNull(consumable: Located): boolean {
  const material = first(consumable, 'manufacturedProduct', 'manufacturedMaterial')
  return (
    nullFlavorOf(material?.element) !== undefined ||
    (material?.element.children.every((node) => typeof node === 'string') ?? true)
  )
}

/** substanceAdministration/code names the kind of act, not the medicine. */
function keepKind(code: ReturnType<typeof child>, reading: Reading, trace: Trace): void {
  structural(trace, code, reading)
  const kept = code === undefined || codeOf(code) !== undefined ? undefined : detail(code, reading)
  if (kept !== undefined) trace.details.push(kept)
}

/** preconditions: when the medicine is to be taken only in certain cases. */
export function expressConditions(dosages: readonly Dosage[], at: Located, reading: Reading, trace: Trace): void {
  for (const condition of each(at, 'precondition')) {
    const criterion = first(condition, 'criterion')
    const value = concept(child(criterion?.element, 'code') ?? child(criterion?.element, 'value'), reading)
    const text = criterion === undefined ? undefined : statementText(criterion, reading)
    const reason = value ?? (text === undefined ? undefined : { text })
    const dosage = dosages[0]
    if (reason !== undefined && dosage !== undefined && dosage.asNeededCodeableConcept === undefined) {
      dosage.asNeededCodeableConcept = { ...reason, ...(text === undefined ? {} : { text: reason.text ?? text }) }
    } else {
      const kept = detail(condition.element, reading)
      if (kept !== undefined) trace.details.push(kept)
    }
  }
}

/** What a nested statement adds to the dosages: an instruction to the patient, a split or tapered dose. Undefined when it adds nothing. */
export function dosagesWith(
  dosages: readonly Dosage[],
  nested: Nested,
  reading: Reading,
  trace: Trace,
  context: Context,
): Dosage[] | undefined {
  const { kind, statement: inner } = nested
  if (kind === 'patient-instruction') {
    const words = statementText(inner, reading)
    subordinate(trace, inner, reading, context, words === undefined ? [] : ['text'])
    return words === undefined ? [...dosages] : instructed(dosages, words)
  }
  const isFurtherDose =
    inner.element.name === 'substanceAdministration' &&
    !first(inner, 'consumable', 'manufacturedProduct', 'manufacturedMaterial', 'code')
  if (!isFurtherDose) return undefined
  // Split or tapered doses (IHE PCC 1.3.6.1.4.1.19376.1.5.3.1.4.8 and .9): a further dosage of the same medicine.
  const [further, ...more] = readDosages(inner, reading, trace)
  const words = looseText(inner, reading)
  subordinate(trace, inner, reading, context, [...DOSAGE_FIELDS, 'consumable'])
  const spoken = words === undefined ? further : { ...further, text: words }
  const bounded = spoken === undefined ? undefined : withBounds(spoken, inner)
  return [...dosages, ...(bounded === undefined ? [] : [bounded]), ...more]
}

/** A further dose has its own time: from when to when, or for how long. */
function withBounds(dosage: Dosage, at: Located): Dosage {
  const bounds = period(timesOf(at).interval)
  if (bounds === undefined) return dosage
  const width = bounds.extension?.find(({ url }) => url === INTERVAL_WIDTH)?.valueQuantity
  const isWidth = bounds.start === undefined && bounds.end === undefined && width !== undefined
  const repeat = { ...dosage.timing?.repeat, ...(isWidth ? { boundsDuration: width } : { boundsPeriod: bounds }) }
  return { ...dosage, timing: { ...dosage.timing, repeat } }
}

function instructed([dosage = {}, ...rest]: readonly Dosage[], words: string): Dosage[] {
  const before = dosage.patientInstruction
  return [{ ...dosage, patientInstruction: before === undefined ? words : `${before} ${words}` }, ...rest]
}

/** A note with its mark when it is for the pharmacist (FINSTRUCT). */
export function addressed(note: Annotation, kind: Nested['kind']): Annotation {
  if (kind !== 'fulfilment-instruction') return note
  return { ...note, extension: [{ url: TO_PHARMACIST_EXTENSION, valueBoolean: true }] }
}

/** Whether a nested statement is the reason for the medicine. */
export function isReason({ typeCode, statement }: Nested): boolean {
  return typeCode === 'RSON' && statement.element.name === 'observation'
}

/** The reason for a medicine as a reference to the condition. */
export function reasonsOf({ statement }: Nested, reading: Reading, context: Context): Reference[] {
  return context
    .read(statement, reading, { section: '11450-4', read: context.read })
    .map((reference) => ({ reference }))
}

/** What statements and prescriptions of a medicine have in common as substanceAdministration: the elements of their dosages and of what was noted inside. */
import type { Annotation, CodeableConcept, Dosage, Period, Reference, Resource } from 'fhir/r4'
import { INTERVAL_WIDTH } from '../../datatypes/time.ts'
import { ABSENT_CODES } from '../../tables/statuses.ts'
import { KIND_BY_CODE } from '../../tables/subordinates.ts'
import { TO_PHARMACIST_EXTENSION } from '../../tables/urls.ts'
import { code, coded, words } from '../datatypes/code.ts'
import { extensionValue } from '../datatypes/nulls.ts'
import { interval } from '../datatypes/time.ts'
import { assemble, element, type Piece, templateIds } from '../element.ts'
import type { Source } from '../source.ts'
import { comment, link, nested } from '../statement.ts'
import { type Place, resolve, type Writing } from '../writing.ts'
import { dosagePieces } from './dosage.ts'
import { medicineIn } from './medicine.ts'

export const ADMINISTRATION = 'SubstanceAdministration'
const ACT_CODE_SYSTEM = '1.3.6.1.4.1.19376.1.5.3.2'

export interface Medicine {
  readonly medicationReference?: Reference
  readonly medicationCodeableConcept?: CodeableConcept
}

/** `code` where the act says that there is nothing, or what kind of act it is, and `consumable`. */
export function medicinePieces(
  owner: Resource & Medicine,
  source: Source,
  writing: Writing,
  folded: Resource[],
): (Piece | undefined)[] {
  const { medicationReference: reference, medicationCodeableConcept: concept } = owner
  const absence = concept?.coding?.some((one) => ABSENT_CODES.has(one.code ?? '')) === true
  const kind = source.others.find((one) => !isSubordinate(one.code))
  const kept = source.details.find(({ url }) => url === 'consumable')?.valueReference
  const resource = resolve(reference ?? kept, writing, owner)
  const named = reference?.display === undefined ? undefined : { text: reference.display }
  return [
    absence ? code('code', concept, writing) : coded('code', kind, writing, 'CD'),
    medicineIn('consumable', { resource, concept: absence ? undefined : (concept ?? named) }, writing, folded),
  ]
}

/** Codes of what stands inside the statement: the reader notes them with the statement's own. */
function isSubordinate(one: string | undefined): boolean {
  return one === undefined || one === 'SUBST' || one === 'PRN' || Object.hasOwn(KIND_BY_CODE, one)
}

/**
 * The dosages. Those that differ in their rhythm only are one administration with several rhythms; a further one that
 * gives another dose is an administration inside (IHE PCC split and tapered doses).
 */
export function dosagesIn(dosages: readonly Dosage[], source: Source, writing: Writing): (Piece | undefined)[] {
  const [first = {}, ...others] = dosages
  const same = others.filter((one) => baseOf(one) === baseOf(first))
  const further = others.filter((one) => baseOf(one) !== baseOf(first))
  return [
    first.text === undefined ? undefined : element('text', {}, words(first.text, writing)),
    ...dosagePieces(first, writing, source.details),
    ...same.flatMap(({ timing }) => dosagePieces(timing === undefined ? {} : { timing }, writing)),
    ...instructions(
      'PINSTRUCT',
      dosages.flatMap(({ patientInstruction: told }) => told ?? []),
      source,
      writing,
    ),
    ...further.map((one) => furtherDose(one, writing)),
  ]
}

/** A dosage without its rhythm and without what is told to the patient once; how long it is taken belongs to it. */
function baseOf({ timing, sequence: _, patientInstruction: __, text: ___, ...base }: Dosage): string {
  return JSON.stringify([base, boundsOf({ timing })])
}

/** From when to when, or for how long, a dosage is taken: as a period, as the reader understands it. */
export function boundsOf({ timing }: Pick<Dosage, 'timing'>): Period | undefined {
  const width = timing?.repeat?.boundsDuration
  if (width !== undefined) return { extension: [{ url: INTERVAL_WIDTH, valueQuantity: width }] }
  return timing?.repeat?.boundsPeriod
}

function furtherDose(dosage: Dosage, writing: Writing): Piece {
  const inner = assemble(ADMINISTRATION, 'substanceAdministration', { moodCode: 'INT' }, [
    dosage.text === undefined ? undefined : element('text', {}, words(dosage.text, writing)),
    interval('effectiveTime', boundsOf(dosage), 'IVL_TS'),
    ...dosagePieces(dosage, writing),
    assemble('Consumable', 'consumable', {}, [
      assemble('ManufacturedProduct', 'manufacturedProduct', {}, [
        element('manufacturedMaterial', { nullFlavor: 'NA' }),
      ]),
    ]),
  ])
  return link(ADMINISTRATION, 'COMP', inner)
}

const INSTRUCTION_TEMPLATES = {
  PINSTRUCT: ['2.16.840.1.113883.10.20.1.49', '1.3.6.1.4.1.19376.1.5.3.1.4.3'],
  FINSTRUCT: ['2.16.840.1.113883.10.20.1.43', '1.3.6.1.4.1.19376.1.5.3.1.4.3.1'],
} as const

/** What the patient, or the pharmacist, is told; where the source had an instruction without words, one without words. */
function instructions(
  kind: keyof typeof INSTRUCTION_TEMPLATES,
  told: readonly string[],
  source: Source,
  writing: Writing,
): Piece[] {
  const stated = source.others.find(({ code: one }) => one === kind)
  const all: readonly (string | undefined)[] = told.length === 0 && stated !== undefined ? [undefined] : told
  return all.map((text) => {
    const act = assemble('Act', 'act', { moodCode: 'INT' }, [
      ...templateIds(...INSTRUCTION_TEMPLATES[kind]),
      coded('code', stated, writing, 'CD') ??
        element('code', { code: kind, codeSystem: ACT_CODE_SYSTEM, codeSystemName: 'IHEActCode' }),
      text === undefined ? undefined : element('text', {}, words(text, writing)),
      element('statusCode', { code: 'completed' }),
    ])
    return inverted(link(ADMINISTRATION, 'SUBJ', act))
  })
}

/** The inner act is about the outer one (eHDSI, IHE PCC). */
export function inverted(piece: Piece): Piece {
  return { name: piece.name, xml: piece.xml.replace(`<${piece.name}`, `<${piece.name} inversionInd="true"`) }
}

/** That a note is for the pharmacist is said by the kind of act that it becomes. */
export const NOTE_EXPRESSED = `note.${TO_PHARMACIST_EXTENSION}.valueBoolean`

export function notePieces(notes: readonly Annotation[] | undefined, source: Source, writing: Writing): Piece[] {
  const isTold = (note: Annotation): boolean => extensionValue(note, TO_PHARMACIST_EXTENSION) !== undefined
  const told = (notes ?? []).filter(isTold)
  return [
    ...instructions(
      'FINSTRUCT',
      told.map(({ text }) => text),
      source,
      writing,
    ),
    ...(notes ?? []).filter((note) => !isTold(note)).map((note) => comment(ADMINISTRATION, note, writing)),
  ]
}

/** Why the medicine is taken: conditions that the bundle holds, and reasons that are only a code. */
export function reasonPieces(
  references: readonly Reference[] | undefined,
  codes: readonly CodeableConcept[] | undefined,
  writing: Writing,
  place: Place,
): Piece[] {
  const held = (references ?? []).flatMap(
    (reference) => nested(ADMINISTRATION, 'RSON', reference, writing, place) ?? [],
  )
  const stated = (codes ?? []).map((reason) =>
    link(
      ADMINISTRATION,
      'RSON',
      assemble('Observation', 'observation', {}, [
        element('code', { code: '29308-4', codeSystem: '2.16.840.1.113883.6.1', displayName: 'Diagnosis' }),
        element('statusCode', { code: 'completed' }),
        code('value', reason, writing, { xsiType: 'CD' }),
      ]),
    ),
  )
  return [...held, ...stated]
}

/** The first effectiveTime: from when to when. eHDSI wants it always, with unknown bounds where nothing is known. */
export function takenFrom(period: Period | undefined): Piece {
  const unknown = (name: string): Piece => element(name, { nullFlavor: 'UNK' })
  return (
    interval('effectiveTime', period, 'IVL_TS') ??
    element('effectiveTime', { 'xsi:type': 'IVL_TS' }, [unknown('low'), unknown('high')])
  )
}

/** The code of an observation or act about substitution, as the source had it. */
export function substitutionCode(source: Source, writing: Writing): Piece {
  const stated = source.others.find(({ code: one }) => one === 'SUBST')
  return (
    coded('code', stated, writing, 'CD') ??
    element('code', { code: 'SUBST', codeSystem: '2.16.840.1.113883.5.6', codeSystemName: 'ActClass' })
  )
}

/** Whether a status comes back from the v3 code for it; `unknown` is what the reader makes of none. */
export function isStatusSaid(status: string | undefined, meanings: Readonly<Record<string, string>>): boolean {
  return status === 'unknown' || Object.values(meanings).some((meaning) => meaning === status)
}

/** The status of a FHIR resource as v3 ActStatus; the source's own word when it means the same. */
export function statusPiece(
  status: string | undefined,
  meanings: Readonly<Record<string, string>>,
  source: Source,
): Piece | undefined {
  const means = (one: string): boolean => meanings[one] === status
  const stated = source.statuses.find(means) ?? Object.keys(meanings).find(means)
  return stated === undefined ? undefined : element('statusCode', { code: stated })
}

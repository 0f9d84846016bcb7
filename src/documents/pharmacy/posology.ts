/**
 * How a medicine is taken, in the reader's language, from its coded parts; the words of the prescriber always stand beside it.
 * What the coded parts say and words do not is never guessed at: the line is then not complete, and the original counts.
 */
import { isNode, type Node, node, nodes, text } from '../fhir/node.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { type Build, baseLanguage } from '../render/build.ts'
import { dosageLine, medicationOf } from '../render/rows/medicine.ts'
import type { Inline } from '../render/summary-view.ts'
import { plain } from '../render/values.ts'
import { prepare, type Reader } from '../render/view.ts'
import { terms } from '../render/words.ts'

export interface PosologyLine {
  /** In the reader's language; absent when nothing is coded. */
  readonly words?: string
  /** What the prescriber wrote, in the document's language: the dosage, then what the patient is told. */
  readonly original: readonly string[]
  /** BCP-47 of the original, `und` when unknown. */
  readonly originalLanguage: string
  /** The words say all that the coded parts say; else show `posology.incomplete` and the original. */
  readonly complete: boolean
}

/** The posology of one request of a document, one line for each of its dosages. `resource`: its full URL. */
export function posologyOf(document: ClinicalDocument, resource: string, reader: Reader): readonly PosologyLine[] {
  const bundle: unknown = document.bundle
  if (!isNode(bundle)) return []
  const build = prepare(document, reader, bundle)
  const entry = build.index.find(resource)
  if (entry === undefined) return []
  build.entry = entry
  const medication = medicationOf(build, entry.resource)
  const form = medication === undefined ? [] : terms(build, medication.form)
  const codes = form.flatMap(({ codings = [] }) => codings.map(({ code }) => code))
  return [...nodes(entry.resource.dosageInstruction), ...nodes(entry.resource.dosage)].map((dosage) =>
    lineOf(build, dosage, codes, document.origin.language),
  )
}

function lineOf(build: Build, dosage: Node, form: readonly string[], originalLanguage: string): PosologyLine {
  const line = dosageLine(build, dosage, form)
  const original = [text(dosage.text), text(dosage.patientInstruction)].filter((words) => words !== undefined)
  const words = plain(line)
  return {
    ...(words === '' ? {} : { words }),
    original,
    originalLanguage,
    complete: words !== '' && isSaid(dosage) && line.every((inline) => isReaders(build, inline)),
  }
}

/** Words of another language, or a bare code, are not the reader's. */
function isReaders(build: Build, inline: Inline): boolean {
  if (typeof inline === 'string') return true
  if (inline.kind === 'words') return baseLanguage(inline.language) === baseLanguage(build.reader.language)
  return inline.kind !== 'literal' && inline.kind !== 'coding'
}

/** Fields that `dosageLine` puts into words, or that say nothing of their own. */
const DOSAGE = new Set([
  'id', 'text', '_text', 'patientInstruction', 'sequence', 'timing', 'asNeededBoolean', 'asNeededCodeableConcept', 'route',
  'doseAndRate', 'maxDosePerPeriod',
]) // biome-ignore format: a list
const TIMING = new Set(['id', 'repeat', 'code', 'event', 'extension'])
const REPEAT = new Set([
  'id', 'frequency', 'frequencyMax', 'period', '_period', 'periodMax', 'periodUnit', 'when', '_when', 'dayOfWeek', 'timeOfDay',
  'boundsPeriod', 'boundsDuration', 'boundsRange',
]) // biome-ignore format: a list
const RATE = new Set(['id', 'doseQuantity', 'doseRange', 'rateQuantity', 'rateRange', 'rateRatio'])
const SILENT = new Set([
  'urn:tessera:institution-specified',
  'http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor',
  'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
])

function isSaid(dosage: Node): boolean {
  const timing = node(dosage.timing) ?? {}
  return (
    has(dosage, DOSAGE) &&
    has(timing, TIMING) &&
    nodes(timing.extension).every(({ url }) => SILENT.has(text(url) ?? '')) &&
    has(node(timing.repeat) ?? {}, REPEAT) &&
    nodes(dosage.doseAndRate).length < 2 &&
    nodes(dosage.doseAndRate).every((rate) => has(rate, RATE))
  )
}

function has(held: Node, fields: ReadonlySet<string>): boolean {
  return Object.keys(held).every((key) => fields.has(key))
}

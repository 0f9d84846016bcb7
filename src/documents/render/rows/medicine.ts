/** Medicines: name, form, strength, dose and time, from statement, request, administration or dispensation. */
import { type Node, node, nodes, text } from '../../fhir/node.ts'
import { type Build, say, sourceWords } from '../build.ts'
import type { HighRisk } from '../high-risk.ts'
import type { Inline, Line, Tag } from '../summary-view.ts'
import { chosen, joined, period, plain, quantity, ratio, time, timing } from '../values.ts'
import { type Term, term, terms } from '../words.ts'
import {
  conceptLine,
  type Face,
  firstTerm,
  NO_TERM,
  noteLines,
  originalOf,
  proseLines,
  statusTag,
  targetOf,
} from './row.ts'

/** The Medication that a statement means, when it is a resource of its own. */
export function medicationOf(build: Build, resource: Node): Node | undefined {
  const medication = node(resource.medication)
  return (
    targetOf(build, resource, resource.medicationReference) ??
    targetOf(build, resource, medication?.reference ?? medication)
  )
}

function ingredients(build: Build, medication: Node): { readonly line: Inline[]; readonly terms: readonly Term[] } {
  const line: Inline[] = []
  const terms: Term[] = []
  for (const ingredient of nodes(medication.ingredient)) {
    const substance = term(build, ingredient.itemCodeableConcept ?? ingredient.item ?? ingredient.code)
    const strength = ratio(build, node(ingredient.strength ?? ingredient.strengthRatio) ?? {})
    if (line.length > 0 && (substance || strength)) line.push(' + ')
    if (substance) {
      terms.push(substance)
      line.push(substance.words)
    }
    if (strength) line.push(...(substance ? [' '] : []), ...strength)
  }
  return { line, terms }
}

/** One dosage in the reader's words, from its coded parts. */
export function dosageLine(build: Build, dosage: Node): Line {
  const rates = nodes(dosage.doseAndRate)
  const amounts = [dosage, ...rates].map((rate) => {
    const amount = chosen(build, rate, 'dose')
    // A number alone would be read as a count of days or times.
    const dose = amount?.length === 1 && rate.doseQuantity ? [...amount, ' ', say(build, 'summary.perIntake')] : amount
    const speed = chosen(build, rate, 'rate')
    return joined(' · ', dose, speed)
  })
  const when = timing(build, node(dosage.timing) ?? {})
  const route = term(build, dosage.route)
  const needed = dosage.asNeeded ?? dosage.asNeededCodeableConcept
  const reason = typeof needed === 'object' ? term(build, needed) : undefined
  const asNeeded: Line | undefined =
    reason !== undefined
      ? [say(build, 'summary.asNeeded'), ' (', reason.words, ')']
      : dosage.asNeededBoolean === true || needed === true
        ? [say(build, 'summary.asNeeded')]
        : undefined
  return joined(', ', ...amounts, when, route ? [route.words] : undefined, asNeeded)
}

function dosages(resource: Node): readonly Node[] {
  return [...nodes(resource.dosage), ...nodes(resource.dosageInstruction)]
}

function when(build: Build, resource: Node): Line[] {
  const effective = chosen(build, resource, 'effective') ?? chosen(build, resource, 'occurence')
  if (effective) return [effective]
  const authored = text(resource.authoredOn)
  if (authored !== undefined) return [[say(build, 'summary.prescribed'), ' ', time(build, authored)]]
  const validity = period(build, node(node(resource.dispenseRequest)?.validityPeriod) ?? {})
  return validity ? [validity] : []
}

const ENDED = new Set(['stopped', 'completed', 'entered-in-error', 'not-taken', 'cancelled', 'not-done'])

/** Whether a medicine is no longer taken, by its status. */
export function isEnded(resource: Node): boolean {
  return ENDED.has(text(resource.status) ?? '')
}

export function medicineName(build: Build, resource: Node): Term {
  const own = firstTerm(build, resource, ['medicationCodeableConcept', 'medication'])
  const medication = medicationOf(build, resource)
  const named = medication ? firstTerm(build, medication, ['code']) : undefined
  if (own ?? named) return own ?? named ?? NO_TERM
  const parts = medication ? ingredients(build, medication) : undefined
  const display = text(node(resource.medicationReference)?.display)
  if (parts?.terms[0]) return parts.terms[0]
  if (display === undefined) return NO_TERM
  return {
    words: sourceWords(build, display),
    text: display,
    translated: build.sameLanguage,
    coded: false,
    original: display,
  }
}

export function medicineFace(build: Build, resource: Node, highRisk: HighRisk): Face {
  const medication = medicationOf(build, resource) ?? (resource.resourceType === 'Medication' ? resource : undefined)
  const name =
    resource.resourceType === 'Medication'
      ? (firstTerm(build, resource, ['code']) ?? NO_TERM)
      : medicineName(build, resource)
  const form = medication ? terms(build, medication.form) : []
  const parts = medication ? ingredients(build, medication) : { line: [], terms: [] }
  const amount = medication ? ratio(build, node(medication.amount) ?? {}) : undefined
  const risk = highRisk.classOf(build, resource, medication)
  const status = text(resource.status)
  const tags: Tag[] = [
    ...(risk === undefined ? [] : [{ text: say(build, `summary.risk.${risk}`), tone: 'danger' as const }]),
    ...statusTag(build, 'medicine', resource.status, status === 'active' ? 'good' : 'plain'),
  ]
  const own = dosages(resource)
    .map((dosage) => dosageLine(build, dosage))
    .filter((line) => line.length > 0)
  const words = dosages(resource)
    .flatMap((dosage) => proseLines(build, dosage.text, dosage.patientInstruction))
    .filter((line) => plain(line) !== name.original)
  return {
    term: name,
    tags,
    subs: [
      joined(', ', parts.line, form.length > 0 ? form.map((one) => one.words) : undefined, amount),
      ...conceptLine(build, build.messages.text('summary.for'), resource.reasonCode ?? resource.reason),
      ...noteLines(build, resource.note),
    ].filter((line) => line.length > 0),
    second: [...own, ...(build.sameLanguage || own.length === 0 ? words : []), ...when(build, resource)],
    original: [...originalOf(build, ...parts.terms, ...form), ...words],
    ...(medication && medication !== resource && !build.placed.has(medication)
      ? { parts: claim(build, medication) }
      : {}),
  }
}

/** Takes a resource into this row, unless it has its own. */
function claim(build: Build, part: Node): readonly Node[] {
  if (!build.anchors.has(part)) return []
  build.placed.add(part)
  return [part]
}

/** `quantity` of a dispensation, in words. */
export function supplied(build: Build, resource: Node): Line | undefined {
  return quantity(build, resource.quantity)
}

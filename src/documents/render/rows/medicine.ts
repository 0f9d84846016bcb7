/** Medicines: name, form, strength, dose and time, from statement, request, administration or dispensation. */

import { DOSE_PERIOD_EXTENSION, PRODUCT_NAME_EXTENSION } from '../../cda/tables/urls.ts'
import { writtenDigits } from '../../fhir/decimals.ts'
import { extensions, type Node, node, nodes, text } from '../../fhir/node.ts'
import { type Build, lowered, say, sourceWords } from '../build.ts'
import type { HighRisk } from '../high-risk.ts'
import type { Inline, Line } from '../summary-view.ts'
import { countedUnit } from '../units.ts'
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
import { contentLine, isBare, substitutionReason, substitutionTags, supplyLines } from './supply.ts'

/** The Medication that a statement means, when it is a resource of its own. */
export function medicationOf(build: Build, resource: Node): Node | undefined {
  const medication = node(resource.medication)
  return (
    targetOf(build, resource, resource.medicationReference) ??
    targetOf(build, resource, medication?.reference ?? medication)
  )
}

interface Ingredients {
  readonly line: Inline[]
  readonly terms: readonly Term[]
  /** Strength of the only ingredient. */
  readonly strength?: Line
}

/** How much is in one tablet: `5 mg`, not `5 mg / 1` nor `5 mg / comprimé`. */
function strengthOf(build: Build, ingredient: Node): Inline[] | undefined {
  const strength = node(ingredient.strength ?? ingredient.strengthRatio) ?? node(ingredient.strengthQuantity)
  if (!strength) return undefined
  if (strength.value !== undefined) return quantity(build, strength)
  const below = node(strength.denominator)
  const unit = text(below?.code)
  const single = text(below?.value) === '1' && unit !== undefined && countedUnit(build, [unit], '1') !== undefined
  return single ? quantity(build, strength.numerator) : ratio(build, strength)
}

function ingredients(build: Build, medication: Node): Ingredients {
  const line: Inline[] = []
  const terms: Term[] = []
  const all = nodes(medication.ingredient)
  for (const ingredient of all) {
    const substance = term(build, ingredient.itemCodeableConcept ?? ingredient.item ?? ingredient.code)
    const strength = strengthOf(build, ingredient)
    if (line.length > 0 && (substance || strength)) line.push(' + ')
    if (substance) {
      terms.push(substance)
      line.push(substance.words)
    }
    if (strength) line.push(...(substance ? [' '] : []), ...strength)
  }
  const strength = all.length === 1 ? strengthOf(build, all[0] ?? {}) : undefined
  return { line, terms, ...(strength ? { strength } : {}) }
}

/** `1 comprimé`: a number alone would be read as a count of days or times, so the dose form lends its word. */
function doseLine(build: Build, rate: Node, form: readonly string[]): Line | undefined {
  const dose = chosen(build, rate, 'dose')
  const range = node(rate.doseRange)
  const last = node(rate.doseQuantity) ?? node(range?.high) ?? node(range?.low)
  if (!dose || !isBare(last)) return dose
  const intake = countedUnit(build, form, writtenDigits(last ?? {}, 'value') ?? '1')
  return [...dose, intake === undefined ? ' ' : '\u00a0', intake ?? say(build, 'summary.perIntake')]
}

/** `at most 8 tablets in 1 day`. */
function greatest(build: Build, most: Node | undefined): Line | undefined {
  const dose = quantity(build, most?.numerator)
  const period = quantity(build, most?.denominator)
  if (dose === undefined || period === undefined) return dose
  return [say(build, 'posology.atMost', { dose: plain(dose), period: plain(period) })]
}

/** One dosage in the reader's words, from its coded parts. `form`: codes of the dose form. */
export function dosageLine(build: Build, dosage: Node, form: readonly string[] = []): Line {
  const rates = nodes(dosage.doseAndRate)
  const amounts = [dosage, ...rates].map((rate) =>
    joined(' · ', doseLine(build, rate, form), chosen(build, rate, 'rate')),
  )
  const when = timing(build, node(dosage.timing) ?? {})
  const most = greatest(build, node(dosage.maxDosePerPeriod))
  const route = term(build, dosage.route)
  const needed = dosage.asNeeded ?? dosage.asNeededCodeableConcept
  const reason = typeof needed === 'object' ? term(build, needed) : undefined
  const asNeeded: Line | undefined =
    reason !== undefined
      ? [say(build, 'summary.asNeeded'), ' (', reason.words, ')']
      : dosage.asNeededBoolean === true || needed === true
        ? [say(build, 'summary.asNeeded')]
        : undefined
  return joined(', ', ...amounts, when, most, route ? [lowered(build, route.words)] : undefined, asNeeded)
}

function dosages(resource: Node): readonly Node[] {
  return [...nodes(resource.dosage), ...nodes(resource.dosageInstruction)]
}

function when(build: Build, resource: Node): Line[] {
  const effective = chosen(build, resource, 'effective') ?? chosen(build, resource, 'occurence')
  if (effective) return [effective]
  const taken = period(build, node(extensions(resource, DOSE_PERIOD_EXTENSION)[0]?.valuePeriod) ?? {})
  if (taken) return [taken, ...prescribedOn(build, resource)]
  const authored = prescribedOn(build, resource)
  if (authored.length > 0) return authored
  const validity = period(build, node(node(resource.dispenseRequest)?.validityPeriod) ?? {})
  return validity ? [validity] : []
}

function prescribedOn(build: Build, resource: Node): Line[] {
  const authored = text(resource.authoredOn)
  return authored === undefined ? [] : [[say(build, 'summary.prescribed'), ' ', time(build, authored)]]
}

const ENDED = new Set(['stopped', 'completed', 'entered-in-error', 'not-taken', 'cancelled', 'not-done'])

/** Whether a medicine is no longer taken, by its status. */
export function isEnded(resource: Node): boolean {
  return ENDED.has(text(resource.status) ?? '')
}

/** The name of the product, else of what it contains when every ingredient has a name in the reader's language. */
export function medicineName(build: Build, resource: Node): Term {
  const isProduct = resource.resourceType === 'Medication'
  const medication = medicationOf(build, resource) ?? (isProduct ? resource : undefined)
  const own = isProduct ? undefined : firstTerm(build, resource, ['medicationCodeableConcept', 'medication'])
  const product = own ?? (medication ? productTerm(build, medication) : undefined)
  if (product?.translated && product.coded) return product
  const { terms: parts } = medication ? ingredients(build, medication) : { terms: [] }
  const coded = parts.some((part) => part.coded)
  if (!build.sameLanguage && parts.length > 0 && parts.every((part) => part.translated && part.coded)) {
    const name = parts.map((part) => part.text).join(' + ')
    const original = product?.original ?? parts.map((part) => part.original ?? part.text).join(' + ')
    return { words: name, text: name, translated: true, coded: true, codings: parts.flatMap(codingsOf), original }
  }
  if (product) return product.coded || !coded ? product : { ...product, coded, codings: parts.flatMap(codingsOf) }
  if (parts[0]) return parts[0]
  const display = text(node(resource.medicationReference)?.display)
  if (display === undefined) return NO_TERM
  return {
    words: sourceWords(build, display),
    text: display,
    translated: build.sameLanguage,
    coded: false,
    original: display,
  }
}

/** The product by its code; where that has no words, by its name. Brand names are never translated. */
function productTerm(build: Build, medication: Node): Term | undefined {
  const coded = firstTerm(build, medication, ['code'])
  const isBareCode = coded?.codings?.some(({ code }) => code === coded.text) === true
  const name = text(extensions(medication, PRODUCT_NAME_EXTENSION)[0]?.valueString)
  if (name === undefined || (coded !== undefined && !isBareCode)) return coded
  const words = sourceWords(build, name)
  return coded === undefined
    ? { words, text: name, translated: build.sameLanguage, coded: false, original: name }
    : { ...coded, words, text: name, original: name }
}

function codingsOf({ codings = [] }: Term): Term['codings'] & object {
  return codings
}

/** Why it is taken: coded reasons, and conditions or findings that the statement refers to. */
function reasons(build: Build, resource: Node): { readonly lines: Line[]; readonly parts: readonly Node[] } {
  const label = build.messages.text('summary.for')
  const lines = conceptLine(build, label, resource.reasonCode ?? resource.reason)
  const parts: Node[] = []
  for (const reference of nodes(resource.reasonReference)) {
    const target = targetOf(build, resource, reference)
    if (!target) continue
    const observed = target.resourceType === 'Observation' ? target.valueCodeableConcept : undefined
    lines.push(...conceptLine(build, label, observed ?? target.code))
    if (observed !== undefined && !build.listed.has(target) && !build.placed.has(target)) {
      parts.push(...claim(build, target))
    }
  }
  return { lines, parts }
}

export function medicineFace(build: Build, resource: Node, highRisk: HighRisk): Face {
  const medication = medicationOf(build, resource) ?? (resource.resourceType === 'Medication' ? resource : undefined)
  const name = medicineName(build, resource)
  const form = medication ? terms(build, medication.form) : []
  const formCodes = form.flatMap(({ codings = [] }) => codings.map(({ code }) => code))
  const parts = medication ? ingredients(build, medication) : { line: [], terms: [] }
  const amount = medication ? contentLine(build, medication, formCodes) : undefined
  const risk = highRisk.classOf(build, resource, medication)
  const status = text(resource.status)
  // A name with digits says its strength itself.
  const suffix = name !== NO_TERM && name.translated && !/\d/.test(name.text) ? parts.strength : undefined
  const named =
    suffix && parts.terms[0]?.text === name.text
      ? []
      : suffix
        ? parts.terms[0]
          ? [parts.terms[0].words]
          : []
        : parts.line
  const own = dosages(resource)
    .map((dosage) => dosageLine(build, dosage, formCodes))
    .filter((line) => line.length > 0)
  const words = dosages(resource)
    .flatMap((dosage) => proseLines(build, dosage.text, dosage.patientInstruction))
    .filter((line) => plain(line) !== name.original)
  const why = reasons(build, resource)
  const product = medication && medication !== resource && !build.placed.has(medication) ? claim(build, medication) : []
  return {
    term: name,
    ...(suffix ? { suffix } : {}),
    tags: [
      ...(risk === undefined ? [] : [{ text: say(build, `summary.risk.${risk}`), tone: 'danger' as const }]),
      ...(name === NO_TERM
        ? []
        : statusTag(build, 'medicine', resource.status, status === 'active' ? 'good' : 'plain')),
      ...substitutionTags(build, resource),
    ],
    subs: [
      joined(', ', named, form.length > 0 ? form.map((one) => lowered(build, one.words)) : undefined, amount),
      ...supplyLines(build, resource),
      substitutionReason(build, resource) ?? [],
      ...why.lines,
      ...noteLines(build, resource.note),
    ].filter((line) => line.length > 0),
    second: [...own, ...(build.sameLanguage || own.length === 0 ? words : []), ...when(build, resource)],
    original: [...originalOf(build, ...parts.terms, ...form), ...words],
    ...(product.length + why.parts.length > 0 ? { parts: [...product, ...why.parts] } : {}),
  }
}

/** Takes a resource into this row, unless it has its own. */
function claim(build: Build, part: Node): readonly Node[] {
  if (!build.anchors.has(part)) return []
  build.placed.add(part)
  return [part]
}

/**
 * Country A's step before a document leaves: national codes get their European ones beside them. Nothing is removed and
 * nothing is guessed: a code without a usable mapping stays as it is and is reported as unmapped.
 */
import type { Bundle, CodeableConcept, Coding, Extension } from 'fhir/r4'
import type { Coded, Mapped, Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { createEuropeanSystems, type EuropeanSystems, europeanValueSets } from './european-systems.ts'
import { type UnmappedReason, usableTargets } from './targets.ts'

/** On a coding that was added: by which map it came, and how its meaning relates to the original. */
export const MAPPING_EXTENSION = 'urn:tessera:mapping'

export type { UnmappedReason }

export interface Unmapped {
  readonly system: string
  readonly code: string
  /** Where in the bundle: FHIRPath-like. */
  readonly path: string
  readonly reason: UnmappedReason
}

export interface TranscodeCoverage {
  /** Concepts that got a European coding. */
  readonly mapped: number
  /** Of these, concepts of which the target is wider than the original. */
  readonly widened: number
  readonly unmapped: readonly Unmapped[]
  readonly alreadyEuropean: number
  /** Concepts whose European codes are known not to be in the European value set of their element. */
  readonly outsideValueSet: readonly OutsideValueSet[]
}

export interface OutsideValueSet {
  readonly system: string
  readonly code: string
  readonly path: string
  /** Canonical URLs; the code is in none of them. */
  readonly valueSets: readonly string[]
}

export interface Transcoded {
  readonly document: ClinicalDocument
  readonly coverage: TranscodeCoverage
}

export function transcode(document: ClinicalDocument, terminology: Terminology): ClinicalDocument {
  return transcodeWithCoverage(document, terminology).document
}

/**
 * Every CodeableConcept that has codings but none of a European system gets the mapped European codings in front; the
 * original codings follow, the one that was mapped marked `userSelected`. The input is not changed; what needs no
 * change is shared with it.
 */
export function transcodeWithCoverage(document: ClinicalDocument, terminology: Terminology): Transcoded {
  const { bundle, coverage } = transcodeBundle(document.bundle, terminology)
  return { document: bundle === document.bundle ? document : { ...document, bundle }, coverage }
}

/** @param at the day on which mappings must be valid, `YYYY-MM-DD`; default: today */
export function transcodeBundle(
  bundle: Bundle,
  terminology: Terminology,
  at?: string,
): { readonly bundle: Bundle; readonly coverage: TranscodeCoverage } {
  const walk: Walk = {
    terminology,
    systems: createEuropeanSystems(terminology),
    ...(at !== undefined && { at }),
    unmapped: [],
    outside: [],
    counts: { mapped: 0, widened: 0, alreadyEuropean: 0 },
  }
  const written: unknown = bundle.entry
  const entries = Array.isArray(written) ? bundle.entry : undefined
  const entry = entries?.map((item, index) =>
    item?.resource === undefined
      ? item
      : withChange(
          item,
          'resource',
          visit(item.resource, { path: `Bundle.entry[${index}].resource`, element: '' }, walk),
        ),
  )
  const same = entry === undefined || entry.every((item, index) => item === bundle.entry?.[index])
  return {
    bundle: same || entry === undefined ? bundle : { ...bundle, entry },
    coverage: { ...walk.counts, unmapped: walk.unmapped, outsideValueSet: walk.outside },
  }
}

interface Walk {
  readonly terminology: Terminology
  readonly systems: EuropeanSystems
  readonly at?: string
  readonly unmapped: Unmapped[]
  readonly outside: OutsideValueSet[]
  readonly counts: { mapped: number; widened: number; alreadyEuropean: number }
}

function withChange<T extends object, K extends keyof T>(object: T, key: K, value: T[K]): T {
  return object[key] === value ? object : { ...object, [key]: value }
}

/** Where the walk is: the place for reports, and the element by its definition, e.g. `Condition.code`. */
interface Position {
  readonly path: string
  readonly element: string
}

/** Rebuilds only what changes below; anything with a `coding` list is a CodeableConcept. */
function visit<T>(value: T, at: Position, walk: Walk): T
function visit(value: unknown, at: Position, walk: Walk): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => visit(item, { ...at, path: `${at.path}[${index}]` }, walk))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  if (isCodeableConcept(value)) {
    const concept = transcodeConcept(value, at.path, walk)
    checkValueSet(concept, at, walk)
    return concept
  }
  const element = 'resourceType' in value ? String(value.resourceType) : at.element
  let changed: Record<string, unknown> | undefined
  for (const [key, child] of Object.entries(value)) {
    if (typeof child !== 'object' || child === null || key === '__proto__') continue
    const next = visit(child, { path: `${at.path}.${key}`, element: `${element}.${key}` }, walk)
    if (next !== child) {
      changed ??= { ...value }
      changed[key] = next
    }
  }
  return changed ?? value
}

/** Only what is surely outside is reported: without the value sets, or with one that knows the code, nothing is said. */
function checkValueSet(concept: CodeableConcept, at: Position, { terminology, systems, outside }: Walk): void {
  const valueSets = europeanValueSets(at.element)
  if (valueSets.length === 0) return
  const european = (concept.coding ?? []).filter(isCoded).filter(({ system }) => systems.isEuropean(system))
  const [first] = european
  const surelyOutside = european.every(({ system, code }) =>
    valueSets.every((valueSet) => terminology.membership(valueSet, system, code) === 'not-member'),
  )
  if (first !== undefined && surelyOutside)
    outside.push({ system: first.system, code: first.code, path: at.path, valueSets })
}

function isCodeableConcept(value: object): value is CodeableConcept & { readonly coding: Coding[] } {
  if (!('coding' in value) || !Array.isArray(value.coding) || value.coding.length === 0) return false
  return value.coding.every((item: unknown) => typeof item === 'object' && item !== null)
}

/** Documents come from outside: a system or code may be anything. */
function isCoded<T extends Coding>(coding: T): coding is T & Coded {
  return typeof coding.system === 'string' && typeof coding.code === 'string'
}

function transcodeConcept(
  concept: CodeableConcept & { readonly coding: Coding[] },
  path: string,
  walk: Walk,
): CodeableConcept {
  const { counts, systems } = walk
  if (concept.coding.some((coding) => isCoded(coding) && systems.isEuropean(coding.system))) {
    counts.alreadyEuropean++
    return concept
  }
  const failures: Unmapped[] = []
  for (const [index, coding] of concept.coding.entries()) {
    if (!isCoded(coding)) continue
    const source: Coded = { system: coding.system, code: coding.code }
    const found = usableTargets(source, walk)
    if (typeof found === 'string') {
      failures.push({ ...source, path, reason: found })
      continue
    }
    counts.mapped++
    if (found.every(({ relationship }) => relationship === 'wider')) counts.widened++
    const originals = concept.coding.map((other, at) => (at === index ? { ...other, userSelected: true } : other))
    return { ...concept, coding: [...found.map((mapped) => codingOf(mapped, walk.terminology)), ...originals] }
  }
  walk.unmapped.push(...failures)
  return concept
}

function codingOf(
  { target, relationship, comment, map, mapVersion, advice, products }: Mapped,
  terminology: Terminology,
): Coding {
  const display = target.display ?? terminology.concept(target.system, target.code)?.display
  const details: Extension[] = [
    { url: 'relationship', valueCode: relationship },
    { url: 'map', valueUri: mapVersion === undefined ? map : `${map}|${mapVersion}` },
    ...(comment === undefined ? [] : [{ url: 'comment', valueString: comment }]),
    ...(advice === undefined ? [] : [{ url: 'advice', valueString: advice }]),
    ...(products ?? []).map(({ attribute, value, system }) => ({
      url: 'product',
      extension: [
        { url: 'attribute', valueString: attribute },
        { url: 'value', valueCoding: { code: value, ...(system !== undefined && { system }) } },
      ],
    })),
  ]
  return {
    extension: [{ url: MAPPING_EXTENSION, extension: details }],
    system: target.system,
    code: target.code,
    ...(display !== undefined && { display }),
  }
}

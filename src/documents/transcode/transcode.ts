/**
 * Country A's step before a document leaves: national codes get their European ones beside them. Nothing is removed and
 * nothing is guessed: a code without a usable mapping stays as it is and is reported as unmapped.
 */
import type { Bundle, CodeableConcept, Coding, Extension } from 'fhir/r4'
import type { Coded, Mapped, Terminology } from '#terminology/terminology.ts'
import type { ClinicalDocument } from '../model/clinical-document.ts'
import { createEuropeanSystems, type EuropeanSystems, europeanValueSets } from './european-systems.ts'

/** On a coding that was added: by which map it came, and how its meaning relates to the original. */
export const MAPPING_EXTENSION = 'urn:tessera:mapping'

export type UnmappedReason =
  /** No loaded concept map knows the code. */
  | 'no-map'
  /** Maps exist, but every target says more or something else than the source: using one would be a guess. */
  | 'only-unsafe-targets'
  /** A target exists, but in no European system. */
  | 'target-not-european'

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
  const walk: Walk = {
    terminology,
    systems: createEuropeanSystems(terminology),
    unmapped: [],
    outside: [],
    counts: { mapped: 0, widened: 0, alreadyEuropean: 0 },
  }
  const entry = document.bundle.entry?.map((item, index) =>
    item.resource === undefined
      ? item
      : withChange(
          item,
          'resource',
          visit(item.resource, { path: `Bundle.entry[${index}].resource`, element: '' }, walk),
        ),
  )
  const same = entry === undefined || entry.every((item, index) => item === document.bundle.entry?.[index])
  const bundle: Bundle = same || entry === undefined ? document.bundle : { ...document.bundle, entry }
  return {
    document: bundle === document.bundle ? document : { ...document, bundle },
    coverage: { ...walk.counts, unmapped: walk.unmapped, outsideValueSet: walk.outside },
  }
}

interface Walk {
  readonly terminology: Terminology
  readonly systems: EuropeanSystems
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
    if (typeof child !== 'object' || child === null) continue
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
  const european = (concept.coding ?? []).flatMap(({ system, code }) =>
    system !== undefined && code !== undefined && systems.isEuropean(system) ? [{ system, code }] : [],
  )
  const [first] = european
  const surelyOutside = european.every(({ system, code }) =>
    valueSets.every((valueSet) => terminology.membership(valueSet, system, code) === 'not-member'),
  )
  if (first !== undefined && surelyOutside) outside.push({ ...first, path: at.path, valueSets })
}

function isCodeableConcept(value: object): value is CodeableConcept & { readonly coding: Coding[] } {
  return 'coding' in value && Array.isArray(value.coding) && value.coding.length > 0
}

function transcodeConcept(
  concept: CodeableConcept & { readonly coding: Coding[] },
  path: string,
  walk: Walk,
): CodeableConcept {
  const { counts, systems } = walk
  if (
    concept.coding.some(({ system, code }) => system !== undefined && code !== undefined && systems.isEuropean(system))
  ) {
    counts.alreadyEuropean++
    return concept
  }
  const failures: Unmapped[] = []
  for (const [index, coding] of concept.coding.entries()) {
    if (coding.system === undefined || coding.code === undefined) continue
    const source: Coded = { system: coding.system, code: coding.code }
    const found = targetsOf(source, walk)
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

/**
 * Usable targets: those that say the same as the source, otherwise those that say less (`wider`). A narrower target
 * would claim what nobody said; `inexact` and `relatedto` would claim something else.
 */
function targetsOf(source: Coded, { terminology, systems }: Walk): readonly Mapped[] | UnmappedReason {
  const all = terminology.mapped(source.system, source.code)
  if (all.length === 0) return 'no-map'
  const european = all.filter(({ target }) => systems.isEuropean(target.system))
  if (european.length === 0) return 'target-not-european'
  const same = european.filter(({ relationship }) => relationship === 'equal' || relationship === 'equivalent')
  const usable = same.length > 0 ? same : european.filter(({ relationship }) => relationship === 'wider')
  if (usable.length === 0) return 'only-unsafe-targets'
  const seen = new Set<string>()
  return usable.filter(({ target }) => {
    const key = `${target.system} ${target.code}`
    return !seen.has(key) && seen.add(key)
  })
}

function codingOf({ target, relationship, comment, map }: Mapped, terminology: Terminology): Coding {
  const display = target.display ?? terminology.concept(target.system, target.code)?.display
  const details: Extension[] = [
    { url: 'relationship', valueCode: relationship },
    { url: 'map', valueUri: map },
    ...(comment === undefined ? [] : [{ url: 'comment', valueString: comment }]),
  ]
  return {
    extension: [{ url: MAPPING_EXTENSION, extension: details }],
    system: target.system,
    code: target.code,
    ...(display !== undefined && { display }),
  }
}

/**
 * The account of a CDA document. It walks the source tree knowing nothing of how the reader works, lists every fact,
 * and looks each up in what the model states about the same part of the source. It believes nothing but the model.
 */
import type { Bundle } from 'fhir/r4'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { every, type Located, rootOf } from '../cda/located.ts'
import type { Account, NotCarried, Statement } from '../model/account.ts'
import { type Fact, factsOf } from './cda-facts.ts'
import { isComposition, type Literals, type Model, modelOf, newLiterals, normal, partOf } from './cda-model.ts'
import { NOT_CARRIED_EXTENSION } from './fhir.ts'

/** Resolves `#id` to the words of the narrative. */
export interface NarrativeLookup {
  words(reference: string): string | undefined
}

const STATEMENTS = new Set([
  'observation',
  'act',
  'substanceAdministration',
  'supply',
  'procedure',
  'encounter',
  'organizer',
  'observationMedia',
  'regionOfInterest',
])

interface Walk {
  readonly model: Model
  readonly terminology: Terminology
  readonly lookup: NarrativeLookup
  readonly notCarried: NotCarried[]
  readonly statements: Statement[]
  readonly systems: Map<string, string>
}

/** Compares source and bundle, and writes what is missing into the Composition, where it travels with the document. */
export function accountOfCda(
  root: XmlElement,
  bundle: Bundle,
  terminology: Terminology,
  lookup: NarrativeLookup,
): Account {
  const walk: Walk = { model: modelOf(bundle), terminology, lookup, notCarried: [], statements: [], systems: new Map() }
  visit(rootOf(root), walk, walk.model.header, undefined)
  const account = { statements: walk.statements, notCarried: walk.notCarried }
  attach(bundle, walk.notCarried)
  return account
}

/** Facts of the statement being walked: which were found. */
interface Tally {
  codes: number
  words: number
  lost: number
}

function visit(at: Located, walk: Walk, literals: Literals, tally: Tally | undefined): void {
  const { element } = at
  if (element.name === 'templateId' || element.name === 'typeId') return
  if (element.name === 'section') {
    visitSection(at, walk)
    return
  }
  if (STATEMENTS.has(element.name) && tally !== undefined) {
    visitStatement(at, walk, literals)
    return
  }
  weigh(at, walk, literals, tally)
  for (const part of every(at)) visit(part, walk, literals, tally)
}

function weigh(at: Located, walk: Walk, literals: Literals, tally: Tally | undefined): void {
  for (const fact of factsOf(at.element, walk.lookup)) {
    if (holds(literals, fact, walk)) {
      if (tally === undefined) continue
      if (fact.kind === 'code') tally.codes++
      else tally.words++
    } else {
      walk.notCarried.push({ path: at.path, what: fact.what, why: WHY[fact.kind] })
      if (tally !== undefined) tally.lost++
    }
  }
}

function visitSection(at: Located, walk: Walk): void {
  const literals = walk.model.parts.get(partOf(at.path)) ?? newLiterals()
  for (const part of every(at)) {
    const { name } = part.element
    if (name === 'text') visitNarrative(part, walk, walk.model.narratives.get(at.path) ?? '')
    else if (name === 'entry') visitEntry(part, walk)
    else visit(part, walk, literals, undefined)
  }
}

function visitEntry(at: Located, walk: Walk): void {
  const literals = walk.model.parts.get(at.path) ?? newLiterals()
  const tally: Tally = { codes: 0, words: 0, lost: 0 }
  for (const part of every(at)) visit(part, walk, literals, tally)
}

function visitStatement(at: Located, walk: Walk, literals: Literals): void {
  const position = walk.statements.length
  const tally: Tally = { codes: 0, words: 0, lost: 0 }
  walk.statements.push({ path: at.path, fate: 'text' })
  weigh(at, walk, literals, tally)
  for (const part of every(at)) visit(part, walk, literals, tally)
  const resource = carrierOf(at.path, literals)
  const fate = tally.codes > 0 ? 'coded' : tally.words > 0 || tally.lost === 0 ? 'text' : 'not-carried'
  walk.statements[position] = { path: at.path, fate, ...(resource === undefined ? {} : { resource }) }
}

/** The resource whose source is this statement, or the nearest one around it. */
function carrierOf(path: string, literals: Literals): string | undefined {
  let best: { path: string; url: string } | undefined
  for (const candidate of literals.resources) {
    const around = path === candidate.path || path.startsWith(`${candidate.path}/`)
    const within = candidate.path.startsWith(`${path}/`)
    if (around && (best === undefined || !path.startsWith(best.path) || candidate.path.length > best.path.length))
      best = candidate
    else if (within && best === undefined) best = candidate
  }
  return best?.url
}

/** Each run of words of the narrative must stand in the section's XHTML, in order. */
function visitNarrative(at: Located, walk: Walk, narrative: string): void {
  const missing: string[] = []
  let from = 0
  const follow = (element: XmlElement): void => {
    for (const node of element.children) {
      if (typeof node !== 'string') {
        follow(node)
        continue
      }
      const run = node.replace(/\s+/g, '')
      if (run === '') continue
      const found = narrative.indexOf(run, from)
      if (found < 0) missing.push(normal(node))
      else from = found + run.length
    }
  }
  follow(at.element)
  for (const what of missing) walk.notCarried.push({ path: at.path, what, why: WHY.narrative })
}

const WHY: Readonly<Record<Fact['kind'] | 'narrative', string>> = {
  code: 'The model has no place for this code.',
  text: 'The model has no place for these words.',
  number: 'The model has no place for this number.',
  date: 'This date cannot be expressed.',
  identifier: 'The model has no place for this identifier.',
  null: 'The model has no place for the reason why this is missing.',
  negation: 'The model does not hold the negation.',
  dangling: 'The text that this refers to is not in the document.',
  narrative: 'These words of the narrative are missing.',
}

function holds(literals: Literals, fact: Fact, walk: Walk): boolean {
  switch (fact.kind) {
    case 'code':
      return fact.system === undefined
        ? literals.codes.has(fact.value) || literals.texts.has(fact.value)
        : literals.codes.has(`${canonical(fact.system, walk)}|${fact.value}`)
    case 'text':
      return literals.texts.has(fact.value) || literals.numbers.has(Number(fact.value))
    case 'number':
      return literals.numbers.has(Number(fact.value)) || literals.texts.has(fact.value)
    case 'date':
      return literals.texts.has(fact.value) || fact.forms.some((form) => literals.texts.has(form))
    case 'identifier':
      return literals.texts.has(fact.value) || fact.forms.some((form) => literals.texts.has(form))
    case 'null':
      return literals.texts.has(fact.value)
    case 'negation':
      return NEGATIONS.some((negation) => literals.texts.has(negation))
    case 'dangling':
      return false
  }
}

const NEGATIONS = ['not-done', 'not-taken', 'refuted', 'negationInd', 'no-known-allergies', '716186003', '160244002']

function canonical(oid: string, walk: Walk): string {
  const known = walk.systems.get(oid)
  if (known !== undefined) return known
  const system = walk.terminology.canonicalSystem(oid)
  walk.systems.set(oid, system)
  return system
}

function attach(bundle: Bundle, notCarried: readonly NotCarried[]): void {
  const composition = bundle.entry?.[0]?.resource
  if (!isComposition(composition) || notCarried.length === 0) return
  composition.extension = [
    ...(composition.extension ?? []),
    ...notCarried.map(({ path, what, why }) => ({
      url: NOT_CARRIED_EXTENSION,
      extension: [
        { url: 'path', valueString: path },
        { url: 'what', valueString: what },
        { url: 'why', valueString: why },
      ],
    })),
  ]
}

/**
 * The account of a CDA document. It walks the source tree knowing nothing of how the reader works, lists every fact,
 * and looks each up in what the model states about the same part of the source. It believes nothing but the model.
 */
import type { Bundle } from 'fhir/r4'
import { child, isBlank, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { Terminology } from '#terminology/terminology.ts'
import { every, type Located, rootOf } from '../cda/located.ts'
import type { Account, NotCarried, Statement } from '../model/account.ts'
import { type FactKind, literally, type NarrativeLookup, visitFacts } from './cda-facts.ts'
import { createLookup, type Lookup } from './cda-lookup.ts'
import { isComposition, type Literals, type Model, modelOf, newLiterals, partOf } from './cda-model.ts'
import { NOT_CARRIED_EXTENSION } from './fhir.ts'
import { REASONS } from './reasons.ts'

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
  readonly holds: Lookup
  readonly narratives: NarrativeLookup
  /** Full URL of the Composition, which carries the narratives. */
  readonly composition: string | undefined
  readonly notCarried: NotCarried[]
  readonly statements: Statement[]
}

/** Compares source and bundle, and writes what is missing into the Composition, where it travels with the document. */
export function accountOfCda(
  root: XmlElement,
  bundle: Bundle,
  terminology: Terminology,
  narratives: NarrativeLookup,
): Account {
  const holds = createLookup(terminology)
  const composition = bundle.entry?.[0]?.fullUrl
  const walk: Walk = { model: modelOf(bundle), holds, narratives, composition, notCarried: [], statements: [] }
  visit(rootOf(root), walk, walk.model.header, undefined)
  attach(bundle, walk.notCarried)
  return { statements: walk.statements, notCarried: walk.notCarried }
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
  if (element.name === 'section') visitSection(at, walk)
  else if (tally !== undefined && STATEMENTS.has(element.name)) visitStatement(at, walk, literals)
  else visitPlain(at, walk, literals, tally)
}

function visitPlain(at: Located, walk: Walk, literals: Literals, tally: Tally | undefined): void {
  weigh(at, walk, literals, tally)
  for (const part of every(at)) visit(part, walk, literals, tally)
}

/** Looks up what one element states by itself. */
function weigh(at: Located, walk: Walk, literals: Literals, tally: Tally | undefined): void {
  visitFacts(at.element, walk.narratives, (kind, value, system) => {
    if (!walk.holds(literals, kind, value, system)) {
      const what = at.element.attributes.length === 0 ? value : literally(at.element)
      walk.notCarried.push({
        path: at.path,
        what: kind === 'text' && !what.includes(value) ? value : what,
        why: WHY[kind],
      })
      if (tally !== undefined) tally.lost++
    } else if (tally !== undefined) {
      if (kind === 'code') tally.codes++
      else tally.words++
    }
  })
}

function visitSection(at: Located, walk: Walk): void {
  const literals = walk.model.parts.get(partOf(at.path)) ?? newLiterals()
  const tells = child(at.element, 'entry') === undefined
  weigh(at, walk, literals, undefined)
  for (const part of every(at)) {
    const { name } = part.element
    if (name === 'text') visitNarrative(part, walk, walk.model.narratives.get(at.path) ?? '', tells)
    else if (name === 'entry') visitEntry(part, walk)
    else visit(part, walk, literals, undefined)
  }
}

function visitEntry(at: Located, walk: Walk): void {
  const literals = walk.model.parts.get(at.path) ?? newLiterals()
  const tally: Tally = { codes: 0, words: 0, lost: 0 }
  weigh(at, walk, literals, undefined)
  for (const part of every(at)) visit(part, walk, literals, tally)
}

function visitStatement(at: Located, walk: Walk, literals: Literals): void {
  const position = walk.statements.length
  const tally: Tally = { codes: 0, words: 0, lost: 0 }
  walk.statements.push({ path: at.path, fate: 'text' })
  visitPlain(at, walk, literals, tally)
  const resource = carrierOf(at.path, literals)
  const fate = tally.codes > 0 ? 'coded' : tally.words > 0 || tally.lost === 0 ? 'text' : 'not-carried'
  walk.statements[position] = { path: at.path, fate, ...carriedBy(resource) }
}

function carriedBy(resource: string | undefined): Pick<Statement, 'resource'> {
  return resource === undefined ? {} : { resource }
}

/** The resource whose source is this statement, or the nearest one around it; else the first one below it. */
function carrierOf(path: string, literals: Literals): string | undefined {
  const { at, below } = carriersIn(literals)
  for (const around of upwards(path)) {
    const url = at.get(around)
    if (url !== undefined) return url
  }
  return below.get(path)
}

interface Carriers {
  /** By the path of the source. */
  readonly at: ReadonlyMap<string, string>
  /** By every path above the source. */
  readonly below: ReadonlyMap<string, string>
}

/** Made once for each entry: an entry may have thousands of statements and as many resources. */
const CARRIERS = new WeakMap<Literals, Carriers>()

function carriersIn(literals: Literals): Carriers {
  const known = CARRIERS.get(literals)
  if (known) return known
  const at = new Map<string, string>()
  const below = new Map<string, string>()
  for (const { path, url } of literals.resources) {
    if (!at.has(path)) at.set(path, url)
    for (const above of upwards(path)) if (!below.has(above)) below.set(above, url)
  }
  const made = { at, below }
  CARRIERS.set(literals, made)
  return made
}

/** The path, and every path above it. */
function* upwards(path: string): Generator<string> {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) yield path.slice(0, end)
}

/** Each run of words of the narrative must stand in the section's XHTML, in order. Where it alone tells, it is a statement. */
function visitNarrative(at: Located, walk: Walk, narrative: string, tells: boolean): void {
  const missing: string[] = []
  let from = 0
  let runs = 0
  const follow = (element: XmlElement): void => {
    for (const node of element.children) {
      if (typeof node !== 'string') {
        follow(node)
        continue
      }
      const run = isBlank(node) ? '' : node.replace(/\s+/g, '')
      if (run === '') continue
      runs++
      const found = narrative.indexOf(run, from)
      if (found < 0) missing.push(oneLine(node))
      else from = found + run.length
    }
  }
  follow(at.element)
  for (const what of missing) walk.notCarried.push({ path: at.path, what, why: WHY.narrative })
  if (!tells || runs === 0) return
  const fate = missing.length < runs ? 'text' : 'not-carried'
  walk.statements.push({ path: at.path, fate, ...carriedBy(walk.composition) })
}

const WHY: Readonly<Record<FactKind | 'narrative', string>> = {
  code: REASONS['no-place-for-code'],
  text: REASONS['no-place-for-words'],
  number: REASONS['no-place-for-number'],
  date: REASONS['no-place-for-date'],
  identifier: REASONS['no-place-for-identifier'],
  null: REASONS['no-place-for-reason'],
  negation: REASONS['no-place-for-negation'],
  dangling: REASONS['missing-text'],
  narrative: REASONS['missing-narrative'],
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

/**
 * Compares an answer with the expected one of the terminology ecosystem tests. Expected files are resources with control
 * words; the order of arrays never matters. What a server may always add: narrative, meta, diagnostics, and extensions
 * that the tests do not handle.
 */
import { pairItems } from './pairing.ts'
import { type TemplateContext, textMatches } from './template.ts'

export interface MatchRules extends TemplateContext {
  readonly modes: ReadonlySet<string>
  /** Only what is expected is looked for; anything may stand beside it (statements of capability). */
  readonly minimum?: boolean
  /** Extensions that the tests handle: one of them too many is a difference. */
  readonly handledExtensions?: ReadonlySet<string>
}

export interface Difference {
  /** FHIRPath-like, e.g. `Parameters.parameter[2].valueString`. */
  readonly path: string
  readonly kind: 'missing' | 'unexpected' | 'different'
  readonly expected?: unknown
  readonly actual?: unknown
}

type Node = Readonly<Record<string, unknown>>

/** All differences, none when the answer is as expected. */
export function differences(expected: unknown, actual: unknown, rules: MatchRules): readonly Difference[] {
  const found: Difference[] = []
  const root = isNode(actual) && typeof actual.resourceType === 'string' ? actual.resourceType : '$'
  const walk: Walk = { rules, mentioned: extensionsIn(expected, rules), found }
  compare(expected, actual, root, walk)
  return found
}

/** Without `found` the walk stops at the first difference. */
interface Walk {
  readonly rules: MatchRules
  /** Extensions that the expected answer demands. */
  readonly mentioned: ReadonlySet<string>
  readonly found: Difference[] | undefined
}

function compare(expected: unknown, actual: unknown, path: string, walk: Walk): boolean {
  if (isNode(expected) && isNode(actual)) return compareNodes(expected, actual, path, walk)
  if (Array.isArray(expected) && Array.isArray(actual)) return compareArrays(expected, actual, path, walk)
  if (typeof expected === 'string' && typeof actual === 'string') {
    return textMatches(expected, actual, walk.rules) || differ(walk, { path, kind: 'different', expected, actual })
  }
  return expected === actual || differ(walk, { path, kind: 'different', expected, actual })
}

function differ({ found }: Walk, difference: Difference): false {
  found?.push(difference)
  return false
}

function compareNodes(expected: Node, actual: Node, path: string, walk: Walk): boolean {
  const counted = namesIn(expected['$count-arrays$'])
  const optional = namesIn(expected['$optional-properties$']).concat(namesIn(expected.$optional))
  let same = true
  for (const [name, value] of Object.entries(actual)) {
    if (name in expected) {
      same = compareProperty(expected, actual, name, { path: `${path}.${name}`, walk, counted }) && same
    } else if (!walk.rules.minimum && !mayBeAdded(name, value, actual, walk) && !isLocation(name, actual)) {
      same = differ(walk, { path: `${path}.${name}`, kind: 'unexpected', actual: value })
    }
    if (!same && !walk.found) return false
  }
  for (const [name, value] of Object.entries(expected)) {
    if (name in actual || name.startsWith('$') || name === 'fhir_comments') continue
    if (optional.includes(name) || optional.includes('*')) continue
    if (isDiagnostics(name, expected) || isLocation(name, expected) || allOptional(value, walk)) continue
    same = differ(walk, { path: `${path}.${name}`, kind: 'missing', expected: value })
  }
  return same
}

interface Property {
  readonly path: string
  readonly walk: Walk
  readonly counted: readonly string[]
}

function compareProperty(expected: Node, actual: Node, name: string, { path, walk, counted }: Property): boolean {
  const [wanted, value] = [expected[name], actual[name]]
  if (isDiagnostics(name, expected)) return true
  if (counted.includes(name) && Array.isArray(wanted) && Array.isArray(value)) {
    return (
      wanted.length === value.length ||
      differ(walk, { path, kind: 'different', expected: `${wanted.length} items`, actual: `${value.length} items` })
    )
  }
  // A summary joins the texts of its issues with "; ", and these have no order.
  if (actual.name === 'message' && typeof wanted === 'string' && typeof value === 'string' && value.includes('; ')) {
    if (sorted(wanted) === sorted(value)) return true
  }
  return compare(wanted, value, path, walk)
}

function sorted(message: string): string {
  return message.split('; ').sort().join('; ')
}

function compareArrays(expected: readonly unknown[], actual: readonly unknown[], path: string, walk: Walk): boolean {
  const quick: Walk = { ...walk, found: undefined }
  const { missing, extra } = pairItems(expected, actual, {
    fits: (wanted, item) => compare(wanted, item, '', quick),
    first: (wanted) => !isOptional(wanted, walk.rules),
  })
  const required = missing.filter((index) => !isOptional(expected[index], walk.rules))
  const surplus = walk.rules.minimum ? [...extra] : extra.filter((index) => !isIgnorable(actual[index], walk))
  if (required.length === 0 && (walk.rules.minimum || surplus.length === 0)) return true
  if (!walk.found) return false
  explain({
    expected,
    actual,
    required,
    optional: missing.filter((index) => !required.includes(index)),
    surplus,
    path,
    walk,
  })
  return false
}

interface Unpaired {
  readonly expected: readonly unknown[]
  readonly actual: readonly unknown[]
  readonly required: readonly number[]
  readonly optional: readonly number[]
  readonly surplus: number[]
  readonly path: string
  readonly walk: Walk
}

/** What is missing is told against the surplus item most like it, so that a person sees the one wrong letter. */
function explain({ expected, actual, required, optional, surplus, path, walk }: Unpaired): void {
  for (const index of [...required, ...optional]) {
    const near = nearest(expected[index], surplus, actual, walk)
    const isRequired = required.includes(index)
    if (near && (isRequired ? near.alike || surplus.length === 1 : near.alike)) {
      surplus.splice(surplus.indexOf(near.index), 1)
      compare(expected[index], actual[near.index], `${path}[${near.index}]`, walk)
    } else if (isRequired) differ(walk, { path: `${path}[]`, kind: 'missing', expected: expected[index] })
  }
  if (walk.rules.minimum) return
  for (const index of surplus) differ(walk, { path: `${path}[${index}]`, kind: 'unexpected', actual: actual[index] })
}

interface Near {
  readonly index: number
  /** Both name the same thing: same name, code or url. */
  readonly alike: boolean
}

function nearest(wanted: unknown, among: readonly number[], actual: readonly unknown[], walk: Walk): Near | undefined {
  let best: (Near & { readonly distance: number }) | undefined
  for (const index of among) {
    const found: Difference[] = []
    compare(wanted, actual[index], '', { ...walk, found })
    const alike = labelOf(wanted) !== undefined && labelOf(wanted) === labelOf(actual[index])
    const distance = found.length + (alike ? 0 : 1000)
    if (!best || distance < best.distance) best = { index, alike, distance }
  }
  return best
}

function labelOf(item: unknown): unknown {
  if (!isNode(item)) return undefined
  return item.name ?? item.url ?? item.code ?? item.expression
}

/** `$optional$`: true, `!mode` (not needed but in that mode), `warning:…`, `version:4`, or a mode in which it may be absent. */
function isOptional(item: unknown, { modes, fhirVersion }: MatchRules): boolean {
  if (!isNode(item)) return false
  const word = item.$optional$
  if (typeof word !== 'string') return word === true
  if (word.startsWith('!')) return !modes.has(word.slice(1))
  if (word.startsWith('warning:')) return true
  if (word.startsWith('version:')) {
    return fhirVersion === undefined || fhirVersion.startsWith(word.slice('version:'.length))
  }
  return modes.has(word)
}

function allOptional(value: unknown, { rules }: Walk): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isOptional(item, rules))
}

/** Diagnostics are for people who repair the server; the tests do not look at them. */
function isDiagnostics(name: string, node: Node): boolean {
  return name === 'diagnostics' && 'severity' in node
}

/** `location` is deprecated: where it repeats `expression`, the tests have it or not without meaning anything by it. */
function isLocation(name: string, node: Node): boolean {
  return name === 'location' && 'severity' in node && JSON.stringify(node.location) === JSON.stringify(node.expression)
}

function mayBeAdded(name: string, value: unknown, owner: Node, walk: Walk): boolean {
  if (name === 'fhir_comments') return true
  if (typeof owner.resourceType === 'string' && (name === 'text' || name === 'meta')) return true
  if (isDiagnostics(name, owner)) return true
  return name === 'extension' && Array.isArray(value) && value.every((item) => isIgnorable(item, walk))
}

/** An extension that the tests do not handle, and an issue that only carries diagnostics. */
function isIgnorable(item: unknown, { rules, mentioned }: Walk): boolean {
  if (!isNode(item)) return false
  if ('diagnostics' in item && 'severity' in item && !('details' in item)) return true
  const { url } = item
  if (typeof url !== 'string' || !/^[a-z][a-z\d+.-]*:/i.test(url) || !isExtension(item)) return false
  return !mentioned.has(url) && !rules.handledExtensions?.has(url)
}

function isExtension(item: Node): boolean {
  return Object.keys(item).every(
    (name) => name === 'url' || name === 'id' || name === 'extension' || /^_?value[A-Z]/.test(name),
  )
}

function extensionsIn(expected: unknown, rules: MatchRules, into = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(expected)) for (const item of expected) extensionsIn(item, rules, into)
  else if (isNode(expected) && !isOptional(expected, rules)) {
    if (typeof expected.url === 'string' && isExtension(withoutWords(expected))) into.add(expected.url)
    for (const value of Object.values(expected)) extensionsIn(value, rules, into)
  }
  return into
}

function withoutWords(node: Node): Node {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !name.startsWith('$')))
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

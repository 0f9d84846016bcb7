/**
 * A FHIR document in the reader's language: the display of each coding that has a designation. The original coding follows,
 * marked `userSelected`, so that what the author chose stays. Codes and systems do not change.
 */
import type { Bundle, Coding } from 'fhir/r4'
import type { Conversion, Converter } from './conversion.ts'
import { europeanValueSets } from './european-systems.ts'
import { finding, shown } from './findings.ts'
import type { Tally } from './report.ts'

interface Walk {
  readonly converter: Converter
  readonly tally: Tally
}

interface Position {
  readonly path: string
  /** By its definition, e.g. `Condition.code`. */
  readonly element: string
}

/** Gives back the very bundle when nothing changes; what needs no change is shared with it. */
export function translateBundle(bundle: Bundle, converter: Converter, tally: Tally): Bundle {
  return visit(bundle, { path: 'Bundle', element: 'Bundle' }, { converter, tally })
}

function visit<T>(value: T, at: Position, walk: Walk): T
function visit(value: unknown, at: Position, walk: Walk): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => visit(item, { ...at, path: `${at.path}[${index}]` }, walk))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  const element = 'resourceType' in value ? String(value.resourceType) : at.element
  let changed: Record<string, unknown> | undefined
  for (const [key, child] of Object.entries(value)) {
    // Setting a field of this name would set the prototype instead.
    if (typeof child !== 'object' || child === null || key === '__proto__') continue
    const position = { path: `${at.path}.${key}`, element: `${element}.${key}` }
    const next = key === 'coding' && isCodings(child) ? translateCodings(child, at, walk) : visit(child, position, walk)
    if (next !== child) {
      changed ??= { ...value }
      changed[key] = next
    }
  }
  return changed ?? value
}

function isCodings(value: object): value is readonly Coding[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)
}

function translateCodings(codings: readonly Coding[], at: Position, walk: Walk): readonly Coding[] {
  const result: Coding[] = []
  let same = true
  for (const [index, coding] of codings.entries()) {
    if (isOriginal(coding, codings.slice(0, index))) {
      result.push(coding)
      continue
    }
    const words = wordsFor(coding, { ...at, path: `${at.path}.coding[${index}]` }, walk)
    if (words === undefined || words === coding.display) {
      result.push(coding)
      continue
    }
    same = false
    walk.tally.coverage.changed++
    const { userSelected, ...rest } = coding
    result.push({ ...rest, display: words })
    // A coding that had no words has nothing to keep.
    if (coding.display !== undefined || userSelected) result.push({ ...coding, userSelected: true })
  }
  return same ? codings : result
}

/** What an earlier translation has kept is not translated again. */
function isOriginal(coding: Coding, before: readonly Coding[]): boolean {
  return (
    coding.userSelected === true && before.some(({ system, code }) => system === coding.system && code === coding.code)
  )
}

function wordsFor({ system, code, version }: Coding, at: Position, { converter, tally }: Walk): string | undefined {
  tally.coverage.elements++
  if (typeof system !== 'string' || typeof code !== 'string') {
    tally.coverage.textOnly++
    return undefined
  }
  const value = { system, code, ...(typeof version === 'string' && { version }) }
  const conversion = converter.convert(value, europeanValueSets(at.element))
  count(conversion, tally)
  const where = { path: at.path, subject: shown(`${system} ${code}`) }
  for (const one of conversion.findings) tally.say({ ...one, ...where })
  if (!conversion.designation) tally.say(finding('TM', '2504', 'warning', where))
  return conversion.designation?.term
}

function count({ outcome, membership, european, designation, target }: Conversion, tally: Tally): void {
  tally.countOutcome(outcome)
  if (membership === 'not-member') tally.coverage.outsideValueSet++
  if (!european) tally.coverage.national++
  if (designation) tally.countLanguage(designation.language)
  else if (outcome === 'untranslated') tally.noDesignation(target.system, target.code)
}

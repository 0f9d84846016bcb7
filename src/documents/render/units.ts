/**
 * Units as a reader reads them. Metric symbols are the same in every language and are never spelt out or translated;
 * words of a source are kept and marked. UCUM annotations (`{INR}`, `{score}`) measure nothing and are not shown.
 */
import table from '../../../data/clinical/dose-units.json' with { type: 'json' }
import { type Node, text } from '../fhir/node.ts'
import { type Build, baseLanguage, designation, say, sourceWords } from './build.ts'
import type { Inline } from './summary-view.ts'

const UCUM = 'http://unitsofmeasure.org'

const METRIC = /^(?:da|[kdcmunpfhMGµ])?(?:g|[lL]|mol|m|Eq|eq|[oO]sm|Pa|J|kat|cal|Bq|Gy|Sv|W|Hz|V|A|U|K)$/
const ALONE = /^(?:%|s|h|min|kcal|rad|deg|pH|mmHg|bpm|BPM|°C)$/
const INTERNATIONAL = /^([munkM]?)(?:\[[iI]U\]|IU|UI)$/
const SUPERSCRIPT: Readonly<Record<string, string>> = {
  '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹',
} // biome-ignore format: a table
const NAMED: Readonly<Record<string, string>> = {
  'mm[Hg]': 'mmHg', Cel: '°C', '[degF]': '°F', '[pH]': 'pH', 'cm[H2O]': 'cmH₂O', '1.73_m2': '1,73 m²',
} // biome-ignore format: a table
const PERIODS = new Set(['d', 'wk', 'mo', 'a'])

function raised(digits: string): string {
  return [...digits].map((digit) => SUPERSCRIPT[digit] ?? digit).join('')
}

/** One factor of a unit as a symbol; undefined when it is not known to be the same for every reader. */
function factor(build: Build, code: string, below: boolean): string | undefined {
  const named = NAMED[code]
  if (named !== undefined) return named
  const power = /^10[*^](-?\d+)$/.exec(code)
  if (power) return `×10${raised(power[1] ?? '')}`
  if (PERIODS.has(code)) return below ? build.messages.text(`summary.unit.${code}`, { count: 1 }) : undefined
  if (ALONE.test(code)) return code
  const biological = INTERNATIONAL.exec(code)
  if (biological) return `${(biological[1] ?? '').replace('u', 'µ')}${build.messages.text('summary.unit.IU')}`
  const parts = /^(.*?)(-?[234])?$/.exec(code)
  const base = parts?.[1] ?? ''
  if (!METRIC.test(base)) return undefined
  const litre = base.endsWith('L') && base !== 'L' ? `${base.slice(0, -1)}l` : below && base === 'L' ? 'l' : base
  return `${litre.replace(/^u/, 'µ')}${raised(parts?.[2] ?? '')}`
}

/** `mL/min/{1.73_m2}` → `ml/min/1,73 m²`; '' for what only counts; undefined when it is not all symbols. */
function symbols(build: Build, code: string): string | undefined {
  const annotated = code.replace(/\{1[.,]73_?m2\}/, '1.73_m2')
  let out = ''
  let rest = annotated
  let below = false
  while (rest !== '') {
    const part = /^(?:1\.73_m2|[^/.{}]*(?:\{[^}]*\})?)/.exec(rest)?.[0] ?? rest
    const bare = part.replace(/\{[^}]*\}/g, '')
    // `{beats}/min` is 1/min; an annotation that names the thing counted would be lost, so words are asked for it.
    const symbol = bare === '' || bare === '1' ? '' : factor(build, bare, below)
    if (symbol === undefined) return undefined
    out += symbol
    const sign = rest[part.length]
    if (sign === '/' || sign === '.') out += sign === '/' ? '/' : '·'
    below = sign === '/' || (below && sign === '.')
    rest = rest.slice(part.length + 1)
    if (part === '' && sign === undefined) break
  }
  return out === '/' ? '' : out
}

const KNOWN = new WeakMap<Build, Map<string, string | undefined>>()

function symbolOf(build: Build, code: string): string | undefined {
  let known = KNOWN.get(build)
  if (!known) {
    known = new Map()
    KNOWN.set(build, known)
  }
  if (known.has(code)) return known.get(code)
  const found = symbols(build, code)
  known.set(code, found)
  return found
}

const DOSE_UNITS: ReadonlyMap<string, string> = new Map(
  table.units.flatMap(({ key, codes }) => codes.map((code) => [code, key] as const)),
)

/** `2 comprimés`: the word for what is counted, when one of the codes is known; the words bend with the number. */
export function countedUnit(build: Build, codes: readonly string[], count: string): Inline | undefined {
  for (const code of codes) {
    const key = DOSE_UNITS.get(code)
    if (key !== undefined) return say(build, `summary.doseUnit.${key}`, { count: Number(count) })
  }
  return undefined
}

const WORD = /\p{L}{3}/u

/** The unit of a quantity for the reader. `count`: the number before it, as written. */
export function unitWords(build: Build, quantity: Node, count = '2'): Inline | undefined {
  const code = text(quantity.code)
  const written = text(quantity.unit)
  const countable = code === undefined || code === '1'
  if (!countable) {
    const intake = countedUnit(build, [code], count)
    if (intake !== undefined) return intake
    if (PERIODS.has(code)) return say(build, `summary.unit.${code}`, { count: Number(count) })
    if (!code.startsWith('{')) {
      const symbol = symbolOf(build, code)
      if (symbol !== undefined) return symbol === '' ? undefined : symbol
    }
    const known = designation(build, text(quantity.system) ?? UCUM, code)
    if (known && baseLanguage(known.language) === baseLanguage(build.reader.language) && !silent(code))
      return known.term
    if (silent(code)) return undefined
  }
  if (written === undefined || written === '1') return countable ? undefined : { kind: 'literal', text: code }
  if (silent(written)) return undefined
  if (written.startsWith('{')) return sourceWords(build, written.replace(/[{}]/g, ''))
  const symbol = symbolOf(build, written)
  if (symbol !== undefined) return symbol === '' ? undefined : symbol
  return WORD.test(written) ? sourceWords(build, written) : written
}

/** Annotations for what has no dimension. */
function silent(code: string): boolean {
  return code === '{INR}' || code === '{score}' || code === '{nominal}' || code === '{ratio}' || code === '{index}'
}

/** UCUM units (`http://unitsofmeasure.org`), read by `@lhncbc/ucum-lhc`, which is loaded with the first unit. */
import { createRequire } from 'node:module'
import { isObject } from '../load/json.ts'
import type { CodeSystem, ConceptDesignation } from './code-system.ts'
import { createGrammarSystem, grammarFamily } from './grammar-system.ts'

const URL = 'http://unitsofmeasure.org'
/** Of the UCUM specification that the library follows. */
const VERSION = '2.2'

interface Unit {
  readonly magnitude: number
  readonly dimension: string
}

interface UnitReader {
  validate(code: string): { readonly valid: boolean; readonly name?: string; readonly message?: string }
  unit(code: string): Unit | undefined
  codes(): readonly string[]
}

/** Texts that go into the reader: longer ones are no units. */
const MOST_LENGTH = 200

function openReader(): UnitReader {
  const library: unknown = createRequire(import.meta.url)('@lhncbc/ucum-lhc')
  const part = (value: unknown, key: string): unknown =>
    typeof value === 'function' || isObject(value) ? Reflect.get(value as object, key) : undefined
  const call = (target: unknown, method: string, ...given: readonly unknown[]): unknown => {
    const found = part(target, method)
    return typeof found === 'function' ? Reflect.apply(found, target, given) : undefined
  }
  const reader = call(part(library, 'UcumLhcUtils'), 'getInstance')
  const tables = call(part(library, 'UnitTables'), 'getInstance')
  return {
    validate(code) {
      const result = call(reader, 'validateUnitString', code, false)
      if (!isObject(result)) return { valid: false }
      const valid = result.status === 'valid' && result.ucumCode === code
      const name = isObject(result.unit) && typeof result.unit.name === 'string' ? result.unit.name : undefined
      const [message] = Array.isArray(result.msg) ? result.msg : []
      return {
        valid,
        ...(name !== undefined && { name }),
        ...(typeof message === 'string' && { message: message.replace(/<[^>]*>/g, '') }),
      }
    },
    unit(code) {
      const result = call(reader, 'getSpecifiedUnit', code, 'validate')
      const unit = isObject(result) ? result.unit : undefined
      const magnitude = part(unit, 'magnitude_')
      const vector = part(part(unit, 'dim_'), 'dimVec_')
      if (typeof magnitude !== 'number') return undefined
      return { magnitude, dimension: Array.isArray(vector) ? vector.join(',') : '' }
    },
    codes() {
      const codes = part(tables, 'unitCodes_')
      return isObject(codes) ? Object.keys(codes) : []
    },
  }
}

const KEPT = 5_000

function createUcum(): CodeSystem {
  const reader = openReader()
  const kept = new Map<string, ReturnType<UnitReader['validate']>>()
  const validate = (code: string) => {
    const known = kept.get(code)
    if (known) return known
    const made = code.length > MOST_LENGTH ? { valid: false, message: 'Too long for a unit.' } : reader.validate(code)
    if (kept.size >= KEPT) kept.clear()
    kept.set(code, made)
    return made
  }
  return createGrammarSystem({
    identity: {
      url: URL,
      version: VERSION,
      name: 'UCUM',
      title: 'Unified Code for Units of Measure (UCUM)',
      status: 'active',
      content: 'complete',
      caseSensitive: true,
      compositional: true,
      language: 'en',
      properties: [],
      supplements: [],
    },
    read(code) {
      const { valid, message } = validate(code)
      return valid ? { code } : { code: undefined, ...(message !== undefined && { reason: message }) }
    },
    words(code) {
      const { name } = validate(code)
      const words: ConceptDesignation[] = [{ value: code, isDisplay: true, language: 'en' }]
      if (name !== undefined && name !== '' && name !== code) words.push({ value: name, language: 'en' })
      return words
    },
    filter({ property, op, value }) {
      if (property !== 'canonical' || op !== '=') return undefined
      const wanted = reader.unit(value)
      return (code) => wanted !== undefined && reader.unit(code)?.dimension === wanted.dimension
    },
    codes: () => reader.codes(),
    open: true,
  })
}

export const ucumFamily = () => grammarFamily(URL, VERSION, createUcum)

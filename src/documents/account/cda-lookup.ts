/** Is a fact of the source among the literals of the model? Dates, numbers, systems and names are normalised first. */
import type { Terminology } from '#terminology/terminology.ts'
import type { FactKind } from './cda-facts.ts'
import type { Literals } from './cda-model.ts'

export type Lookup = (literals: Literals, kind: FactKind, value: string, system: string | undefined) => boolean

/** What a model says that denies: one of these stands wherever a source says `negationInd="true"`. */
const NEGATIONS = ['not-done', 'not-taken', 'refuted', 'negationInd', 'no-known-allergies', '716186003', '160244002']

export function createLookup(terminology: Terminology): Lookup {
  const systems = new Map<string, string>()
  const canonical = (oid: string): string => {
    const known = systems.get(oid)
    if (known !== undefined) return known
    const system = terminology.canonicalSystem(oid)
    systems.set(oid, system)
    return system
  }
  return (literals, kind, value, system) => {
    switch (kind) {
      case 'code':
        // Units of quantities keep the OID of their system.
        if (system !== undefined) {
          return literals.codes.has(`${canonical(system)}|${value}`) || literals.codes.has(`urn:oid:${system}|${value}`)
        }
        return literals.texts.has(value)
      case 'text':
      case 'number':
        return literals.texts.has(value) || literals.numbers.has(Number(value))
      case 'date':
        return literals.texts.has(value) || literals.texts.has(isoOf(value))
      case 'identifier':
        return literals.texts.has(value) || identifierForms(value).some((form) => literals.texts.has(form))
      case 'null':
        return literals.texts.has(value)
      case 'negation':
        return NEGATIONS.some((negation) => literals.texts.has(negation))
      case 'dangling':
        return false
    }
  }
}

const STAMP = /^(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})?(\d{2})?(\.\d+)?)?([+-]\d{2}:?\d{0,2}|Z)?$/

/** The FHIR form that says the same as a v3 time stamp; empty when there is none. */
function isoOf(stamp: string): string {
  const found = STAMP.exec(stamp)
  if (found === null) return ''
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', zone] = found
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (hour === undefined) return zone === undefined ? date : ''
  if (zone === undefined) return ''
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '').padEnd(2, '0')}`
  return `${date}T${hour}:${minute}:${second}${fraction}${offset}`
}

function identifierForms(value: string): readonly string[] {
  return [value.replace(/^[a-z]+:\s*/i, ''), `urn:oid:${value}`, `urn:uuid:${value.toLowerCase()}`]
}

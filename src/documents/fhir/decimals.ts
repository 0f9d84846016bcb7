/**
 * Keeps the digits of decimals. FHIR R4 §2.24.0.1: the precision of a decimal is significant; `5.50` is not `5.5`. JSON
 * numbers cannot say that, so the standard extension quantity-precision does, on the field itself.
 */
import type { MutableNode } from './bundle.ts'
import { isNode, nodes } from './node.ts'

export const PRECISION_EXTENSION = 'http://hl7.org/fhir/StructureDefinition/quantity-precision'

/** Adds the precision to each field whose literal has more digits than its number shows; gives back what still differs. */
export function keepDigits(decimals: ReadonlyMap<object, ReadonlyMap<string, string>>): ReadonlyMap<object, string> {
  const inexact = new Map<object, string>()
  for (const [parent, fields] of decimals) {
    if (!isNode(parent)) continue
    const mutable: MutableNode = parent
    for (const [field, literal] of fields) {
      const value = mutable[field]
      if (typeof value !== 'number') continue
      const digits = /^-?\d+\.(\d+)$/.exec(literal)?.[1]?.length
      if (digits !== undefined && digits <= 20 && value.toFixed(digits) === literal) {
        const shadow = mutable[`_${field}`]
        const own = isNode(shadow) ? shadow : {}
        mutable[`_${field}`] = {
          ...own,
          extension: [...nodes(own.extension), { url: PRECISION_EXTENSION, valueInteger: digits }],
        }
      } else if (Number(literal) !== value || /\d{16}/.test(literal.replace('.', ''))) inexact.set(parent, literal)
    }
  }
  return inexact
}

/** The digits with which a number of a resource was written. */
export function writtenDigits(parent: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = parent[field]
  if (typeof value !== 'number') return typeof value === 'string' ? value : undefined
  const shadow = parent[`_${field}`]
  if (isNode(shadow)) {
    for (const extension of nodes(shadow.extension)) {
      if (extension.url === PRECISION_EXTENSION && typeof extension.valueInteger === 'number') {
        return value.toFixed(Math.min(20, Math.max(0, extension.valueInteger)))
      }
    }
  }
  return String(value)
}

/** Whole numbers and truth values → INT and BL (V3 data types §1.12.1, §1.2). Documents from outside may have words there. */
import { element, type Piece } from '../element.ts'
import { fits } from '../schema/simple-types.ts'

/** A whole number; undefined when the value is none. */
export function whole(name: string, held: unknown, xsiType?: string): Piece | undefined {
  if (typeof held !== 'number' || !fits('int', String(held))) return undefined
  return element(name, { 'xsi:type': xsiType, value: String(held) })
}

/** Yes or no; undefined when the value is neither. */
export function truth(name: string, held: unknown, xsiType?: string): Piece | undefined {
  return typeof held === 'boolean' ? element(name, { 'xsi:type': xsiType, value: String(held) }) : undefined
}

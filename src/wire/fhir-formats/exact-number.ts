/**
 * Decimals whose digits a JavaScript number would change (`1.50`, 20 digits): FHIR says that precision is significant
 * (R4 §2.24.0.1, decimal). It counts as a number and is written as it came.
 */
export class ExactNumber extends Number {
  readonly text: string

  constructor(text: string) {
    super(text)
    this.text = text
  }

  toJSON(): unknown {
    return rawJson(this.text)
  }

  override toString(): string {
    return this.text
  }
}

/** Part of the language since ES2026; the types of the compiler do not have it yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON

/** A plain number where it is enough. */
export function numberOf(text: string): number | ExactNumber {
  const plain = Number(text)
  return String(plain) === text ? plain : new ExactNumber(text)
}

/** `JSON.parse` that keeps the digits of numbers; as quick as the plain one when there is nothing to keep. */
export function parseKeepingDigits(text: string): unknown {
  if (!MAY_LOSE.test(text)) return JSON.parse(text)
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: Source) => unknown,
  ) => unknown
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? numberOf(source) : value,
  )
}

interface Source {
  /** The text of a primitive value. */
  readonly source?: string
}

/** A number that ends in zero after its point, has an exponent, or has more digits than a number holds. */
const MAY_LOSE = /[:[,]\s*-?(?:\d+\.\d*0\s*[,}\]]|\d[\d.]*[eE]|[\d.]{16,}|-?0\s*\.0)/

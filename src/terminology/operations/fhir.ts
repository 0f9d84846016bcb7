/** The shapes of FHIR R5 JSON that the operations read and write. Only what is used; everything else is carried along. */

export type JsonObject = { readonly [key: string]: unknown }

/** A resource of any type. */
export interface Resource {
  readonly resourceType: string
  readonly id?: string
  readonly [key: string]: unknown
}

export interface Coding {
  readonly system?: string
  readonly version?: string
  readonly code?: string
  readonly display?: string
  readonly [key: string]: unknown
}

export interface CodeableConcept {
  readonly coding?: readonly Coding[]
  readonly text?: string
  readonly [key: string]: unknown
}

/** One entry of a Parameters resource: `value[x]`, `resource` or `part`. */
export interface Parameter {
  readonly name: string
  readonly resource?: Resource
  readonly part?: readonly Parameter[]
  readonly [key: string]: unknown
}

export interface Parameters extends Resource {
  readonly resourceType: 'Parameters'
  readonly parameter?: readonly Parameter[]
}

/** A property of a concept: exactly one of the FHIR types, named as in JSON (`valueCode`, `valueBoolean`, …). */
export interface FhirProperty {
  readonly code: string
  readonly type:
    | 'valueCode'
    | 'valueCoding'
    | 'valueString'
    | 'valueInteger'
    | 'valueBoolean'
    | 'valueDateTime'
    | 'valueDecimal'
  readonly value: unknown
  /** For people: the display of the concept that a code points to. */
  readonly description?: string
  readonly subproperty?: readonly FhirProperty[]
}

/** Parsed form of `canonical|version`. */
export interface Canonical {
  readonly url: string
  readonly version?: string
}

export function canonicalOf(text: string): Canonical {
  const bar = text.indexOf('|')
  if (bar < 0) return { url: text }
  const version = text.slice(bar + 1)
  return version === '' ? { url: text.slice(0, bar) } : { url: text.slice(0, bar), version }
}

export function canonicalText(url: string, version: string | undefined): string {
  return version === undefined || version === '' ? url : `${url}|${version}`
}

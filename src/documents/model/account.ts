/**
 * The account: what became of every statement of a source document ("nothing lost"). It is computed by walking the
 * source independently of the reader and looking each statement up in the model; it is never asserted by the reader.
 */

/** One fact of the source that the model does not hold. */
export interface NotCarried {
  /** Where in the source: XPath with positions for CDA, FHIRPath-like for FHIR. */
  readonly path: string
  /** The fact itself, literally as the source has it. */
  readonly what: string
  readonly why: string
}

/** A code for which no designation exists in the reader's language. */
export interface Untranslated {
  readonly code: string
  /** Canonical FHIR system URL. */
  readonly system: string
  /** The words of the source, shown instead. */
  readonly original: string
  readonly path?: string
}

/** One clinical statement of the source and its fate. */
export interface Statement {
  readonly path: string
  /** `coded`: the model holds its code; `text`: only words; `not-carried`: see notCarried. */
  readonly fate: 'coded' | 'text' | 'not-carried'
  /** Full URL of the resource that carries it. */
  readonly resource?: string
}

export interface Account {
  readonly statements: readonly Statement[]
  readonly notCarried: readonly NotCarried[]
}

/** The machine-readable report of one document (`tessera convert --report`). */
export interface AccountReport {
  readonly statements: number
  readonly coded: number
  readonly text: number
  readonly notCarried: readonly NotCarried[]
  readonly untranslated: readonly Untranslated[]
}

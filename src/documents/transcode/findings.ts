/**
 * What is said about a transformation. OpenNCP's two families use the same numbers for different things, so a code is only
 * known with its family: `TM` 4501 is a null document, `TSAM` 4501 an unknown code system.
 */
import texts from '../../../data/coded-elements/findings.json' with { type: 'json' }

export type Family = 'TM' | 'TSAM' | 'TESSERA'

/** `note`: worth knowing, and no reason to call the result less than a success. */
export type Severity = 'error' | 'warning' | 'note'

export interface Finding {
  readonly family: Family
  /** A number of OpenNCP, or a word of Tessera's own. */
  readonly code: string
  readonly severity: Severity
  readonly sentence: string
  /** Where in the document: XPath-like for CDA, FHIRPath-like for FHIR. */
  readonly path?: string
  readonly line?: number
  /** What it is about, as the document writes it: a code, a system. Never personal data. */
  readonly subject?: string
}

export type Status = 'SUCCESS' | 'WARNING' | 'ERROR'

const TEXTS: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  TM: texts.TM,
  TSAM: texts.TSAM,
  TESSERA: texts.TESSERA,
}

type Where = Pick<Finding, 'path' | 'line' | 'subject'>

/** Throws on a code that the table does not have: a mistake of the program. */
export function finding(family: Family, code: string, severity: Severity, where: Where = {}): Finding {
  const sentence = TEXTS[family][code]
  if (sentence === undefined) throw new Error(`there is no finding ${family} ${code}`)
  return { family, code, severity, sentence, ...where }
}

/** As much of a subject as helps a person find it; a hostile code has any length. */
export function shown(subject: string): string {
  return subject.length > 200 ? `${subject.slice(0, 200)}…` : subject
}

export function statusOf(findings: readonly Finding[]): Status {
  if (findings.some(({ severity }) => severity === 'error')) return 'ERROR'
  return findings.some(({ severity }) => severity === 'warning') ? 'WARNING' : 'SUCCESS'
}

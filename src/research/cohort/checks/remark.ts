/** What a check says: codes with parameters, no words. */
import type { DomainName, Limit } from '../definition.ts'
import type { Fault } from '../faults.ts'
import type { Part } from '../walk.ts'

/** `error`: the cohort cannot run. `warning`: probably not what is meant. `information`: worth knowing. */
export type Severity = 'error' | 'warning' | 'information'

type Nothing = Readonly<Record<string, never>>
type Named = { readonly name: string }

/** Events of a domain in a part of the definition. */
export interface InPart {
  readonly domain: DomainName
  readonly part: Part
}

/** Every kind of remark, and what it is about. */
export interface RemarkParameters {
  readonly unfinished: { readonly fault: Fault }
  readonly 'without-effect': { readonly fault: Fault }
  readonly 'member-unknown': Nothing
  readonly 'concept-set-unused': Named
  readonly 'concept-set-empty': Named
  readonly 'concept-set-duplicate': { readonly name: string; readonly other: string }
  readonly 'concept-set-undefined': { readonly id: number }
  /** Domains of the vocabulary. */
  readonly 'concept-set-of-other-domain': {
    readonly name: string
    readonly found: readonly string[]
    readonly expected: readonly string[]
  }
  readonly 'no-concept-set': InPart
  readonly 'record-type-open': InPart
  readonly 'criteria-alike': InPart & { readonly other: Part }
  readonly 'criteria-contradict': InPart & { readonly other: Part }
  readonly 'range-reversed': Nothing
  readonly 'range-negative': Nothing
  readonly 'window-days-negative': Nothing
  readonly 'window-reversed': InPart
  readonly 'window-beyond-observation': InPart
  /** Days after the index event on which most others begin. */
  readonly 'window-unlike-others': InPart & { readonly usual: number }
  readonly 'drug-era-without-window': InPart
  readonly 'death-before-index': InPart
  readonly 'at-least-zero': InPart
  readonly 'rule-empty': Named
  readonly 'limits-widen': { readonly earlier: Limit; readonly later: Limit }
  readonly 'no-exit': Nothing
  readonly 'exit-on-start-day': Nothing
  readonly 'drug-not-in-exit': Named
  readonly 'set-read-as-gender': { readonly attribute: string }
  readonly 'end-date-reads-start': Nothing
  readonly 'gap-reads-length': Nothing
  readonly 'date-adjustment-ignored': { readonly domain: DomainName }
}

export type RemarkCode = keyof RemarkParameters

export interface Remark<Code extends RemarkCode = RemarkCode> {
  readonly code: Code
  readonly severity: Severity
  /** Place in the JSON. */
  readonly path: string
  readonly parameters: RemarkParameters[Code]
}

export function remark<Code extends RemarkCode>(
  severity: Severity,
  code: Code,
  path: string,
  parameters: RemarkParameters[Code],
): Remark<Code> {
  return { code, severity, path, parameters }
}

/** What became of the coded elements of one document. */
import type { LanguageTag } from '#terminology/terminology.ts'
import type { Direction, Outcome } from './conversion.ts'
import { type Finding, type Status, statusOf } from './findings.ts'

export interface Coverage {
  /** Coded elements that were looked at. */
  elements: number
  /** Transcode: national codes that got a European one; of these, with a target that says less. */
  mapped: number
  widened: number
  /** European codes that were there already. */
  pivot: number
  /** National codes that stay because no mapping may be used. */
  unmapped: number
  /** Elements with a designation in a wished language; without one. */
  translated: number
  untranslated: number
  /** Codes, or systems, that are not known here. */
  unknown: number
  outsideValueSet: number
  /** National codes where European ones are expected. */
  national: number
  nullFlavor: number
  /** Words of the author instead of a code. */
  textOnly: number
  /** Elements that the conversion changed. */
  changed: number
}

export interface CodeCount {
  readonly system: string
  readonly code: string
  readonly times: number
}

export interface TransformationReport {
  readonly direction: Direction
  readonly status: Status
  /** e.g. `PS3`; absent when all elements were converted, or for FHIR. */
  readonly documentKind?: string
  /** `id version` of the list of coded elements, or `all`. */
  readonly codedElements: string
  /** The languages asked for, in order. */
  readonly languages: readonly LanguageTag[]
  /** Of the designations that were used: how many are of which language. */
  readonly languagesUsed: Readonly<Record<LanguageTag, number>>
  readonly coverage: Readonly<Coverage>
  /** Known codes without a designation in a wished language. */
  readonly withoutDesignation: readonly CodeCount[]
  readonly units: { readonly seen: number; readonly outsideValueSet: number }
  /** The author's own words are not translated; this is how much they say. */
  readonly narrative: {
    readonly language?: string
    readonly sections: number
    readonly characters: number
    readonly withoutEntries: number
  }
  /** At most 10,000; the status knows them all. */
  readonly findings: readonly Finding[]
  readonly findingsLeftOut: number
}

/** Bounds what a hostile document of millions of elements can make us remember. */
const MAX_LISTED = 10_000

/** Gathers while a document is converted. */
export interface Tally {
  readonly coverage: Coverage
  say(finding: Finding): void
  readonly units: { seen: number; outsideValueSet: number }
  countOutcome(outcome: Outcome): void
  countLanguage(language: LanguageTag): void
  noDesignation(system: string, code: string): void
  report(
    rest: Pick<TransformationReport, 'direction' | 'codedElements' | 'languages' | 'narrative' | 'documentKind'>,
  ): TransformationReport
}

const NOTHING: Coverage = {
  elements: 0,
  mapped: 0,
  widened: 0,
  pivot: 0,
  unmapped: 0,
  translated: 0,
  untranslated: 0,
  unknown: 0,
  outsideValueSet: 0,
  national: 0,
  nullFlavor: 0,
  textOnly: 0,
  changed: 0,
}

export function createTally(): Tally {
  const coverage: Coverage = { ...NOTHING }
  const findings: Finding[] = []
  let leftOut = 0
  let status: Status = 'SUCCESS'
  const units = { seen: 0, outsideValueSet: 0 }
  const languages = new Map<LanguageTag, number>()
  const without = new Map<string, CodeCount>()
  return {
    coverage,
    units,
    say(finding) {
      if (status !== 'ERROR' && finding.severity !== 'note') status = statusOf([finding])
      if (findings.length < MAX_LISTED) findings.push(finding)
      else leftOut++
    },
    countOutcome(outcome) {
      coverage[outcome]++
      if (outcome === 'widened') coverage.mapped++
    },
    countLanguage: (language) => languages.set(language, (languages.get(language) ?? 0) + 1),
    noDesignation(system, code) {
      const key = `${system} ${code}`
      if (without.size < MAX_LISTED || without.has(key))
        without.set(key, { system, code, times: (without.get(key)?.times ?? 0) + 1 })
    },
    report: (rest) => ({
      ...rest,
      status,
      languagesUsed: Object.fromEntries(languages),
      coverage: { ...coverage },
      withoutDesignation: [...without.values()],
      units: { ...units },
      findings: [...findings],
      findingsLeftOut: leftOut,
    }),
  }
}

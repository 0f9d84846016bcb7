/**
 * What can be computed of the data quality and utility label (EHDS Art. 78(3)): group (b), technical quality, from checks that were run;
 * what the release itself says for (a) and (d). What only people can say stays open, and is never filled in by the program.
 */

import { countOf, type DuckDatabase } from '../release/duckdb.ts'
import type { OpenRelease } from '../release/open.ts'
import { type CheckResult, type Dimension, LABEL_RULES } from './checks.ts'
import { runQualityChecks } from './run.ts'

export interface DimensionScore {
  readonly checks: number
  readonly passed: number
  /** Those that failed, the worst first. */
  readonly failed: readonly CheckResult[]
}

export interface QualityLabel {
  readonly format: 1
  /** Version of the rules by which checks speak for qualities. */
  readonly rules: string
  readonly dataset: string
  readonly release: string
  /** ISO 8601 day. */
  readonly checked: string
  /** Art. 78(3)(a), as far as the release says it. */
  readonly documentation: { readonly model: string; readonly vocabularyVersion?: string }
  /** Art. 78(3)(b). */
  readonly technicalQuality: Readonly<Record<Dimension, DimensionScore>> & { readonly timeliness: Timeliness }
  /** Art. 78(3)(d), as far as data say it. */
  readonly coverage: Coverage
  /** Groups that the data holder states: management (c), access and provision (e), modifications (f). */
  readonly statedByHolder: readonly ['c', 'e', 'f']
  readonly notApplicable: number
}

export interface Timeliness {
  /** Last day of observation; absent: the release has no period of observation. */
  readonly lastDay?: string
  /** From the last day of observation to the making of the release. */
  readonly daysBehind?: number
}

export interface Coverage {
  readonly persons: number
  readonly observedFrom?: string
  readonly observedTo?: string
  /** Median of the days that a person is observed. */
  readonly medianDaysObserved?: number
  /** Rows that came and were not loaded, in percent. */
  readonly rejectedPercent: number
}

/** @param asOf day of the check, ISO 8601 */
export async function computeLabel(release: OpenRelease, asOf: string): Promise<QualityLabel> {
  const { metadata, database } = release
  const { results, notApplicable } = await runQualityChecks(database, asOf)
  return {
    format: 1,
    rules: LABEL_RULES.version,
    dataset: metadata.dataset,
    release: metadata.release,
    checked: asOf,
    documentation: {
      model: `OMOP CDM ${metadata.cdmVersion}`,
      ...(metadata.vocabularyVersion === undefined ? {} : { vocabularyVersion: metadata.vocabularyVersion }),
    },
    technicalQuality: {
      completeness: scoreOf('completeness', results),
      uniqueness: scoreOf('uniqueness', results),
      accuracy: scoreOf('accuracy', results),
      validity: scoreOf('validity', results),
      consistency: scoreOf('consistency', results),
      timeliness: timelinessOf(metadata.observedTo, metadata.created),
    },
    coverage: await coverageOf(release, database),
    statedByHolder: ['c', 'e', 'f'],
    notApplicable,
  }
}

/** Pure. */
export function scoreOf(dimension: Dimension, results: readonly CheckResult[]): DimensionScore {
  const names: readonly string[] = LABEL_RULES.dimensions[dimension]
  const own = results.filter(({ check }) => names.includes(check))
  const failed = own.filter(({ outcome }) => outcome === 'failed')
  const share = ({ violated, rows }: CheckResult) => violated / rows
  return {
    checks: own.length,
    passed: own.length - failed.length,
    failed: failed.sort((left, right) => share(right) - share(left)),
  }
}

const DAY = 86_400_000

function timelinessOf(lastDay: string | undefined, created: string): Timeliness {
  if (lastDay === undefined) return {}
  return { lastDay, daysBehind: Math.floor((Date.parse(created) - Date.parse(lastDay)) / DAY) }
}

async function coverageOf({ metadata }: OpenRelease, database: DuckDatabase): Promise<Coverage> {
  const [row] = await database.rows(
    `SELECT median(days) AS days FROM (SELECT sum(observation_period_end_date - observation_period_start_date + 1) AS days
      FROM observation_period GROUP BY person_id)`,
  )
  const rows = metadata.sources.reduce((sum, source) => sum + source.rows, 0)
  const rejected = metadata.sources.reduce((sum, source) => sum + source.rejected, 0)
  return {
    persons: metadata.persons,
    ...(metadata.observedFrom === undefined ? {} : { observedFrom: metadata.observedFrom }),
    ...(metadata.observedTo === undefined ? {} : { observedTo: metadata.observedTo }),
    ...(row?.days == null ? {} : { medianDaysObserved: countOf(row, 'days') }),
    rejectedPercent: rows === 0 ? 0 : (100 * rejected) / rows,
  }
}

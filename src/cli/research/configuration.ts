/** The configuration of a node that takes part in HealthData@EU, as the options of a command name it. */
import type { CountryConfiguration } from '#node/configuration.ts'
import type { ResearchSettings } from '#node/research/settings.ts'
import { describeProblem, failed, ok, type Problem, type Result } from '#platform/result/result.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export interface NodeOptions {
  readonly node: string
  readonly config?: string
}

export interface ResearchConfiguration {
  readonly configuration: CountryConfiguration
  readonly settings: ResearchSettings
}

export async function researchConfiguration(options: NodeOptions): Promise<Result<ResearchConfiguration>> {
  const read = await countryConfiguration(options)
  if (!read.ok) return read
  const { research: settings } = read.value
  if (settings) return ok({ configuration: read.value, settings })
  const next = 'Add `research` to its configuration, or name another node.'
  return failed('no-research', 'This node takes no part in HealthData@EU.', next)
}

export function tell(problem: Problem): number {
  console.error(describeProblem(problem))
  return EXIT.failed
}

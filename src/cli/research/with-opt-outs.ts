/** The register of opt-outs for one command, also while the node runs: its database and ledger. Whom the Union trusts does not matter here. */
import { openStores, type Stores } from '#node/stores.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { openChoiceStore } from '#research/omop/current/choice-store.ts'
import { readPerson } from '#research/omop/opt-outs/choice.ts'
import { type OptOutActor, type OptOutRegister, openOptOutRegister } from '#research/omop/opt-outs/register.ts'
import type { ResearchNode } from '#research/permits/research-event.ts'
import type { OptOutOptions } from '../commands/research-opt-outs.ts'
import { researchConfiguration, tell } from './configuration.ts'

export interface OpenOptOuts {
  readonly stores: Pick<Stores, 'database' | 'ledger'>
  readonly body: ResearchNode
  /** Whether a dataset of this name is held here, or was once. */
  readonly holds: (dataset: string) => Promise<boolean>
  readonly register: OptOutRegister
  readonly by: OptOutActor
}

/** Runs the work and closes everything; a problem becomes one sentence and exit code 1. */
export async function withOptOuts(
  options: OptOutOptions,
  work: (open: OpenOptOuts) => Promise<number>,
): Promise<number> {
  const by = options.by === undefined ? undefined : readPerson(options.by)
  if (by && !by.ok) return tell({ ...by.problem, place: { path: '--by' } })
  const read = await researchConfiguration(options)
  if (!read.ok) return tell(read.problem)
  const { configuration, settings } = read.value
  const body = { ...settings.body, country: configuration.country }
  try {
    const { database, ledger } = await openStores(configuration)
    try {
      const register = openOptOutRegister(database, { ledger, body })
      const actor = { through: 'command', ...(by ? { person: by.value } : {}) } as const
      const holds = async (dataset: string): Promise<boolean> =>
        settings.datasets.some(({ id }) => id === dataset) ||
        (await openChoiceStore(database, ledger).datasets()).includes(dataset)
      return await work({ stores: { database, ledger }, body, holds, register, by: actor })
    } finally {
      await database.close()
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return tell(error.problem)
  }
}

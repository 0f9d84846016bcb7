/** What the attacker sees of a node: he asks, and gets numbers or a refusal. Beside the real control, one without the ledger. */
import type { AnswerLedger } from '../../ledger/answer-ledger.ts'
import { type Exposure, emptyExposure } from '../../ledger/exposure.ts'
import { cellKeyMaker, triangularVariance } from '../../noise.ts'
import { type ReleaseContext, releaseTable } from '../../release.ts'
import type { DisclosureRules } from '../../rules.ts'
import { complement, perturb, release, suppress, usualPerturbation } from '../../stages.ts'
import type { ExactTable, ReleasedTable, ReleaseEvidence } from '../../table.ts'
import { exactOf, SECRET } from '../tables.ts'

export interface System {
  /** Nothing: refused. */
  ask(table: ExactTable, permit: string): Promise<ReleasedTable | undefined>
  readonly asked: () => number
  readonly answered: () => number
  /** Of the error of an answered count. */
  readonly errorVariance: number
}

/** The control as it is, for one applicant; how often he is refused has no limit here, which only helps the attacker. */
export function controlled(rules: DisclosureRules): System {
  const scope = { dataset: 'attacked', applicant: 'attacker', rules, secret: SECRET, ledger: ledgerInMemory() }
  return counting(rules, async (table, permit) => {
    const context: ReleaseContext = { ...scope, permit }
    const answer = await releaseTable(table, context)
    return answer.ok ? answer.value : undefined
  })
}

/** The same suppression and the same noise, and no memory of earlier answers: what nodes do today. */
export function forgetful(rules: DisclosureRules): System {
  const cellKey = cellKeyMaker(SECRET, 'attacked')
  return counting(rules, async (table) => {
    const suppressed = suppress(exactOf(table), { rules, cellKey, admit: () => 'new', reviewed: false })
    const complemented = suppressed.ok ? complement(suppressed.value) : suppressed
    if (!complemented.ok) return undefined
    return release(
      perturb(complemented.value, usualPerturbation(rules, cellKey)),
      () => ({ format: 1 }) as ReleaseEvidence,
    )
  })
}

function counting({ perturbation }: DisclosureRules, ask: System['ask']): System {
  let [asked, answered] = [0, 0]
  return {
    ask: async (table, permit) => {
      asked += 1
      const answer = await ask(table, permit)
      if (answer) answered += 1
      return answer
    },
    asked: () => asked,
    answered: () => answered,
    errorVariance:
      perturbation.kind === 'round'
        ? Math.max((perturbation.base ** 2 - 1) / 12, 0.01)
        : triangularVariance(perturbation.spread),
  }
}

/** The ledger without its database, which has tests of its own. */
function ledgerInMemory(): AnswerLedger {
  const exposure: Exposure = emptyExposure(1e7)
  return {
    decide: async (_scope, _refusals, work) => {
      const before = exposure.rank()
      const { result, told } = work(exposure)
      if (result.ok && told === 'all-admitted') return result
      exposure.truncate(before)
      if (result.ok && told !== 'all-admitted') for (const persons of told) exposure.restore(persons)
      return result
    },
    forgiveRefusals: async () => {},
  }
}

/** The ledger commands: open a node's ledger, verify it, or show its last entries without personal details. */
import { join } from 'node:path'
import { type CountryConfiguration, readConfiguration } from '#node/configuration.ts'
import { openStores } from '#node/stores.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem, failed, type Result } from '#platform/result/result.ts'
import type { Ledger, LedgerEntry } from '#trust/ledger/ledger.ts'
import type { LedgerOptions } from '../commands/ledger.ts'
import { EXIT } from '../program.ts'
import { startProgress } from '../progress.ts'
import { tesseraHome } from '../project.ts'

export async function verifyLedgerOf(options: LedgerOptions): Promise<number> {
  return withLedger(options, async (ledger) => {
    let shown: ReturnType<typeof startProgress> | undefined
    const result = await ledger.verify((checked, entries) => {
      shown ??= startProgress(entries)
      shown.at(checked)
    })
    shown?.done()
    if (options.json) console.log(JSON.stringify(result))
    else if (result.intact) console.log(`The ledger is intact: ${result.entries} entries, head ${result.head}.`)
    else
      console.error(
        `The ledger is not intact: entry ${result.firstBad} of ${result.entries} (${result.reason}). Stop the node, keep the database as it is, and find out who changed it.`,
      )
    return result.intact ? EXIT.fine : EXIT.failed
  })
}

export async function listLedgerOf(options: LedgerOptions): Promise<number> {
  return withLedger(options, async (ledger) => {
    const entries = await ledger.list({ limit: Math.max(1, Number(options.limit) || 20) })
    if (options.json) console.log(JSON.stringify(entries, null, 2))
    else for (const entry of entries) console.log(describe(entry))
    return EXIT.fine
  })
}

function describe({ sequence, recorded, event }: LedgerEntry): string {
  const what =
    event.subtype?.map((coding) => coding.display ?? coding.code).join(', ') ||
    (event.type.display ?? event.type.code ?? '')
  const who = event.agent.find((agent) => agent.requestor)?.who
  return `${String(sequence).padStart(6)}  ${recorded}  outcome ${event.outcome ?? '0'}  ${what}  ${who?.display ?? who?.identifier?.value ?? ''}`
}

async function withLedger(options: LedgerOptions, work: (ledger: Ledger) => Promise<number>): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) {
    console.error(describeProblem(configuration.problem))
    return EXIT.failed
  }
  try {
    const stores = await openStores(configuration.value)
    try {
      return await work(stores.ledger)
    } finally {
      await stores.database.close()
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    console.error(describeProblem(error.problem))
    return EXIT.failed
  }
}

/** The configuration that the options name; only countries have a ledger. */
export async function countryConfiguration(options: {
  readonly node: string
  readonly config?: string
}): Promise<Result<CountryConfiguration>> {
  const file = options.config ?? join(tesseraHome(), options.node.toLowerCase(), 'node.json')
  const configuration = await readConfiguration(file)
  if (!configuration.ok) return configuration
  if (configuration.value.role === 'country') return { ok: true, value: configuration.value }
  return failed('no-ledger', 'This node has no ledger.', 'Name the node of a country.', { file })
}

/** The ledgers of both sides after the nodes have stopped: whole, and with every submission that was settled. */
import { comparableId } from '#care/country-a/dispensation-id.ts'
import type { CountryConfiguration } from '#node/configuration.ts'
import { openStores, type Stores } from '#node/stores.ts'

export async function ledgerViolations(
  configuration: CountryConfiguration,
  submissionIds: readonly string[],
): Promise<readonly string[]> {
  const stores = await openStores(configuration)
  try {
    const verified = await stores.ledger.verify()
    const named = await everySubmission(stores.ledger)
    const { country } = configuration
    return [
      ...(verified.intact ? [] : [`the ledger of ${country} is not intact`]),
      ...submissionIds.filter((id) => !named.has(comparableId(id))).map((id) => `the ledger of ${country} lacks ${id}`),
    ]
  } finally {
    await stores.database.close()
  }
}

const PAGE = 500

/** Ids of submissions are OIDs below 2.25 on both wires, whatever else an event says. */
async function everySubmission(ledger: Stores['ledger']): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  let before: number | undefined
  for (;;) {
    const page = await ledger.list({ limit: PAGE, ...(before === undefined ? {} : { before }) })
    for (const { event } of page) for (const [id] of JSON.stringify(event).matchAll(/2\.25\.\d+/g)) found.add(id)
    before = page.at(-1)?.sequence
    if (page.length < PAGE) return found
  }
}

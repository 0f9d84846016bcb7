/** `tessera ledger`: reads and verifies the ledger of a node, also while the node runs. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface LedgerOptions {
  readonly node: string
  readonly config?: string
  readonly json?: boolean
  readonly limit?: string
}

export function addLedger(program: Command): void {
  const ledger = program.command('ledger').description('Read and verify the ledger of accesses.')
  const withNode = (command: Command): Command =>
    command
      .option('--node <name>', 'a node of the demonstration: fr, pt, ee, gr', 'fr')
      .option('--config <file>', 'configuration of another node')
      .option('--json', 'print JSON')
  const verify = withNode(
    ledger.command('verify').description('Check every entry: nothing altered, missing or cut off.'),
  ).action(async (options: LedgerOptions) => {
    const { verifyLedgerOf } = await import('../ledger/ledger.ts')
    process.exitCode = await verifyLedgerOf(options)
  })
  examples(
    verify,
    ['tessera ledger verify --node pt', 'tessera ledger verify --config /etc/tessera/pt.json --json'],
    `${EXIT.fine} intact, ${EXIT.failed} not intact or not readable, ${EXIT.usage} wrong usage`,
  )
  const list = withNode(ledger.command('list').description('Show the last entries, newest first.'))
    .option('--limit <number>', 'how many', '20')
    .action(async (options: LedgerOptions) => {
      const { listLedgerOf } = await import('../ledger/ledger.ts')
      process.exitCode = await listLedgerOf(options)
    })
  examples(list, ['tessera ledger list --node pt --limit 5', 'tessera ledger list --node fr --json'])
}

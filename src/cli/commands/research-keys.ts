/** `tessera research keys`: the keys of a health data access body, and the entry that its country registers. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'
import { withNode } from './research-questions.ts'

export interface KeysOptions {
  readonly node: string
  readonly config?: string
  readonly json?: boolean
}

export function addKeys(research: Command): void {
  const command = withNode(research.command('keys'))
    .description(
      'Make the keys of the health data access body where there are none, and print the entry to be registered: public keys, days, certificate. Keys that are there are never changed.',
    )
    .action(async (options: KeysOptions) => {
      const { keysOf } = await import('../research/keys.ts')
      process.exitCode = await keysOf(options)
    })
  examples(
    command,
    [
      'tessera research keys --config /etc/tessera/pt.json',
      'tessera research keys --config /etc/tessera/pt.json --json > party.json',
      'tessera research keys --node pt',
    ],
    `${EXIT.fine} the keys are there, ${EXIT.failed} they cannot be made or read (why is said), ${EXIT.usage} wrong usage`,
  )
}

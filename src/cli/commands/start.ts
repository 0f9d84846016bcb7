/** `tessera start`: one node, in the foreground. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description('Run one node from its configuration file.')
    .requiredOption('--config <file>', 'configuration of the node (JSON)')
    .action(async (options: { readonly config: string }) => {
      const { runNode } = await import('../run-node.ts')
      process.exitCode = await runNode(options.config)
    })
  examples(
    command,
    ['tessera start --config /etc/tessera/fr.json'],
    `${EXIT.fine} stopped on request, ${EXIT.failed} could not start, ${EXIT.usage} wrong usage`,
  )
}

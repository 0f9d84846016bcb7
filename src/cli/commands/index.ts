/** One line for each command that exists. */
import type { Command } from 'commander'
import { addConvert } from './convert.ts'
import { addDemo } from './demo.ts'
import { addLedger } from './ledger.ts'
import { addStart } from './start.ts'

export function addCommands(program: Command): void {
  addDemo(program)
  addStart(program)
  addConvert(program)
  addLedger(program)
}

/** One line for each command that exists. */
import type { Command } from 'commander'
import { addConvert } from './convert.ts'

export function addCommands(program: Command): void {
  addConvert(program)
}

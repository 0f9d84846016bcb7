/** One line for each command that exists. */
import type { Command } from 'commander'
import { addAudit } from './audit.ts'
import { addConvert } from './convert.ts'
import { addDemo } from './demo.ts'
import { addFetch } from './fetch.ts'
import { addLedger } from './ledger.ts'
import { addPackages } from './packages.ts'
import { addPeer } from './peer.ts'
import { addResearch } from './research.ts'
import { addStart } from './start.ts'
import { addTerminology } from './terminology.ts'
import { addValidate } from './validate.ts'

export function addCommands(program: Command): void {
  addDemo(program)
  addStart(program)
  addFetch(program)
  addConvert(program)
  addValidate(program)
  addPackages(program)
  addTerminology(program)
  addLedger(program)
  addPeer(program)
  addAudit(program)
  addResearch(program)
}

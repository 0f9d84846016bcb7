/** `tessera terminology`: code systems, value sets, maps and translations, from their import to the moment they are served. */
import type { Command } from 'commander'
import { addCoverage } from '../terminology/coverage-command.ts'
import { registerEditCommands } from '../terminology/edit.ts'
import { addImport } from '../terminology/import-command.ts'
import { addList } from '../terminology/list-command.ts'
import { registerReleaseCommands } from '../terminology/release.ts'
import { addServe } from '../terminology/serve-command.ts'
import { addSync } from '../terminology/sync-command.ts'
import { addTranscode } from '../terminology/transcode.ts'
import { addTranslate } from '../terminology/translate.ts'

export function addTerminology(program: Command): void {
  const terminology = program
    .command('terminology')
    .description('Code systems, value sets, maps and translations: import, compare, publish, serve.')
  addImport(terminology)
  addSync(terminology)
  addServe(terminology)
  addList(terminology)
  addCoverage(terminology)
  registerReleaseCommands(terminology)
  registerEditCommands(terminology)
  addTranscode(terminology)
  addTranslate(terminology)
}

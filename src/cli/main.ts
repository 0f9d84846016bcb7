import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { addCommands } from './commands/index.ts'
import { buildProgram, EXIT } from './program.ts'
import { tesseraHome } from './project.ts'

enableCompileCache(join(tesseraHome(), 'cache', 'code'))

const program = buildProgram()
addCommands(program)
try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.fine : EXIT.usage
  else if (error instanceof Error && 'code' in error && error.code === 'EPIPE') process.exitCode = EXIT.fine
  else {
    console.error(`Tessera met a fault of its own: ${error instanceof Error ? error.message : String(error)}`)
    if (process.env.TESSERA_DEBUG && error instanceof Error) console.error(error.stack)
    process.exitCode = EXIT.failed
  }
}

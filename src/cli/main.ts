import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { addCommands } from './commands/index.ts'
import { buildProgram, EXIT } from './program.ts'
import { tesseraHome } from './project.ts'

makeHome(tesseraHome())
enableCompileCache(join(tesseraHome(), 'cache', 'code'))

// Whoever reads may stop reading (`| head`): that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.fine)
  throw error
})

const program = buildProgram()
addCommands(program)
try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.fine : EXIT.usage
  else {
    console.error(`Tessera met a fault of its own: ${error instanceof Error ? error.message : String(error)}`)
    if (process.env.TESSERA_DEBUG && error instanceof Error) console.error(error.stack)
    process.exitCode = EXIT.failed
  }
}

/** The home holds keys, so it is nobody else's, whichever command makes it first. */
function makeHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
  } catch {
    // Commands that keep nothing work without a home; the others say what they cannot write.
  }
}

/** The list of commands. Each command loads its code only when it runs, so that `--help` is quick. */
import { Command } from 'commander'
import { VERSION } from './project.ts'

/** Exit codes of every command. */
export const EXIT = { fine: 0, failed: 1, usage: 2 } as const

export function buildProgram(): Command {
  const program = new Command('tessera')
    .description('A node of the European Health Data Space.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'explain a command')
    .helpCommand(false)
    .showHelpAfterError('Run the command with --help to see what it takes.')
    .exitOverride()
  return program
}

/** Adds examples and exit codes below a command's help. */
export function examples(
  command: Command,
  lines: readonly string[],
  exitCodes = '0 fine, 1 failed, 2 wrong usage',
): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}\n\nExit codes: ${exitCodes}.`,
  )
}

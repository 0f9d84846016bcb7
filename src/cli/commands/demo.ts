/** `tessera demo` (`npm start`): Europe on one machine. */
import { type Command, InvalidArgumentError } from 'commander'
import { EXIT, examples } from '../program.ts'

/** The lowest port that leaves room for the others above it. */
function basePort(value: string): number {
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_500)
    throw new InvalidArgumentError('Give a port between 1 and 65500.')
  return port
}

function numberOfPersons(value: string): number {
  const persons = Number(value)
  if (!Number.isInteger(persons) || persons < 1) throw new InvalidArgumentError('Give a whole number from 1.')
  return persons
}

export interface DemoOptions {
  readonly port: number
  readonly json?: boolean
  /** `--no-research` leaves HealthData@EU out. */
  readonly research: boolean
  readonly persons: number
}

export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .description(
      'Run Europe on one machine: four countries, the Union’s central services and a test identity provider.',
    )
    .option('--port <number>', 'port of the French portal; the others follow', basePort, 4000)
    .option('--json', 'print what runs where as JSON instead of a table')
    .option('--persons <number>', 'in the dataset of each country, made in the background', numberOfPersons, 20_000)
    .option('--no-research', 'without HealthData@EU: no health data access bodies, no datasets')
    .action(async (options: DemoOptions) => {
      const { demo } = await import('../demo/demo.ts')
      process.exitCode = await demo(options)
    })
  examples(
    command,
    ['tessera demo', 'tessera demo --port 5000', 'npm start -- --persons 5000'],
    `${EXIT.fine} stopped with Ctrl-C, ${EXIT.failed} could not start, ${EXIT.usage} wrong usage`,
  )
}

/** `tessera research run` and `federate`: questions under permits, to one dataset or to the nodes of several countries. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, examples } from '../program.ts'

/** EHDS Art. 53(1). */
export const PURPOSES = ['a', 'b', 'c', 'd', 'e', 'f'] as const
type Purpose = (typeof PURPOSES)[number]

export interface RunOptions {
  readonly node: string
  readonly config?: string
  readonly permit: string
  readonly as: string
  readonly purpose: Purpose
  readonly dataset?: string
  readonly name?: string
  readonly json?: boolean
}

export interface FederateOptions {
  readonly node: string
  readonly config?: string
  readonly permit?: readonly string[]
  readonly as?: string
  readonly purpose?: Purpose
  readonly secure?: boolean
  readonly wait: number
  readonly task?: string
  readonly json?: boolean
}

export function addRun(research: Command): void {
  const command = withNode(research.command('run'))
    .argument('<question>', 'a question as JSON; a cohort in it may be the path of a file with a Circe definition')
    .description('Ask a dataset that is held at this node, under a permit: the released answer, and nothing else.')
    .requiredOption('--permit <number>', 'a permit that this body has given')
    .requiredOption('--as <person>', 'who asks, as the permit names the person: system|value')
    .addOption(new Option('--purpose <letter>', 'of Art. 53(1)').choices(PURPOSES).makeOptionMandatory())
    .option('--dataset <id>', 'which dataset; the first one of the node when absent')
    .option('--name <text>', 'names the answer: asked again under it, the same is told')
    .action(async (file: string, options: RunOptions) => {
      const { runLocally } = await import('../research/run.ts')
      process.exitCode = await runLocally(file, options)
    })
  examples(
    command,
    [
      'tessera research run data/demo/research/questions/side-by-side.json --node pt --permit permit-7 --as "urn:demo|ada" --purpose e',
      'tessera research run data/demo/research/questions/how-many.json --node pt --permit permit-7 --as "urn:demo|ada" --purpose e',
    ],
    `${EXIT.fine} answered, ${EXIT.failed} refused (why is said, and stands in the ledger), ${EXIT.usage} wrong usage`,
  )
}

export function addFederate(research: Command): void {
  const command = withNode(research.command('federate'))
    .argument('[question]', 'a question as JSON, as for `run`')
    .description('Ask the nodes of several countries from the body where the application was submitted.')
    .option('--permit <country:number...>', 'the permit of each country that is asked, e.g. PT:permit-7', permits)
    .option('--as <person>', 'who asks, as the permits name the person: system|value')
    .addOption(new Option('--purpose <letter>', 'of Art. 53(1)').choices(PURPOSES))
    .option('--secure', 'counts are added up so that this body reads totals only')
    .option('--wait <seconds>', 'patience; nodes may answer later', seconds, 60)
    .option('--task <id>', 'look at what came of an earlier question')
    .action(async (file: string | undefined, options: FederateOptions) => {
      const { federate } = await import('../research/federate.ts')
      process.exitCode = await federate(file, options)
    })
  examples(
    command,
    [
      'tessera research federate data/demo/research/questions/how-many.json --node fr --permit FR:permit-1 PT:permit-7 --as "urn:demo|ada" --purpose e',
      'tessera research federate data/demo/research/questions/what-explains-delay.json --node fr --permit FR:permit-1 PT:permit-7 --as "urn:demo|ada" --purpose e',
      'tessera research federate --node fr --task 5f2b1a52-54a8-4b9c-9a3d-0f6f0c7a1e11',
    ],
    `${EXIT.fine} all have answered, ${EXIT.failed} some have refused or not answered yet (each is named), ${EXIT.usage} wrong usage`,
  )
}

export function withNode(command: Command): Command {
  return command
    .option('--node <name>', 'a node of the demonstration: fr, pt, ee, gr', 'fr')
    .option('--config <file>', 'configuration of another node')
    .option('--json', 'print JSON')
}

function permits(value: string, before: readonly string[] = []): readonly string[] {
  if (!/^[A-Z]{2}:./.test(value)) throw new InvalidArgumentError('Write country and number, as in PT:permit-7.')
  return [...before, value]
}

function seconds(value: string): number {
  const number = Number(value)
  if (!Number.isFinite(number) || number < 0) throw new InvalidArgumentError('Give a number of seconds.')
  return number
}

/** `tessera terminology release`: what an authority does with terminology between an import and the moment it is served. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, examples } from '../program.ts'

/** Where the centre is, for every command of it. */
export interface CentreOptions {
  readonly home?: string
  readonly node: string
  readonly database?: string
  readonly config?: string
  readonly json?: boolean
}

export interface StepOptions extends CentreOptions {
  readonly by: string
  readonly note?: string
}

export interface StageOptions extends StepOptions {
  readonly title?: string
  readonly replace?: boolean
}

export interface PublishOptions extends StepOptions {
  readonly samePerson?: boolean
  readonly over?: boolean
}

export interface DiffOptions extends CentreOptions {
  readonly limit: number
  readonly documents?: string | false
}

export interface PullOptions {
  readonly home?: string
  readonly json?: boolean
  readonly release?: number
  readonly fetchOnly?: boolean
  readonly rolledBack?: boolean
  readonly tokenFile?: string
}

const CODES = `${EXIT.fine} done, ${EXIT.failed} refused or not possible (the reason is told), ${EXIT.usage} wrong usage`

/** @param terminology the command `tessera terminology` */
export function registerReleaseCommands(terminology: Command): void {
  const release = terminology
    .command('release')
    .description('Stage, compare, approve, publish and roll back what is served; pull it from an authority.')
  addStage(release)
  addDiff(release)
  addSteps(release)
  addHistory(release)
  addPull(release)
}

function addStage(release: Command): void {
  const command = withStep(release.command('stage'))
    .description('Put artifacts forward as a release, the first with precedence.')
    .argument('<artifact...>', 'ids as `tessera terminology import --stage` prints them')
    .option('--title <text>', 'what the release is called')
    .option('--replace', 'only these artifacts; otherwise what is served comes after them')
    .action(async (artifacts: string[], options: StageOptions) => {
      const { stage } = await import('./release-actions.ts')
      process.exitCode = await stage(artifacts, options)
    })
  examples(
    command,
    [
      'tessera terminology release stage loinc-2.82-0f3c9a1b2c3d4e5f --by "Ana Costa" --title "LOINC 2.82"',
      'tessera terminology release stage map-1a2b3c4d5e6f7081 words-8192a3b4c5d6e7f8 --replace --by "Ana Costa"',
    ],
    CODES,
  )
}

function addDiff(release: Command): void {
  const command = withCentre(release.command('diff'))
    .description('Show what changes: concepts, words, value sets, maps, and documents that would say something else.')
    .argument('[to]', 'number of a release; default: the newest that is staged or approved', number)
    .argument('[from]', 'number of a release; default: what is served', number)
    .option('--limit <n>', 'items shown of each list', number, 20)
    .option('--documents <folder>', 'documents whose meaning is compared; default: those of the demonstration')
    .option('--no-documents', 'compare no documents')
    .action(async (to: number | undefined, from: number | undefined, options: DiffOptions) => {
      const { diff } = await import('./release-actions.ts')
      process.exitCode = await diff(to, from, options)
    })
  examples(
    command,
    ['tessera terminology release diff', 'tessera terminology release diff 4 3 --limit 100 --json'],
    `${EXIT.fine} compared, ${EXIT.failed} not possible, ${EXIT.usage} wrong usage`,
  )
}

function addSteps(release: Command): void {
  const approve = withStep(release.command('approve'))
    .description('Approve a staged release: by another person than the one who staged it.')
    .argument('<number>', 'the release', number)
    .option('--same-person', 'one person may stage and approve')
    .action(async (of: number, options: StepOptions & { readonly samePerson?: boolean }) => {
      const { step } = await import('./release-actions.ts')
      process.exitCode = await step('approve', of, options)
    })
  examples(
    approve,
    ['tessera terminology release approve 4 --by "Bea Lund" --note "Compared with the catalogue."'],
    CODES,
  )
  const reject = withStep(release.command('reject'))
    .description('Reject a staged or approved release, with the reason.')
    .argument('<number>', 'the release', number)
    .action(async (of: number, options: StepOptions) => {
      const { step } = await import('./release-actions.ts')
      process.exitCode = await step('reject', of, options)
    })
  examples(reject, ['tessera terminology release reject 4 --by "Bea Lund" --note "The map has lost targets."'], CODES)
  const publish = withStep(release.command('publish'))
    .description('Serve an approved release, in one step.')
    .argument('<number>', 'the release', number)
    .option('--over', 'although something else is served than when it was staged')
    .action(async (of: number, options: PublishOptions) => {
      const { step } = await import('./release-actions.ts')
      process.exitCode = await step('publish', of, options)
    })
  examples(publish, ['tessera terminology release publish 4 --by "Ana Costa"'], CODES)
  const rollback = withStep(release.command('rollback'))
    .description('Serve a release again that was published before, with the reason.')
    .argument('<number>', 'the release to go back to', number)
    .action(async (to: number, options: StepOptions) => {
      const { step } = await import('./release-actions.ts')
      process.exitCode = await step('rollback', to, options)
    })
  examples(
    rollback,
    ['tessera terminology release rollback 3 --by "Bea Lund" --note "Wrong targets in release 4."'],
    CODES,
  )
}

function addHistory(release: Command): void {
  const command = withCentre(release.command('history'))
    .description('Show the releases, or every step of one: who, when, why.')
    .argument('[number]', 'the release', number)
    .action(async (of: number | undefined, options: CentreOptions) => {
      const { history } = await import('./release-actions.ts')
      process.exitCode = await history(of, options)
    })
  examples(command, ['tessera terminology release history', 'tessera terminology release history 4 --json'], CODES)
}

function addPull(release: Command): void {
  const command = release
    .command('pull')
    .description('Fetch a release from an authority and serve it; what is here already is not fetched again.')
    .argument('<address>', 'where the authority offers its releases')
    .option('--release <n>', 'number of the release; default: the one that is served there', number)
    .option('--fetch-only', 'do not serve it, e.g. to stage it here')
    .option('--rolled-back', 'also a release that the authority has taken back')
    .option('--token-file <file>', 'file with the token that the authority gave to this subscriber')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--json', 'print JSON')
    .action(async (address: string, options: PullOptions) => {
      const { pull } = await import('./release-actions.ts')
      process.exitCode = await pull(address, options)
    })
  examples(
    command,
    [
      'tessera terminology release pull https://terminology.example.eu/releases',
      'tessera terminology release pull https://terminology.example.eu/releases --release 4 --fetch-only --json',
    ],
    `${EXIT.fine} pulled, ${EXIT.failed} not possible (what has arrived is kept for the next time), ${EXIT.usage} wrong usage`,
  )
}

export function withCentre(command: Command): Command {
  return command
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--node <name>', 'whose releases', 'authority')
    .option('--database <url>', 'sqlite:PATH or postgres://…; default: a file in the home folder')
    .addOption(new Option('--config <file>', 'configuration of a node: its country and database').conflicts('database'))
    .option('--json', 'print JSON')
}

export function withStep(command: Command): Command {
  return withCentre(command).requiredOption('--by <name>', 'who does it').option('--note <text>', 'why')
}

export function number(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

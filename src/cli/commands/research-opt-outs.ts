/** `tessera research opt-outs`: choices about secondary use are recorded, and persons of a dataset become known to the register (EHDS Art. 71). */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'
import { withNode } from './research-questions.ts'

export interface OptOutOptions {
  readonly node: string
  readonly config?: string
  readonly by?: string
  readonly json?: boolean
}

export interface ChooseOptions extends OptOutOptions {
  readonly at?: string
}

export interface PersonsOptions extends OptOutOptions {
  readonly dataset: string
}

const PERSON = 'the person: system|value, as in urn:oid:1.2.3|123456'

export function addOptOuts(research: Command): void {
  const optOuts = research
    .command('opt-outs')
    .description(
      'The register of who opted out from secondary use (EHDS Art. 71): at any time, without a reason, reversible.',
    )
  addChoose(optOuts, 'add', 'Record that a person opted out. Permits that are approved from then on leave him out.')
  addChoose(optOuts, 'withdraw', 'Record that a person took an opt-out back.')
  addShow(optOuts)
  addImport(optOuts)
  addPersons(optOuts)
}

function withActor(command: Command): Command {
  return withNode(command).option('--by <person>', 'who records it, as the ledger will name the person: system|value')
}

function addChoose(optOuts: Command, name: 'add' | 'withdraw', description: string): void {
  const command = withActor(optOuts.command(name))
    .argument('<person>', PERSON)
    .description(description)
    .option('--at <time>', 'when the person chose so, with its zone; now when absent')
    .action(async (person: string, options: ChooseOptions) => {
      const { chooseOptOut } = await import('../research/opt-outs.ts')
      process.exitCode = await chooseOptOut(person, name === 'add' ? 'out' : 'in', options)
    })
  examples(
    command,
    [
      `tessera research opt-outs ${name} "urn:oid:1.2.3|123456" --config /etc/tessera/pt.json`,
      `tessera research opt-outs ${name} "urn:oid:1.2.3|123456" --at 2029-03-26T12:00:00Z --by "urn:staff|7" --config /etc/tessera/pt.json`,
    ],
    `${EXIT.fine} the register says so now, ${EXIT.failed} it does not (why is said), ${EXIT.usage} wrong usage`,
  )
}

function addShow(optOuts: Command): void {
  const command = withActor(optOuts.command('show'))
    .argument('<person>', PERSON)
    .description('Show what is recorded about one person. That somebody looked stands in the ledger.')
    .action(async (person: string, options: OptOutOptions) => {
      const { showOptOuts } = await import('../research/opt-outs.ts')
      process.exitCode = await showOptOuts(person, options)
    })
  examples(command, ['tessera research opt-outs show "urn:oid:1.2.3|123456" --config /etc/tessera/pt.json'])
}

function addImport(optOuts: Command): void {
  const command = withActor(optOuts.command('import'))
    .argument('<file>', 'CSV with the columns person (system|value), at (ISO 8601 with zone), what (out or in)')
    .description(
      'Take choices over from a national register, in any order of rows. The same file again changes nothing; wrong rows are named by line and reason, the others are recorded.',
    )
    .action(async (file: string, options: OptOutOptions) => {
      const { importOptOuts } = await import('../research/opt-outs.ts')
      process.exitCode = await importOptOuts(file, options)
    })
  examples(
    command,
    ['tessera research opt-outs import choices.csv --config /etc/tessera/pt.json --json'],
    `${EXIT.fine} every row was taken, ${EXIT.failed} some were wrong (each is named; the others were taken), ${EXIT.usage} wrong usage`,
  )
}

function addPersons(optOuts: Command): void {
  const command = withActor(optOuts.command('persons'))
    .argument('<file>', 'CSV with the columns person_id (number in the dataset), identity (system|value)')
    .description(
      'Say which person of an OMOP dataset is who, so that opt-outs find him. All of the file is written, or nothing.',
    )
    .requiredOption('--dataset <id>', 'the dataset, as the catalogue and permits name it')
    .action(async (file: string, options: PersonsOptions) => {
      const { matchPersonsOf } = await import('../research/opt-outs.ts')
      process.exitCode = await matchPersonsOf(file, options)
    })
  examples(
    command,
    [
      'tessera research opt-outs persons who.csv --dataset https://data.example.pt/registry --config /etc/tessera/pt.json',
    ],
    `${EXIT.fine} written, ${EXIT.failed} nothing was written (why is said, line by line), ${EXIT.usage} wrong usage`,
  )
}

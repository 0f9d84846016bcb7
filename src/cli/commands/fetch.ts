/** `tessera fetch`: what clinical software does, against a running node: sign in, find, state why, read. */
import { type Command, Option } from 'commander'
import { EXIT, examples } from '../program.ts'
import { FORMS, type Form } from './convert.ts'

export interface FetchOptions {
  readonly country: string
  readonly patient: string
  readonly birthDate?: string
  readonly answer?: readonly string[]
  readonly type: 'patient-summary'
  readonly lang: string
  readonly to: Form
  readonly as: string
  readonly exercise: string
  readonly emergency?: string
  readonly node: string
  readonly config?: string
  readonly out?: string
  readonly report?: string
}

export function addFetch(program: Command): void {
  const command = program
    .command('fetch')
    .description(
      'Fetch a document of a patient from another country through a running node, as clinical software does.',
    )
    .requiredOption('--country <code>', 'country of the patient, e.g. PT')
    .requiredOption('--patient <id>', 'the identifier that the country’s search mask asks for first')
    .option('--birth-date <date>', 'date of birth, 1958-04-12, where the mask asks for it')
    .option('--answer <name=value...>', 'further answers of the mask, by field name')
    .addOption(new Option('--type <type>', 'what to fetch').choices(['patient-summary']).default('patient-summary'))
    .option('--lang <tag>', 'language of the reader', 'en')
    .addOption(new Option('--to <form>', 'what to write').choices(FORMS).default('text'))
    .requiredOption('--as <login>', 'the professional who asks')
    .option('--exercise <number>', 'which of the professional’s exercises, counted from 1', '1')
    .option('--emergency <reason>', 'ask as an emergency, for this reason')
    .option('--node <name>', 'the node of the demonstration that asks', 'fr')
    .option('--config <file>', 'configuration of another node')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--report <file>', 'write the account as JSON')
    .action(async (options: FetchOptions) => {
      const { fetchDocument } = await import('../fetch/fetch.ts')
      process.exitCode = await fetchDocument(options)
    })
  examples(
    command,
    [
      'tessera fetch --country PT --patient 298123456 --lang fr --as claire.martin',
      'tessera fetch --country EE --patient 49503129993 --to fhir --as claire.martin --out kadri.json',
      'tessera fetch --country GR --patient 12076499982 --birth-date 1964-07-12 --emergency "unconscious" --as karim.haddad',
    ],
    `${EXIT.fine} fine, ${EXIT.failed} refused or not reachable (the reason is named), ${EXIT.usage} wrong usage`,
  )
}

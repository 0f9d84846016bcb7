/** `tessera validate`: FHIR resources against R4 and the European profiles. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface ValidateOptions {
  readonly profile?: readonly string[]
  readonly json?: boolean
  readonly all?: boolean
}

export function addValidate(program: Command): void {
  const command = program
    .command('validate')
    .argument('<in>', 'a FHIR file (JSON), `-` for standard input, or a folder')
    .description('Check FHIR resources against R4, the profiles they claim and those you name.')
    .option('--profile <url...>', 'a profile that the resource must conform to')
    .option('--all', 'also show warnings and information')
    .option('--json', 'print OperationOutcomes as JSON lines')
    .action(async (input: string, options: ValidateOptions) => {
      const { validateInput } = await import('../validate/validate.ts')
      process.exitCode = await validateInput(input, options)
    })
  examples(
    command,
    [
      'tessera validate summary.json',
      'tessera validate summary.json --profile http://hl7.eu/fhir/eps/StructureDefinition/bundle-eu-eps',
      'tessera convert summary.xml --to fhir | tessera validate - --all',
    ],
    `${EXIT.fine} no errors, ${EXIT.failed} errors found or input not readable, ${EXIT.usage} wrong usage`,
  )
}

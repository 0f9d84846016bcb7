/** `tessera terminology translate`: the coded elements of a document in the reader’s language. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, examples } from '../program.ts'
import type { TransformOptions } from './transform.ts'

export function addTranslate(terminology: Command): void {
  const command = terminology
    .command('translate')
    .argument('<in>', 'a CDA or FHIR document, or `-` for standard input')
    .description('Put the coded elements of a document into the language of the reader; the original stays beside.')
    .requiredOption(
      '--lang <tags>',
      'languages in order of wish, e.g. fr-BE,nl; English only when it is named',
      languages,
    )
    .option('--elements <list>', '`all`, `myhealth-eu`, or a file of coded elements', 'all')
    .option('--out <path>', 'file to write; standard output when absent')
    .addOption(new Option('--to <path>').hideHelp())
    .option('--report <path>', 'write what became of each coded element as JSON')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .action(async (input: string, { to, ...options }: TransformOptions & { readonly to?: string }) => {
      const { transform } = await import('./transform.ts')
      process.exitCode = await transform('translate', input, to === undefined ? options : { out: to, ...options })
    })
  examples(
    command,
    [
      'tessera terminology translate pivot.xml --lang fr-BE,nl --out french.xml --report report.json',
      'tessera terminology translate summary.json --lang el',
    ],
    `${EXIT.fine} done, ${EXIT.failed} no document, or a required element could not be done (the report says which), ${EXIT.usage} wrong usage`,
  )
}

function languages(text: string): readonly string[] {
  const tags = text.split(',').map((tag) => tag.trim().replaceAll('_', '-'))
  for (const tag of tags) {
    try {
      new Intl.Locale(tag)
    } catch {
      throw new InvalidArgumentError(`“${tag}” is not a language tag. Write it as in BCP 47, e.g. fr, fr-BE, el.`)
    }
  }
  return tags
}

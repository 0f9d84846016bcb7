/** `tessera terminology serve`: what it takes. */
import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface ServeCommandOptions {
  readonly port: number
  readonly host: string
  readonly threads: number
  readonly home?: string
  readonly baseUrl?: string
  readonly flat?: boolean
  readonly origin?: readonly string[]
  readonly node: string
  readonly database?: string
  readonly offerReleases?: boolean
  readonly releaseTokens?: string
  readonly json?: boolean
}

export function addServe(terminology: Command): void {
  const command = terminology
    .command('serve')
    .description('Run the terminology server: FHIR at /fhir/r4 and /fhir/r5, pages at /terminology, state at /health.')
    .option('--port <n>', 'port to listen on; 0 lets the system choose', wholeNumber(0, 65_535), 4080)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--threads <n>', 'threads that answer', wholeNumber(1, 64), Math.min(4, availableParallelism()))
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--base-url <url>', 'address as clients see it, when it stands behind a proxy', address)
    .option('--flat', 'a list instead of a hierarchy wherever the request speaks of nesting')
    .option('--origin <origin...>', 'web origins whose pages may call from a browser; all when absent')
    .option(
      '--offer-releases',
      'offer published releases to subscribers at /releases; licensed content only with tokens',
    )
    .option('--release-tokens <file>', 'bearer tokens of subscribers, one a line; then nobody else is given anything')
    .option('--node <name>', 'whose releases the pages tell of', 'authority')
    .option('--database <url>', 'where the release centre keeps its records; default: a file in the home folder')
    .option('--json', 'print the address as JSON when ready')
    .action(async (options: ServeCommandOptions) => {
      const { serve } = await import('./serve.ts')
      process.exitCode = await serve(options)
    })
  examples(
    command,
    [
      'tessera terminology serve --port 4080',
      'tessera terminology serve --host 0.0.0.0 --threads 8 --base-url https://tx.example.org',
      'tessera terminology serve --offer-releases --release-tokens subscribers.txt',
      "curl 'http://127.0.0.1:4080/fhir/r4/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender'",
    ],
    `${EXIT.fine} stopped on request, ${EXIT.failed} could not start, ${EXIT.usage} wrong usage`,
  )
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

function address(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text
  throw new InvalidArgumentError('It must be an http or https address.')
}

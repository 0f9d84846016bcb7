/** `tessera peer`: the countries that a node exchanges with, beside or instead of the Union's directory. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface PeerOptions {
  readonly node: string
  readonly config?: string
  readonly json?: boolean
}

export interface PeerEntryOptions extends PeerOptions {
  readonly oid: string
  readonly certificate: readonly string[]
  readonly seal?: readonly string[]
  readonly services?: readonly string[]
  readonly fhir?: string
  readonly ihe?: string
  readonly smp?: string
  readonly profile?: string
  readonly mask?: string
  readonly by: string
}

export interface PublishOptions extends PeerOptions {
  readonly smp: string
}

export function addPeer(program: Command): void {
  const peer = program.command('peer').description('The countries that a node exchanges with.')
  addEntry(peer)
  const remove = withNode(peer.command('remove <country>').description('Take a country off the own list.')).action(
    async (country: string, options: PeerOptions) => {
      const { removePeerOf } = await import('../peer/edit.ts')
      process.exitCode = await removePeerOf(country, options)
    },
  )
  examples(remove, ['tessera peer remove DK --node fr'])
  const test = withNode(
    peer.command('test [country...]').description('Connect to each endpoint; no patient is asked about.'),
  ).action(async (countries: readonly string[], options: PeerOptions) => {
    const { testPeersOf } = await import('../peer/show.ts')
    process.exitCode = await testPeersOf(countries, options)
  })
  examples(
    test,
    ['tessera peer test --node fr', 'tessera peer test PT EE --node fr --json'],
    `${EXIT.fine} all answer, ${EXIT.failed} one does not, ${EXIT.usage} wrong usage`,
  )
  const list = withNode(
    peer.command('list').description('Show the countries, how they are spoken to, and how long their seals hold.'),
  ).action(async (options: PeerOptions) => {
    const { listPeersOf } = await import('../peer/show.ts')
    process.exitCode = await listPeersOf(options)
  })
  examples(list, ['tessera peer list --node fr', 'tessera peer list --config /etc/tessera/fr.json --json'])
  const publish = withNode(
    peer.command('publish').description('Publish the own services and search mask in an SMP, signed.'),
  )
    .requiredOption('--smp <url>', 'base of the SMP')
    .action(async (options: PublishOptions) => {
      const { publishOf } = await import('../peer/publish.ts')
      process.exitCode = await publishOf(options)
    })
  examples(publish, ['tessera peer publish --node pt --smp https://127.0.0.1:4014/smp'])
}

function addEntry(peer: Command): void {
  const add = withNode(
    peer
      .command('add <country>')
      .description('Enter or replace a country that you have reviewed; counts without a restart.'),
  )
    .requiredOption('--oid <oid>', 'home community of its contact point')
    .requiredOption('--certificate <file...>', 'PEM of the TLS certificates that its endpoints and clients use')
    .option('--seal <file...>', 'PEM of the certificates with which it signs assertions')
    .option('--services <service...>', 'what it offers; patient-identification and patient-summary by default')
    .option('--fhir <url>', 'base of its NCPeH API')
    .option('--ihe <url>', 'base of its IHE services, e.g. https://ncp.example:8443/openncp-ws-server/services')
    .option('--smp <url>', 'base of the SMP that names its endpoints')
    .option('--profile <profile>', 'openncp or standard', 'openncp')
    .option('--mask <file>', 'its search mask (ISM)')
    .requiredOption('--by <name>', 'who has reviewed the certificates with the country')
    .action(async (country: string, options: PeerEntryOptions) => {
      const { addPeerOf } = await import('../peer/edit.ts')
      process.exitCode = await addPeerOf(country, options)
    })
  examples(add, [
    'tessera peer add DK --node fr --oid 1.2.208 --certificate dk-tls.pem --seal dk-seal.pem \\',
    '    --ihe https://ncp.example.dk:8443/openncp-ws-server/services --by "A. Operator"',
    'tessera peer add DK --node fr --oid 1.2.208 --certificate dk-tls.pem --seal dk-seal.pem --smp https://smp.example.eu --by "A. Operator"',
  ])
}

function withNode(command: Command): Command {
  return command
    .option('--node <name>', 'a node of the demonstration: fr, pt, ee, gr', 'fr')
    .option('--config <file>', 'configuration of another node')
    .option('--json', 'print JSON')
}

/** `tessera audit`: what a node has written about its accesses, beside the ledger; and a small audit repository. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface AuditOptions {
  readonly node: string
  readonly config?: string
  readonly json?: boolean
}

export interface AuditListOptions extends AuditOptions {
  readonly limit: string
  readonly event?: string
}

export interface AuditVerifyOptions extends AuditOptions {
  readonly signer?: readonly string[]
}

export interface AuditExportOptions extends AuditOptions {
  readonly out: string
}

export interface AuditReceiveOptions extends AuditOptions {
  readonly port: string
  readonly host: string
  readonly out: string
  readonly key?: string
  readonly cert?: string
  readonly ca?: string
}

export interface KeyFigureOptions extends AuditOptions {
  readonly from?: string
  readonly to?: string
  readonly csv?: boolean
  readonly out?: string
}

export function addAudit(program: Command): void {
  const audit = program
    .command('audit')
    .description('Audit messages, evidences and key figures of a node; a small audit repository.')
  addList(audit)
  addShow(audit)
  addVerify(audit)
  addExport(audit)
  addReceive(audit)
  addKeyFigures(audit)
}

function withNode(command: Command): Command {
  return command
    .option('--node <name>', 'a node of the demonstration: fr, pt, ee, gr', 'fr')
    .option('--config <file>', 'configuration of another node')
    .option('--json', 'print JSON')
}

function addList(audit: Command): void {
  const list = withNode(audit.command('list').description('Show the last audit messages, newest first.'))
    .option('--limit <number>', 'how many', '20')
    .option('--event <name>', 'only this event, e.g. patient-summary-retrieve')
    .action(async (options: AuditListOptions) => {
      const { listAuditOf } = await import('../audit/list.ts')
      process.exitCode = await listAuditOf(options)
    })
  examples(list, [
    'tessera audit list --node pt --limit 5',
    'tessera audit list --node fr --event communication-failure',
  ])
}

function addShow(audit: Command): void {
  const show = withNode(
    audit
      .command('show <what>')
      .description('Show one transaction (its entry of the ledger), or an audit message in a file.'),
  ).action(async (what: string, options: AuditOptions) => {
    const { showAudit } = await import('../audit/show.ts')
    process.exitCode = await showAudit(what, options)
  })
  examples(
    show,
    ['tessera audit show 17 --node pt', 'tessera audit show received/000000000001.xml --json'],
    `${EXIT.fine} shown, ${EXIT.failed} not found or not readable, ${EXIT.usage} wrong usage`,
  )
}

function addVerify(audit: Command): void {
  const verify = withNode(
    audit
      .command('verify [file...]')
      .description('Check that ledger, audit messages and evidences agree, or the signatures of files.'),
  )
    .option('--signer <fingerprint...>', 'SHA-256 of certificates with which the node has signed before')
    .action(async (files: readonly string[], options: AuditVerifyOptions) => {
      const { verifyAudit } = await import('../audit/verify.ts')
      process.exitCode = await verifyAudit(files, options)
    })
  examples(
    verify,
    ['tessera audit verify --node pt', 'tessera audit verify evidence.xml message.xml'],
    `${EXIT.fine} all is as it was written, ${EXIT.failed} it is not or cannot be read, ${EXIT.usage} wrong usage`,
  )
}

function addExport(audit: Command): void {
  const exported = withNode(audit.command('export').description('Write audit messages and evidences as files.'))
    .requiredOption('--out <folder>', 'where to')
    .action(async (options: AuditExportOptions) => {
      const { exportAuditOf } = await import('../audit/export.ts')
      process.exitCode = await exportAuditOf(options)
    })
  examples(exported, ['tessera audit export --node pt --out trail'])
}

function addReceive(audit: Command): void {
  const receive = withNode(
    audit
      .command('receive')
      .description(
        'Be an audit repository: take messages over TLS syslog, check their signatures, keep them as files.',
      ),
  )
    .option('--port <number>', 'where to listen; MyHealth@EU uses 2862, RFC 5425 6514', '2862')
    .option('--host <name>', 'on which address', '127.0.0.1')
    .option('--out <folder>', 'where messages go', 'received')
    .option('--key <file>', 'PEM; by default the TLS key of the node')
    .option('--cert <file>', 'PEM; by default the TLS certificate of the node')
    .option('--ca <file>', 'PEM of the authority of senders; by default that of the node')
    .action(async (options: AuditReceiveOptions) => {
      const { receiveAudit } = await import('../audit/receive.ts')
      process.exitCode = await receiveAudit(options)
    })
  examples(receive, [
    'tessera audit receive --node pt --out received',
    'tessera audit receive --port 6514 --key audit.key.pem --cert audit.pem --ca authority.pem',
  ])
}

function addKeyFigures(audit: Command): void {
  const figures = withNode(
    audit.command('key-figures').description('Count the transactions of a period, or print them as CSV (eADC).'),
  )
    .option('--from <date>', 'first day, e.g. 2026-11-01')
    .option('--to <date>', 'the day after the last')
    .option('--csv', 'one line for each transaction, with the columns of eADC')
    .option('--out <file>', 'write the CSV there')
    .action(async (options: KeyFigureOptions) => {
      const { keyFiguresOf } = await import('../audit/key-figures.ts')
      process.exitCode = await keyFiguresOf(options)
    })
  examples(figures, [
    'tessera audit key-figures --node pt --from 2026-11-01 --to 2026-12-01',
    'tessera audit key-figures --node pt --csv --out november.csv',
  ])
}

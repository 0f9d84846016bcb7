/** `tessera audit receive`: a small audit repository, until Ctrl+C. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem } from '#platform/result/result.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { facilityOf } from '#wire/syslog/message.ts'
import { type KeptMessage, startAuditRepository } from '#wire/syslog/repository.ts'
import type { AuditReceiveOptions } from '../commands/audit.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export async function receiveAudit(options: AuditReceiveOptions): Promise<number> {
  const port = Number(options.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    console.error(`${options.port} is no port. Name a number up to 65535.`)
    return EXIT.usage
  }
  const tls = await tlsOf(options)
  if (tls === undefined) return EXIT.failed
  const started = await startAuditRepository({
    host: options.host,
    port,
    tls,
    folder: options.out,
    onKept: (kept) => report(options, kept),
    onRefused: (code) => console.error(`Refused: ${code}.`),
  })
  if (!started.ok) {
    console.error(describeProblem(started.problem))
    return EXIT.failed
  }
  console.log(
    `Taking audit messages on ${options.host}:${started.value.port}; they go to ${options.out}. Ctrl+C ends it.`,
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  await started.value.close()
  return EXIT.fine
}

function report(options: AuditReceiveOptions, kept: KeptMessage): void {
  const { file, host, priority, event, outcome, signature } = kept
  if (options.json) console.log(JSON.stringify({ ...kept, ...facilityOf(priority) }))
  else console.log(`${file}  ${host ?? '-'}  ${event ?? '-'}  outcome ${outcome ?? '-'}  ${signature}`)
}

interface Tls {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

/** The files that the options name, else the keys of the node. */
async function tlsOf(options: AuditReceiveOptions): Promise<Tls | undefined> {
  const { key, cert, ca } = options
  try {
    if (key !== undefined && cert !== undefined && ca !== undefined) {
      const [keyText, certText, caText] = await Promise.all([key, cert, ca].map((file) => readFile(file, 'utf8')))
      return { key: keyText ?? '', cert: certText ?? '', ca: caText ?? '' }
    }
    const configuration = await countryConfiguration(options)
    if (configuration.ok) return (await openNodeKeys(join(configuration.value.home, 'keys'))).tls
    console.error(describeProblem(configuration.problem))
  } catch (error) {
    if (error instanceof ProblemError) console.error(describeProblem(error.problem))
    else console.error('The key or a certificate cannot be read. Name all three: --key, --cert and --ca.')
  }
  return undefined
}

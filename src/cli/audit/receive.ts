/** `tessera audit receive`: a small audit repository. Each message is a file, on disk before the next one is read. */
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemError } from '#platform/result/problem-error.ts'
import { describeProblem } from '#platform/result/result.ts'
import { verifyAuditMessage } from '#trust/audit/sign-audit-message.ts'
import { openNodeKeys } from '#trust/keys/node-keys.ts'
import { facilityOf, type SyslogMessage } from '#wire/syslog/message.ts'
import { startReceiver } from '#wire/syslog/receiver.ts'
import type { AuditReceiveOptions } from '../commands/audit.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export async function receiveAudit(options: AuditReceiveOptions): Promise<number> {
  const tls = await tlsOf(options)
  if (tls === undefined) return EXIT.failed
  const keep = await keeper(options.out)
  const started = await startReceiver({
    host: options.host,
    port: Number(options.port),
    tls,
    onMessage: async (message) => report(options, message, await keep(message.body)),
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

/** What came, without its people: those are in the file. */
function report(options: AuditReceiveOptions, { priority, host, body }: SyslogMessage, file: string): void {
  const verified = verifyAuditMessage(body)
  const signature = verified.ok ? 'signature-fine' : verified.problem.code
  const event = verified.ok ? verified.value.message.event.types[0]?.code : undefined
  const outcome = verified.ok ? verified.value.message.event.outcome : undefined
  if (options.json)
    console.log(JSON.stringify({ file, host, priority, ...facilityOf(priority), event, outcome, signature }))
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

/** Numbers go on where an earlier run stopped. */
async function keeper(folder: string): Promise<(body: Uint8Array) => Promise<string>> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = (await readdir(folder)).filter((name) => /^\d{12}\.xml$/.test(name)).sort()
  let last = Number(names.at(-1)?.slice(0, 12) ?? 0)
  return async (body) => {
    last += 1
    const path = join(folder, `${String(last).padStart(12, '0')}.xml`)
    const file = await open(`${path}.part`, 'w', 0o600)
    try {
      await file.writeFile(body)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${path}.part`, path)
    return path
  }
}

/**
 * For tests: a node that records accesses until it is killed: `DATABASE SPOOL PORT KEYS`; `KEYS` is a JSON file with PEM
 * texts. Prints the number of each access once it is durable.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { openDatabase } from '#platform/database/database.ts'
import { createLog } from '#platform/log/log.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { borderRecorder } from '../border-recorder.ts'
import { exchange, retrieval } from './accesses.ts'

const Keys = z.object({
  seal: z.string(),
  signer: z.object({ key: z.string(), certificate: z.string() }),
  tls: z.object({ key: z.string(), cert: z.string(), ca: z.string() }),
})

const [url = '', folder = '', port = '', keyFile = ''] = process.argv.slice(2)
const keys = Keys.parse(JSON.parse(readFileSync(keyFile, 'utf8')))
const database = await openDatabase(url)
const recorder = await borderRecorder({
  ledger: await openLedger(database, { node: 'FR', signer: sealWith(createPrivateKey(keys.seal)) }),
  database,
  node: 'FR',
  signer: { privateKey: createPrivateKey(keys.signer.key), certificate: keys.signer.certificate },
  log: createLog({ level: 'silent', name: 'FR' }),
  leaseMs: 300,
  audit: {
    site: 'FR-75',
    host: 'ncp.fr',
    profile: 'openncp',
    repository: { host: '127.0.0.1', port: Number(port), tls: keys.tls, spool: { folder } },
  },
})

let last = Number(process.argv[6] ?? 0)
async function user(): Promise<void> {
  for (;;) {
    last += 1
    const number = last
    await recorder.record(retrieval('B', number), exchange(number, true))
    writeSync(1, `${number}\n`)
  }
}
await Promise.all(Array.from({ length: 6 }, user))

/**
 * A process that appends to a ledger, for tests that run several or kill one: `URL NODE COUNT KEYFILE`.
 * Prints each sequence once its entry is durable, and nothing else.
 */
import { createPrivateKey } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { openDatabase } from '#platform/database/database.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { loginEvent } from '#trust/ledger/audit-event.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'

const [url = '', node = '', count = '0', keyFile = ''] = process.argv.slice(2)
/** So many appends are under way at any time, as in a node with several users. */
const USERS = 8

const database = await openDatabase(url)
const ledger = await openLedger(database, { node, signer: sealWith(createPrivateKey(readFileSync(keyFile, 'utf8'))) })
let left = Number(count)

async function user(): Promise<void> {
  while (left > 0) {
    left -= 1
    const entry = await ledger.append(
      loginEvent({
        recorded: new Date().toISOString(),
        node: { country: node, address: '127.0.0.1' },
        person: {
          identifier: `urn:oid:1.2.3|${process.pid}-${left}`,
          name: 'A professional',
          organisation: { identifier: 'urn:oid:1.2.3.4|1', name: 'A hospital' },
        },
      }),
    )
    // Synchronous: what is printed was acknowledged, what was acknowledged is printed before the next append.
    writeSync(1, `${entry.sequence} ${entry.hash}\n`)
  }
}

await Promise.all(Array.from({ length: USERS }, user))
await database.close()

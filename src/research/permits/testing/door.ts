/** For tests: a node in Portugal with its door, its ledger, and the keys of everybody whom it trusts or does not. */
import { generateKeyPairSync } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import type { Door } from '../authorise.ts'
import { permitMigrations } from '../migrations.ts'
import { openPermitStore } from '../permit-store.ts'
import { REVOCATIONS, type RevocationList } from '../revocation-list.ts'
import { signJson, verifyJson } from '../signed-json.ts'
import { type TestKey, testKey, testParty, trusting } from './bodies.ts'
import { aRevocationList } from './permits.ts'

export interface TestDoor extends Door {
  readonly bodyKey: TestKey
  readonly frenchKey: TestKey
  /** Signs a list as the body of Portugal and has the node take it. */
  publish(list?: Partial<RevocationList>): Promise<string>
}

/** @param published false: the node has no list of revocations yet */
export async function testDoor(database: Database, published = true): Promise<TestDoor> {
  await migrate(database, [...ledgerMigrations, ...permitMigrations])
  const bodyKey = testKey('pt-1')
  const frenchKey = testKey('fr-1')
  const trust = trusting(
    testParty('body-pt', 'PT', ['permits'], [bodyKey]),
    testParty('body-fr', 'FR', ['permits'], [frenchKey]),
  )
  const seal = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
  const ledger = await openLedger(database, { node: 'PT', signer: seal })
  const permits = openPermitStore(database)
  const door: TestDoor = {
    node: { id: 'node-pt', name: 'Registry of Portugal', country: 'PT' },
    ...{ trust, permits, ledger, bodyKey, frenchKey },
    async publish(more = {}) {
      const text = await signJson(aRevocationList(more), REVOCATIONS, bodyKey)
      const verified = await verifyJson(text, REVOCATIONS, trust, new Date('2035-01-01T00:00:00Z'))
      if (!verified.ok) throw new Error(verified.problem.sentence)
      const taken = await permits.accept(verified.value, text, new Date())
      return taken.ok ? 'ok' : taken.problem.code
    },
  }
  if (published) await door.publish()
  return door
}

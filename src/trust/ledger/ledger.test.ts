import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import type { AuditEvent } from 'fhir/r4'
import { type RawBuilder, sql } from 'kysely'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { sealWith } from '../keys/seal.ts'
import { loginEvent } from './audit-event.ts'
import type { Head } from './chain.ts'
import type { LedgerVerification } from './ledger.ts'
import { ledgerMigrations } from './migrations.ts'
import { openLedger } from './open-ledger.ts'
import type { Witness } from './witness.ts'

const signer = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
const RPPS = 'urn:oid:1.2.250.1.71.4.2.1'

function event(number: number): AuditEvent {
  return loginEvent({
    recorded: '2026-11-24T10:00:00.000Z',
    node: { country: 'FR', homeCommunityId: '1.2.3', address: '127.0.0.1' },
    person: {
      identifier: `${RPPS}|${number}`,
      name: 'Zoé 🩺 "Dupont"',
      organisation: { identifier: 'urn:oid:1.2.3.4|1', name: 'Hôpital' },
    },
  })
}

async function ledgerOn(database: Database, witness?: Witness) {
  await migrate(database, ledgerMigrations)
  return openLedger(database, { node: 'FR', signer, ...(witness ? { witness } : {}) })
}

async function filled(database: Database, entries: number) {
  const ledger = await ledgerOn(database)
  await Promise.all(Array.from({ length: entries }, (_, index) => ledger.append(event(index + 1))))
  return ledger
}

/** What an administrator of the database can do: take the guards away, then anything. */
async function tamper(database: Database, ...statements: readonly RawBuilder<unknown>[]): Promise<void> {
  const guards =
    database.dialect === 'sqlite'
      ? await sql<{ name: string; sql: string }>`select name, sql from sqlite_master where type = 'trigger'`.execute(
          database.kysely,
        )
      : undefined
  for (const { name } of guards?.rows ?? []) await sql`drop trigger ${sql.ref(name)}`.execute(database.kysely)
  const switchGuards = async (state: 'disable' | 'enable') => {
    for (const table of ['ledger_entry', 'ledger_head']) {
      await sql`alter table ${sql.table(table)} ${sql.raw(state)} trigger user`.execute(database.kysely)
    }
  }
  if (!guards) await switchGuards('disable')
  for (const statement of statements) await statement.execute(database.kysely)
  for (const guard of guards?.rows ?? []) await sql.raw(guard.sql).execute(database.kysely)
  if (!guards) await switchGuards('enable')
}

function reasonOf(verification: LedgerVerification): string {
  return verification.intact ? 'intact' : `${verification.reason} at ${verification.firstBad}`
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ProblemError, String(error))
  return error.problem.code
}

onEachDatabase('the ledger', (open) => {
  it('chains entries from 1 without gaps, and gives back what was appended', async () => {
    const ledger = await filled(await open(), 5)
    const entries = [...(await ledger.list({}))].reverse()
    assert.deepEqual(
      entries.map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5],
    )
    assert.equal(entries[0]?.previousHash, '0'.repeat(64))
    for (const [index, entry] of entries.entries()) {
      assert.deepEqual(entry.event, event(index + 1))
      if (index > 0) assert.equal(entry.previousHash, entries[index - 1]?.hash)
    }
    assert.deepEqual(await ledger.verify(), { intact: true, entries: 5, head: entries[4]?.hash })
  })

  it('is intact when empty', async () => {
    const ledger = await ledgerOn(await open())
    assert.deepEqual(await ledger.verify(), { intact: true, entries: 0, head: '0'.repeat(64) })
  })

  it('lists the newest first, by professional, in pages', async () => {
    const ledger = await filled(await open(), 7)
    const sequences = async (filter: Parameters<typeof ledger.list>[0]) =>
      (await ledger.list(filter)).map(({ sequence }) => sequence)
    assert.deepEqual(await sequences({ limit: 3 }), [7, 6, 5])
    assert.deepEqual(await sequences({ limit: 3, before: 5 }), [4, 3, 2])
    assert.deepEqual(await sequences({ professional: `${RPPS}|4` }), [4])
    assert.deepEqual(await sequences({ patient: 'urn:oid:1|nobody' }), [])
  })

  it('keeps the chains of two nodes apart', async () => {
    const database = await open()
    await filled(database, 2)
    const other = await openLedger(database, { node: 'PT', signer })
    assert.equal((await other.append(event(9))).sequence, 1)
    assert.equal(reasonOf(await other.verify()), 'intact')
  })

  it('refuses to change, replace or remove an entry', async () => {
    const database = await open()
    await filled(database, 3)
    const attempts = [
      sql`update ledger_entry set event = '{}' where sequence = 2`,
      sql`delete from ledger_entry where sequence = 3`,
      sql`delete from ledger_head`,
      sql`update ledger_head set sequence = 1`,
      database.dialect === 'sqlite'
        ? sql`insert or replace into ledger_entry select * from ledger_entry where sequence = 2`
        : sql`truncate ledger_entry`,
    ]
    for (const attempt of attempts) await assert.rejects(attempt.execute(database.kysely), /append-only/)
  })

  it('finds an altered entry', async () => {
    const database = await open()
    const ledger = await filled(database, 5)
    await tamper(database, sql`update ledger_entry set event = replace(event, '"3"', '"4"') where sequence = 3`)
    assert.equal(reasonOf(await ledger.verify()), 'altered at 3')
  })

  it('finds an entry that is no longer an event at all', async () => {
    const database = await open()
    const ledger = await filled(database, 3)
    await tamper(database, sql`update ledger_entry set event = '{' where sequence = 2`)
    assert.equal(reasonOf(await ledger.verify()), 'altered at 2')
  })

  it('finds an entry hidden from its patient or professional', async () => {
    const database = await open()
    const ledger = await filled(database, 5)
    await tamper(database, sql`update ledger_entry set professional = null where sequence = 4`)
    assert.equal(reasonOf(await ledger.verify()), 'altered at 4')
  })

  it('finds a removed entry', async () => {
    const database = await open()
    const ledger = await filled(database, 5)
    await tamper(database, sql`delete from ledger_entry where sequence = 2`)
    assert.equal(reasonOf(await ledger.verify()), 'missing at 2')
  })

  it('finds two entries that changed places', async () => {
    const database = await open()
    const ledger = await filled(database, 5)
    await tamper(
      database,
      sql`update ledger_entry set sequence = 99 where sequence = 2`,
      sql`update ledger_entry set sequence = 2 where sequence = 3`,
      sql`update ledger_entry set sequence = 3 where sequence = 99`,
    )
    assert.equal(reasonOf(await ledger.verify()), 'reordered at 2')
  })

  it('finds a truncated tail, with the head left alone or put back', async () => {
    const database = await open()
    const ledger = await filled(database, 5)
    const { hash } = (await ledger.list({ before: 4, limit: 1 }))[0] ?? { hash: '' }
    await tamper(database, sql`delete from ledger_entry where sequence > 3`)
    assert.equal(reasonOf(await ledger.verify()), 'truncated at 4')
    await tamper(database, sql`update ledger_head set sequence = 3, hash = ${hash}`)
    assert.equal(reasonOf(await ledger.verify()), 'head-signature at 3')
    assert.equal(reasonOf(await (await ledgerOn(database)).verify()), 'head-signature at 3')
  })

  it('finds entries added behind the sealed head', async () => {
    const database = await open()
    const ledger = await filled(database, 2)
    await tamper(
      database,
      sql`insert into ledger_entry select node, 3, recorded, previous_hash, hash, event, professional, patient from ledger_entry where sequence = 2`,
    )
    assert.equal(reasonOf(await ledger.verify()), 'head-signature at 3')
  })

  it('finds that everything was removed', async () => {
    const database = await open()
    const ledger = await filled(database, 3)
    await tamper(database, sql`delete from ledger_entry`, sql`delete from ledger_head`)
    assert.equal(reasonOf(await ledger.verify()), 'truncated at 1')
    assert.equal(await codeOf(ledger.append(event(4))), 'ledger-rolled-back')
  })

  it('finds a chain that was rewritten from its first entry on', async () => {
    const database = await open()
    await filled(database, 4)
    // The forger knows the rules of the chain, but not the key of the node.
    const elsewhere = await openDatabase('sqlite::memory:')
    const forger = sealWith(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)
    await migrate(elsewhere, ledgerMigrations)
    const forged = await openLedger(elsewhere, { node: 'FR', signer: forger })
    for (const number of [7, 2, 3, 4]) await forged.append(event(number))
    const rows = await sql<Record<string, string>>`select * from ledger_entry order by sequence`.execute(
      elsewhere.kysely,
    )
    const head = await sql<Record<string, string>>`select * from ledger_head`.execute(elsewhere.kysely)
    const copies = rows.rows.map(
      (row) => sql`insert into ledger_entry values (${sql.join(Object.values(row).map((value) => sql.lit(value)))})`,
    )
    await tamper(database, sql`delete from ledger_entry`, ...copies)
    assert.equal(reasonOf(await (await ledgerOn(database)).verify()), 'altered at 4')
    const { hash, sealed_at, key_id, signature } = head.rows[0] ?? {}
    await tamper(
      database,
      sql`update ledger_head set hash = ${hash}, sealed_at = ${sealed_at}, key_id = ${key_id}, signature = ${signature}`,
    )
    const reopened = await ledgerOn(database)
    assert.equal(reasonOf(await reopened.verify()), 'head-signature at 4')
    assert.equal(await codeOf(reopened.append(event(5))), 'ledger-head-forged')
    await elsewhere.close()
  })

  it('tells that the guards were taken away', async () => {
    const database = await open()
    const ledger = await filled(database, 2)
    const drop =
      database.dialect === 'sqlite'
        ? sql`drop trigger ledger_entry_no_update`
        : sql`drop trigger ledger_entry_no_change on ledger_entry`
    await drop.execute(database.kysely)
    assert.equal(reasonOf(await ledger.verify()), 'unguarded at 0')
    assert.equal((await ledger.list({})).length, 2)
  })

  it('finds that an older state was put back, when a witness outside the database remembers', async () => {
    const database = await open()
    let seen: Head | undefined
    const witness: Witness = {
      read: async () => seen,
      write: async (head) => {
        seen = head
      },
    }
    const ledger = await ledgerOn(database, witness)
    await ledger.append(event(1))
    const { rows } = await sql<Record<string, string>>`select * from ledger_head`.execute(database.kysely)
    const { sequence, hash, sealed_at, signature } = rows[0] ?? {}
    await ledger.append(event(2))
    await tamper(
      database,
      sql`delete from ledger_entry where sequence = 2`,
      sql`update ledger_head set sequence = ${sequence}, hash = ${hash}, sealed_at = ${sealed_at}, signature = ${signature}`,
    )
    const restarted = await ledgerOn(database, witness)
    assert.equal(reasonOf(await restarted.verify()), 'truncated at 2')
    assert.equal(await codeOf(restarted.append(event(3))), 'ledger-rolled-back')
  })

  it('verifies in pages and tells how far it is, while entries are still appended', async () => {
    const database = await open()
    const ledger = await filled(database, 2100)
    const told: number[] = []
    const appended: Promise<unknown>[] = []
    const verification = await ledger.verify((checked, entries) => {
      told.push(checked)
      assert.equal(entries, 2100)
      appended.push(ledger.append(event(checked)))
    })
    assert.deepEqual(told, [1000, 2000, 2100])
    assert.equal(verification.intact && verification.entries, 2100)
    await Promise.all(appended)
    assert.equal(reasonOf(await ledger.verify()), 'intact')
  })

  it('refuses what it could not store, and goes on', async () => {
    const ledger = await ledgerOn(await open())
    const unfit = event(1)
    const large: AuditEvent = { ...unfit, outcomeDesc: 'x'.repeat(300_000) }
    const outcomes = await Promise.allSettled([ledger.append(large), ledger.append(unfit)])
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    )
    assert.equal(await codeOf(ledger.append(large)), 'ledger-entry-unfit')
  })

  it('accepts seals of an earlier key of the node', async () => {
    const database = await open()
    await migrate(database, ledgerMigrations)
    const old = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await (await openLedger(database, { node: 'FR', signer: sealWith(old.privateKey) })).append(event(1))
    const renewed = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    const ledger = await openLedger(database, { node: 'FR', signer: sealWith(renewed, [old.publicKey]) })
    assert.equal((await ledger.append(event(2))).sequence, 2)
    assert.equal(reasonOf(await ledger.verify()), 'intact')
    const stranger = await openLedger(database, { node: 'FR', signer: sealWith(old.privateKey) })
    assert.equal(await codeOf(stranger.append(event(3))), 'ledger-head-forged')
    assert.equal(await codeOf(stranger.ready()), 'ledger-head-forged')
  })

  it('finds out by writing whether an entry could be stored, and leaves the chain as it is', async () => {
    const database = await open()
    const heads: Head[] = []
    await migrate(database, ledgerMigrations)
    const witness = { read: async () => undefined, write: async (head: Head) => void heads.push(head) }
    const ledger = await openLedger(database, { node: 'FR', signer, witness })
    const [entry] = await Promise.all([ledger.append(event(1)), ledger.ready(), ledger.ready()])
    assert.equal((await ledger.list({})).length, 1)
    assert.equal(reasonOf(await ledger.verify()), 'intact')
    assert.equal(heads.at(-1)?.hash, entry.hash)
    const rows = await sql<{ node: string }>`select node from ledger_probe`.execute(database.kysely)
    assert.deepEqual(rows.rows, [{ node: 'FR' }])
  })

  it('is not ready while it cannot write, and is again afterwards', async () => {
    const database = await open()
    const ledger = await ledgerOn(database)
    await sql`alter table ledger_probe rename to away`.execute(database.kysely)
    await assert.rejects(ledger.ready())
    await sql`alter table away rename to ledger_probe`.execute(database.kysely)
    await ledger.ready()
  })
})

describe('a ledger whose database is gone', () => {
  it('refuses the append, so that the access does not happen', async () => {
    const database = await openDatabase('sqlite::memory:')
    const ledger = await filled(database, 1)
    await database.close()
    await assert.rejects(ledger.ready())
    await assert.rejects(ledger.append(event(2)))
  })
})

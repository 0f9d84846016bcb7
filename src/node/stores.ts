/** The durable things of a country's node: its keys, its database brought up to date, its ledger. */
import { join } from 'node:path'
import { abuseMigrations } from '#care/abuse/migrations.ts'
import { recorderMigrations } from '#care/context/recorder-migrations.ts'
import { receivedSubmissionMigrations } from '#care/dispensing/country-a/migrations.ts'
import { dispensingMigrations } from '#care/dispensing/migrations.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { journeyMigrations } from '#portal/professional/journey-store.ts'
import { editorMigrations } from '#terminology/editor/migrations.ts'
import { releaseMigrations } from '#terminology/releases/migrations.ts'
import { consentMigrations } from '#trust/consent/migrations.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { type OpenedLedger, openLedger } from '#trust/ledger/open-ledger.ts'
import { fileWitness } from '#trust/ledger/witness.ts'
import { peopleMigrations } from '#trust/people/migrations.ts'
import type { BridgeConfiguration, CountryConfiguration } from './configuration.ts'

export interface Stores {
  readonly keys: NodeKeys
  readonly database: Database
  readonly ledger: OpenedLedger
}

/** Rejects with a `ProblemError`: keys missing or expired, database unreachable, ledger of another node. */
export async function openStores(configuration: CountryConfiguration | BridgeConfiguration): Promise<Stores> {
  const keys = await openNodeKeys(join(configuration.home, 'keys'))
  const database = await openDatabase(configuration.database)
  await migrate(database, [
    ...[...ledgerMigrations, ...consentMigrations, ...peopleMigrations, ...journeyMigrations],
    ...[...releaseMigrations, ...editorMigrations],
    ...[...abuseMigrations, ...dispensingMigrations, ...receivedSubmissionMigrations, ...recorderMigrations],
  ])
  const ledger = await openLedger(database, {
    node: configuration.country,
    signer: keys.seal,
    witness: fileWitness(join(configuration.home, 'ledger-witness.json')),
  })
  return { keys, database, ledger }
}

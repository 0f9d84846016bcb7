/** The durable things of a country's node: its keys, its database brought up to date, its ledger. */
import { join } from 'node:path'
import { abuseMigrations } from '#care/abuse/migrations.ts'
import { recorderMigrations } from '#care/context/recorder-migrations.ts'
import { receivedSubmissionMigrations } from '#care/dispensing/country-a/migrations.ts'
import { dispensingMigrations } from '#care/dispensing/migrations.ts'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { journeyMigrations } from '#portal/professional/journey-store.ts'
import { studyMigrations } from '#portal/researcher/studies/study-store.ts'
import { auditFollowUpMigrations } from '#research/applications/store/audit-follow-ups.ts'
import { environmentAuditMigrations } from '#research/applications/store/environment-audits.ts'
import { caseMigrations } from '#research/applications/store/migrations.ts'
import { catalogueMigrations } from '#research/catalogue/store/migrations.ts'
import { disclosureMigrations } from '#research/disclosure/ledger/migrations.ts'
import { coordinatorMigrations, nodeMigrations } from '#research/federation/migrations.ts'
import { releaseChoiceMigrations } from '#research/omop/current/choice-store.ts'
import { surrogateMigrations } from '#research/omop/from-fhir/surrogate-keys.ts'
import { optOutMigrations } from '#research/omop/opt-out.ts'
import { permitMigrations } from '#research/permits/migrations.ts'
import { airlockMigrations } from '#research/workspace/airlock/migrations.ts'
import { secondFactorMigrations } from '#research/workspace/second-factor/second-factor.ts'
import { sessionMigrations } from '#research/workspace/session-store.ts'
import { releasedAnswerMigrations } from '#research/workspace/typed-query/answer-store.ts'
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

/** Of a country that takes part in HealthData@EU. */
const RESEARCH = [
  ...[...catalogueMigrations, ...caseMigrations, ...environmentAuditMigrations],
  ...auditFollowUpMigrations,
  ...[...permitMigrations, ...disclosureMigrations],
  ...[...surrogateMigrations, ...optOutMigrations, ...coordinatorMigrations, ...nodeMigrations],
  ...[...releasedAnswerMigrations, ...secondFactorMigrations, ...sessionMigrations, ...airlockMigrations],
  ...[...studyMigrations, ...releaseChoiceMigrations],
]

/** Rejects with a `ProblemError`: keys missing or expired, database unreachable, ledger of another node. */
export async function openStores(configuration: CountryConfiguration | BridgeConfiguration): Promise<Stores> {
  const keys = await openNodeKeys(join(configuration.home, 'keys'))
  const database = await openDatabase(configuration.database)
  await migrate(database, [
    ...[...ledgerMigrations, ...consentMigrations, ...peopleMigrations, ...journeyMigrations],
    ...[...releaseMigrations, ...editorMigrations],
    ...[...abuseMigrations, ...dispensingMigrations, ...receivedSubmissionMigrations, ...recorderMigrations],
    ...('research' in configuration ? RESEARCH : []),
  ])
  const ledger = await openLedger(database, {
    node: configuration.country,
    signer: keys.seal,
    witness: fileWitness(join(configuration.home, 'ledger-witness.json')),
  })
  return { keys, database, ledger }
}

/** Chooses one release after the other until it is killed; says a word after the first choice. */
import { createPrivateKey } from 'node:crypto'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { sealWith } from '#trust/keys/seal.ts'
import { ledgerMigrations } from '#trust/ledger/migrations.ts'
import { openLedger } from '#trust/ledger/open-ledger.ts'
import { releaseChoiceMigrations } from '../current/choice-store.ts'
import { openCurrentReleases } from '../current/current-releases.ts'
import { REGISTER } from './register.ts'

const [url = '', folder = '', key = '', ...releases] = process.argv.slice(2)
const database = await openDatabase(url)
await migrate(database, [...ledgerMigrations, ...releaseChoiceMigrations])
const ledger = await openLedger(database, { node: 'PT', signer: sealWith(createPrivateKey(key)) })
const node = { id: 'node-pt', name: 'Registry of Portugal', country: 'PT' }
const current = openCurrentReleases({ database, ledger, node, folder, configured: [], mostRejected: 0 })
const by = { identifier: 'urn:demo|helena', name: 'Helena' }
for (let turn = 0; ; turn += 1) {
  const instead = (await current.currentOf(REGISTER))?.release
  const release = releases.find((one) => one !== instead) ?? ''
  const used = await current.use({ dataset: REGISTER, release, holder: 'holder', by, instead })
  if (!used.ok) throw new Error(used.problem.sentence)
  if (turn === 0) process.stdout.write('chosen\n')
}

/** A process that asks one cohort after the other and says which were answered, until somebody kills it. */
import { openDatabase } from '#platform/database/database.ts'
import { openAnswerLedger } from '../ledger/answer-ledger.ts'
import { DEFAULT_RULES } from '../read-rules.ts'
import { releaseTable } from '../release.ts'
import { cohortTable, range, SECRET } from './tables.ts'

const database = await openDatabase(process.argv[2] ?? '')
const ledger = openAnswerLedger(database)
for (let cohort = 0; cohort < 2000; cohort += 1) {
  const scope = {
    dataset: 'test',
    applicant: 'applicant',
    permit: 'first',
    rules: DEFAULT_RULES,
    secret: SECRET,
    ledger,
  }
  const answer = await releaseTable(cohortTable(range(cohort * 100, 50)), scope)
  process.stdout.write(`${cohort} ${answer.ok}\n`)
}
await database.close()

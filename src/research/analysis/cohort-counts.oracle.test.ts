/** All phenotypes of the corpus in one question: of each the persons that it has when it is asked alone. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readDefinition } from '../cohort/read-definition.ts'
import { SECONDARY } from '../cohort/testing/data-sets.ts'
import { generatedTables } from '../cohort/testing/generated-data.ts'
import { settle } from '../cohort/testing/random-cohorts.ts'
import { openEngines, unwrapped } from '../query/testing/engines.ts'
import type { AnalysisScope } from './compile/scope.ts'
import { readAnalysis } from './read-analysis.ts'
import { runAnalysis } from './run.ts'

const folder = new URL('phenotypes/', SECONDARY)
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.json')) : []
const skip = files.length === 0 && 'the corpus is not beside the project'

describe('the phenotypes of the corpus, side by side', { skip }, () => {
  it('have the persons that each of them has alone', async () => {
    const cohorts = files.map((name) => ({ name, cohort: JSON.parse(readFileSync(new URL(name, folder), 'utf8')) }))
    const expressions = cohorts.map(({ cohort }) => unwrapped(readDefinition(cohort)))
    const { engines, close } = await openEngines()
    try {
      const tables = await settle(engines, 'made', generatedTables(expressions, 200, 11))
      const scope: AnalysisScope = { steps: [], tables, period: { from: '1900-01-01', to: '2100-12-31' } }
      for (const engine of engines) {
        const side = unwrapped(readAnalysis({ kind: 'cohort-counts', cohorts, by: [] }))
        const together = unwrapped(await runAnalysis(side, { engine, scope })).tables.persons
        const found = new Map(together?.cells.map(({ key: [name], persons }) => [name, Array.from(persons, Number)]))
        assert.ok(found.size >= files.length / 3, `${found.size} of ${files.length} have members`)
        for (const { name, cohort } of cohorts) {
          const alone = unwrapped(await runAnalysis({ kind: 'count', cohort, by: [] }, { engine, scope }))
          const [cell] = alone.tables.persons?.cells ?? []
          assert.deepEqual(found.get(name) ?? [], Array.from(cell?.persons ?? [], Number), `${name}, ${engine.dialect}`)
        }
      }
    } finally {
      await close()
    }
  })
})

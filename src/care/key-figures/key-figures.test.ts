import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { inTransaction } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createMetrics } from '#platform/health/metrics.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { DISPENSATION, exchange, LISTING, retrieval } from '../context/testing/accesses.ts'
import { figureMetrics } from './figure-metrics.ts'
import { csvHeader, csvRow, FIGURE_COLUMNS } from './figures-csv.ts'
import { type KeyFigure, keyFigureOf } from './key-figure.ts'
import { openKeyFigureStore } from './key-figure-store.ts'
import { keyFigureMigrations } from './migrations.ts'

const EADC = join(import.meta.dirname, '../../../../shared/corpus/openncp/schema/eadc/Transaction.xsd')
const ENDED = '2026-11-24T10:00:02.250Z'
const figure = keyFigureOf('FR:1', 'FR', retrieval('B', 1), exchange(1, true), ENDED)

describe('a key figure', () => {
  it('says who, where, when, what and how long', () => {
    assert.deepEqual(figure, {
      id: 'FR:1',
      node: 'FR',
      started: '2026-11-24T10:00:00.000Z',
      durationMs: 2250,
      side: 'B',
      asking: 'FR',
      answering: 'PT',
      step: 'retrieve',
      service: 'patient-summary',
      wire: 'ihe',
      transaction: 'ITI-39',
      documentClass: '60591-5',
      role: '2211',
      pointOfCare: 'urn:oid:1.2.250.1.71.4.2.2|10B0154321',
      outcome: 'success',
      code: undefined,
      messageId: 'urn:uuid:1',
      askingCommunity: '1.2.250.1.213',
      answeringCommunity: '2.16.17.710.820',
    })
  })

  it('names the transaction and the class without the messages', () => {
    const short = ({ transaction, documentClass, service }: KeyFigure) => [transaction, documentClass, service]
    assert.deepEqual(short(keyFigureOf('', 'FR', LISTING, undefined, ENDED)), ['ITI-38', '57833-6', 'eprescription'])
    assert.deepEqual(short(keyFigureOf('', 'FR', { ...DISPENSATION, wire: 'fhir' }, undefined, ENDED)), [
      'ITI-65',
      '60593-1',
      'edispensation',
    ])
    assert.equal(keyFigureOf('', 'FR', LISTING, undefined, '2020-01-01T00:00:00.000Z').durationMs, 0)
  })

  it('holds nothing of the patient or the name of the professional', () => {
    for (const record of [retrieval('A', 1), LISTING, DISPENSATION]) {
      const text = JSON.stringify(keyFigureOf('x', 'FR', record, exchange(1, true), ENDED))
      for (const word of ['298123456', 'Camille', 'Martin', '899700218896', 'doc-1', '1.2.3^'])
        assert.equal(text.includes(word), false, word)
    }
  })
})

describe('key figures as CSV', () => {
  it('have the columns of eADC in their order', {
    skip: existsSync(EADC) ? false : 'Transaction.xsd is not beside the project',
  }, () => {
    const wanted = [...readFileSync(EADC, 'utf8').matchAll(/<xs:attribute name="(\w+)"/g)].map(([, name]) => name)
    assert.equal(wanted.length, 31)
    assert.deepEqual(
      FIGURE_COLUMNS.slice(0, wanted.length).map(([name]) => name),
      wanted,
    )
  })

  it('quote what needs it, and give a spreadsheet no formula', () => {
    const row = csvRow({ ...figure, pointOfCare: '=HYPERLINK("x")', code: 'a,b\n' })
    assert.ok(row.includes(`,"'=HYPERLINK(""x"")",`))
    assert.ok(row.endsWith(',"a,b\n"\r\n'))
    assert.equal(csvHeader().split(',').length, FIGURE_COLUMNS.length)
    assert.match(
      csvRow(figure),
      /^FR:1,OUTBOUND,FR,.*,2026-11-24T10:00:00.000Z,2026-11-24T10:00:02.250Z,2250,2211,60591-5,ihe,\r\n$/,
    )
  })
})

describe('key figures as metrics', () => {
  it('know countries, not what a stranger calls his', async () => {
    const metrics = createMetrics()
    const count = figureMetrics(metrics)
    count(figure)
    count({ ...figure, side: 'A', asking: 'unknown' })
    const text = await metrics.text()
    assert.match(text, /tessera_border_transactions_total\{side="B",peer="PT",.*\} 1/)
    assert.match(text, /tessera_border_transactions_total\{side="A",peer="other",.*\} 1/)
    assert.match(text, /tessera_border_transaction_seconds_sum\{.*\} 2\.25/)
  })
})

onEachDatabase('stored key figures', (open) => {
  it('come page by page, oldest first, of one period, once', async () => {
    const database = await open()
    await migrate(database, keyFigureMigrations)
    const store = openKeyFigureStore(database, 'FR')
    const many = Array.from({ length: 1100 }, (_, index) => ({
      ...figure,
      id: `FR:${index}`,
      started: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(index / 3))).toISOString(),
    }))
    const add = (figures: readonly KeyFigure[]) =>
      inTransaction(database.kysely, (transaction) => store.add(transaction, figures))
    await add(many.slice(0, 600))
    await add(many.slice(500))
    await add([{ ...figure, id: 'PT:1', node: 'PT', role: undefined, messageId: 'a\0' }])
    const all = []
    for await (const page of store.pages({})) all.push(...page)
    assert.equal(all.length, 1100)
    assert.equal(new Set(all.map(({ id }) => id)).size, 1100)
    assert.deepEqual(
      all.map(({ started }) => started),
      [...all.map(({ started }) => started)].sort(),
    )
    assert.deepEqual(
      all.find(({ id }) => id === 'FR:7'),
      many[7],
    )
    const hour = []
    for await (const page of store.pages({ from: '2026-01-01T01:00:00.000Z', to: '2026-01-01T02:00:00.000Z' }))
      hour.push(...page)
    assert.equal(hour.length, 180)
  })
})

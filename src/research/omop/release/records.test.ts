import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { temporaryFolder } from '../testing/datasets.ts'
import { openDuckDatabase } from './duckdb.ts'
import { createRecordReader, type TextFormat, type TextRecord } from './records.ts'

const CSV: TextFormat = { delimiter: ',', quotes: true }

function read(text: string | Uint8Array, format: TextFormat = CSV, chunk = Number.POSITIVE_INFINITY): TextRecord[] {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const reader = createRecordReader(format)
  const records: TextRecord[] = []
  for (let at = 0; at < bytes.length; at += chunk) records.push(...reader.push(bytes.subarray(at, at + chunk)))
  return [...records, ...reader.end()]
}

const fieldsIn = (records: readonly TextRecord[]) => records.map(({ fields }) => fields)

describe('records of delimited text', () => {
  it('are read with quotes, line ends of both kinds and empty lines', () => {
    const records = read('\ufeffa,b\r\n1,"x, ""y""\nz"\r\n\r\n2,\n3,"w"')
    assert.deepEqual(fieldsIn(records), [
      ['a', 'b'],
      ['1', 'x, "y"\nz'],
      ['2', ''],
      ['3', 'w'],
    ])
    assert.deepEqual(
      records.map(({ line }) => line),
      [1, 2, 5, 6],
    )
  })

  it('take a quote for a character where the file knows none', () => {
    assert.deepEqual(fieldsIn(read('1\t"half\n2\tx', { delimiter: '\t', quotes: false })), [
      ['1', '"half'],
      ['2', 'x'],
    ])
  })

  it('lose one line to a quote that is never closed, and no more', () => {
    const records = read('1,a\n2,"b\n3,c\n4,d\n')
    assert.deepEqual(
      records.map(({ line, fault }) => [line, fault]),
      [
        [1, undefined],
        [2, 'quote-not-closed'],
        [3, undefined],
        [4, undefined],
      ],
    )
  })

  it('lose one line to a quote that is closed far away by another', () => {
    const records = read('1,"b\n3,c\n4,d "x" \n5,e', { ...CSV, columns: 2 })
    assert.deepEqual(
      records.map(({ line, fault }) => [line, fault]),
      [
        [1, 'text-after-quote'],
        [2, undefined],
        [3, undefined],
        [4, undefined],
      ],
    )
  })

  it('tell lines that are not UTF-8 or have another number of fields', () => {
    const bytes = Buffer.concat([Buffer.from('1,a\n2,'), Buffer.from([0xe9]), Buffer.from('\n3\n4,x,y\n5,z')])
    assert.deepEqual(
      read(bytes, { ...CSV, columns: 2 }).map(({ fault }) => fault),
      [undefined, 'not-utf-8', 'too-few-fields', 'too-many-fields', undefined],
    )
  })

  it('are the same in whatever pieces the bytes come', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' '), maxLength: 6 })
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 3 }), { maxLength: 8 })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), (table, chunk) => {
        const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n')
        assert.deepEqual(fieldsIn(read(text, CSV, chunk)), table)
      }),
    )
  })

  it('account for every line of any text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n'), maxLength: 40 })
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (any, chunk) => {
        const records = read(any, CSV, chunk)
        assert.deepEqual(records, read(any))
        const lines = records.map(({ line }) => line)
        assert.deepEqual(
          lines,
          [...new Set(lines)].sort((a, b) => a - b),
        )
        // Each line that is not empty begins a record or lies inside a good one.
        const starts = new Set(lines)
        const inside = new Set(
          records.flatMap(({ line, fields }) => {
            const further = fields.join('').split('\n').length - 1
            return Array.from({ length: further }, (_, at) => line + at + 1)
          }),
        )
        any.split('\n').forEach((content, at) => {
          if (content !== '') assert.ok(starts.has(at + 1) || inside.has(at + 1), `line ${at + 1}`)
        })
      }),
    )
  })

  it('are those of DuckDB wherever both take the text', async () => {
    const database = await openDuckDatabase(':memory:', { threads: 1 })
    const path = join(temporaryFolder(), 'any.csv')
    const from = `read_csv('${path}', auto_detect = false, header = false, columns = {a: 'VARCHAR', b: 'VARCHAR'},
      delim = ',', quote = '"', escape = '"', nullstr = '', strict_mode = true)`
    // No space before a quote: DuckDB has several minds about that.
    const pieces = fc.constantFrom(
      'a',
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      'a ',
      '"b"',
      '"b" ',
      'é',
      'x,y\n',
      '"q\nr",z\n',
      '\n1,2\n',
    )
    const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
    let both = 0
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        const records = read(any, { ...CSV, columns: 2 })
        if (records.some(({ fault }) => fault !== undefined)) return
        writeFileSync(path, any)
        const rows = await database.rows(`SELECT a, b FROM ${from}`).catch(() => undefined)
        if (!rows) return
        both += 1
        assert.deepEqual(
          rows.map(({ a, b }) => [a ?? '', b ?? '']),
          fieldsIn(records),
        )
      }),
      { numRuns: 1500, seed: 20_261_127 },
    )
    database.close()
    assert.ok(both > 100, `${both} texts were taken by both`)
  })
})

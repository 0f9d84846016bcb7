/** Whatever stands in a text or a name comes back as it was: nothing in it can become SQL. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as b from './build.ts'
import * as r from './build-relations.ts'
import { agreement } from './testing/agreement.ts'
import type { Literal } from './tree.ts'

const engines = agreement(async () => {})

/** What ends literals and names, escapes, comments, placeholders, and what looks like them; and any text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        "''",
        '"',
        '`',
        '\\',
        "\\'",
        '--',
        '/*',
        '*/',
        ';',
        '$$',
        '$1',
        '?',
        ':x',
        '{x:String}',
        '\n',
        '\r\n',
        '\t',
        '%',
        '_',
        'E',
        "E'",
        '’',
        '\ufeff',
        '\u2028',
        ' OR 1=1',
      ),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll('\0', ''))
  // The reader of DuckDB's package takes a byte order mark at the beginning of a text away.
  .map((value) => value.replace(/^\ufeff+/, ''))
  .filter((value) => value.isWellFormed())

const literalOf = (value: string): Literal => ({ type: 'text', value })

test('texts, wherever they stand', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 30 }), async (values) => {
      const listed = r.rows(
        [{ name: 't', type: 'text' }],
        values.map((value) => [literalOf(value)]),
      )
      const t = b.column('s', 't')
      const [first = ''] = values
      const select = r.select({
        from: r.source(listed, 's'),
        columns: [
          b.named('t', t),
          b.named('literal', b.text(first)),
          b.named('same', b.equals(t, b.text(first))),
          b.named('in', b.isIn(t, values.map(literalOf))),
          b.named('starts', b.startsWith(t, first)),
          b.named('contains', b.contains(t, first)),
          b.named('ends', b.endsWith(t, first)),
        ],
      })
      const rows = await engines.rows(select)
      assert.deepEqual(
        [...rows].sort(),
        values
          .map((value) => [
            value,
            first,
            value === first,
            true,
            value.startsWith(first),
            value.includes(first),
            value.endsWith(first),
          ])
          .sort(),
      )
    }),
    { numRuns: 60, seed: 4 },
  )
})

test('names of columns and sources', async () => {
  const name = hostile.filter((value) => value !== '' && Buffer.byteLength(value) <= 63)
  await fc.assert(
    fc.asyncProperty(name, name, name, async (column, source, given) => {
      const rows = r.rows([{ name: column, type: 'integer' }], [[{ type: 'integer', value: 7 }]])
      const select = r.select({ from: r.source(rows, source), columns: [b.named(given, b.column(source, column))] })
      const answer = (await engines.results(r.program([r.madeStep(source, select)], { [given]: r.step(source) }))).get(
        given,
      )
      assert.deepEqual(answer, { columns: [given], rows: [[7]] })
    }),
    { numRuns: 60, seed: 4 },
  )
})

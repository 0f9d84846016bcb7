import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import type { FlatFile } from './container.ts'
import { foldText, wordsOf } from './fold.ts'
import { openFlat } from './open.ts'
import { enterPair, findPair, formatPair, hashPairs, pairTable, parsePair } from './pair-hash.ts'
import { distinct, groupRows, lowerBound, orderOf, transposed } from './rows.ts'
import { readTextPool, textPoolBuilder } from './text-pool.ts'
import { readWordIndex, type WordIndex, wordIndexBuilder } from './words.ts'
import { createFlatFile, type FlatWriter } from './write.ts'

const folder = await mkdtemp(join(tmpdir(), 'flat-'))
after(() => rm(folder, { recursive: true, force: true }))
let files = 0

async function flatWith(write: (writer: FlatWriter) => void): Promise<{ flat: FlatFile; file: string }> {
  files += 1
  const file = join(folder, `${files}.flat`)
  const writer = createFlatFile(file)
  write(writer)
  writer.finish()
  const flat = await openFlat(file)
  assert.ok(flat.ok)
  return { flat: flat.value, file }
}

test('sections of every kind come back; a file that was changed, cut off or is another is refused', async () => {
  const { flat, file } = await flatWith((writer) => {
    writer.add('bytes', Buffer.from('héllo'))
    writer.add('halves', Uint16Array.of(1, 65535))
    writer.add('words', Uint32Array.of(1, 2), Uint32Array.of(0xffffffff))
    writer.add('doubles', Float64Array.of(Math.PI))
    writer.add('nothing', new Uint32Array(0))
  })
  assert.equal(flat.text('bytes'), 'héllo')
  assert.deepEqual([...flat.halves('halves')], [1, 65535])
  assert.deepEqual([...flat.words('words')], [1, 2, 0xffffffff])
  assert.deepEqual([...flat.doubles('doubles')], [Math.PI])
  assert.equal(flat.words('nothing').length, 0)
  assert.equal(flat.has('other'), false)
  assert.throws(() => flat.words('other'), /no section other/)
  const bytes = await readFile(file)
  for (const position of [33, 60, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[position] = (changed[position] ?? 0) ^ 1
    await writeFile(`${file}.changed`, changed)
    const opened = await openFlat(`${file}.changed`)
    assert.equal(!opened.ok && opened.problem.code, 'terminology-flat-damaged')
  }
  await truncate(file, bytes.length - 8)
  const cut = await openFlat(file)
  assert.equal(!cut.ok && cut.problem.code, 'terminology-flat-damaged')
  await writeFile(file, 'something else, and longer than a header of a flat file')
  const other = await openFlat(file)
  assert.equal(!other.ok && other.problem.code, 'terminology-flat-unreadable')
  const version = Buffer.from(bytes)
  version.writeUInt32LE(99, 8)
  await writeFile(file, version)
  const newer = await openFlat(file)
  assert.equal(!newer.ok && newer.problem.code, 'terminology-flat-version')
  assert.equal((await openFlat(join(folder, 'absent'))).ok, false)
})

test('numbers of up to 18 digits keep every digit, their order, and are found by hash', () => {
  const numbers = fc.uniqueArray(fc.bigInt(1n, 999_999_999_999_999_999n), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(numbers, (values) => {
      const table = pairTable(2)
      const pair = { high: 0, low: 0 }
      values.forEach((value, position) => {
        assert.ok(parsePair(String(value), pair))
        assert.equal(formatPair(pair.high, pair.low), String(value))
        assert.equal(table.find(pair.high, pair.low), -1)
        assert.equal(table.enter(pair.high, pair.low), position)
        assert.equal(table.enter(pair.high, pair.low), position)
      })
      const slots = hashPairs(table.pairs, table.size, table.size + 1)
      values.forEach((value, position) => {
        parsePair(String(value), pair)
        assert.equal(table.find(pair.high, pair.low), position)
        assert.equal(findPair(slots, table.pairs, pair.high, pair.low), position)
      })
      enterPair(slots, 0, 0, table.size)
    }),
  )
  const pair = { high: 0, low: 0 }
  for (const text of ['', '0', '012', '1234567890123456789', '12a', '-5', ' 1'])
    assert.equal(parsePair(text, pair), false, text)
})

test('rows are grouped, turned round, sorted and searched as plain arrays are', () => {
  const keys = fc.array(fc.nat(20), { maxLength: 80 })
  fc.assert(
    fc.property(keys, (values) => {
      const rows = groupRows(Uint32Array.from(values), 21)
      for (let key = 0; key < 21; key += 1) {
        const expected = values.flatMap((value, row) => (value === key ? [row] : []))
        assert.deepEqual([...rows.entries.subarray(rows.starts[key], rows.starts[key + 1])], expected)
      }
      const back = transposed(rows, values.length)
      values.forEach((value, row) => {
        assert.deepEqual([...back.entries.subarray(back.starts[row], back.starts[row + 1])], [value])
      })
      const large = Uint32Array.from(values, (value) => value * 200_000_003)
      const expected = [...large.keys()].sort((a, b) => (large[a] ?? 0) - (large[b] ?? 0) || a - b)
      assert.deepEqual([...orderOf(large)], expected)
      const once = distinct(Uint32Array.from(values))
      assert.deepEqual(
        [...once],
        [...new Set(values)].sort((a, b) => a - b),
      )
      assert.equal(lowerBound(once, 7), [...once].filter((value) => value < 7).length)
    }),
  )
})

test('a pool gives each text one number, both ways', async () => {
  const texts = [
    '',
    'a',
    'ä',
    'œdème',
    'x'.repeat(70_000),
    ...Array.from({ length: 9000 }, (_, index) => `text ${index}`),
  ]
  const builder = textPoolBuilder()
  texts.forEach((text, number) => {
    assert.equal(builder.numberOfText(text), number)
    assert.equal(builder.numberOfText(text), number)
  })
  assert.equal(builder.text(3), 'œdème')
  const { flat } = await flatWith((writer) => builder.write(writer, 'pool'))
  const pool = readTextPool(flat, 'pool')
  assert.equal(pool.size, texts.length)
  texts.forEach((text, number) => {
    assert.equal(pool.text(number), text)
    assert.equal(pool.numberOf(text), number)
  })
  assert.equal(pool.numberOf('absent'), -1)
})

test('words fold without case, accents and ligatures, in every script', () => {
  assert.deepEqual(wordsOf('Œdème aigu (l’œil gauche)'), ['oedeme', 'aigu', 'l', 'oeil', 'gauche'])
  assert.deepEqual(wordsOf('STRASSE Straße ẞ'), ['strasse', 'strasse', 'ss'])
  assert.deepEqual(wordsOf('Καρδιάς ΚΑΡΔΙΑΣ'), ['καρδιασ', 'καρδιασ'])
  assert.deepEqual(wordsOf('Ёлка Ξηρός ﬁbrose Łódź Þing e\u0301'), ['елка', 'ξηροσ', 'fibrose', 'lodz', 'thing', 'e'])
  assert.deepEqual(wordsOf(' -- '), [])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(foldText(foldText(text)), foldText(text))
    }),
  )
})

async function indexOf(terms: readonly string[]): Promise<WordIndex> {
  const builder = wordIndexBuilder()
  for (const term of terms) {
    const bytes = Buffer.from(term, 'utf8')
    builder.add(bytes, 0, bytes.length)
  }
  const { flat } = await flatWith((writer) => builder.write(writer, 'words'))
  return readWordIndex(flat, 'words')
}

function walked(index: WordIndex, prefixes: readonly string[], limit = Number.POSITIVE_INFINITY) {
  const found: number[] = []
  const end = index.walk(prefixes, { steps: 10_000_000 }, (entry) => found.push(entry) < limit)
  return { found, end }
}

test('every prefix matches as in the terms themselves, best first, whether words are rare or common', async () => {
  const syllables = ['ba', 'be', 'bi', 'ca', 'cé', 'ço', 'du', 'œ', 'ß', 'κα']
  let state = 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
  const word = () => Array.from({ length: 1 + random(2) }, () => syllables[random(syllables.length)]).join('')
  for (const size of [40, 9000]) {
    const terms = Array.from({ length: size }, () => Array.from({ length: 1 + random(4) }, word).join(' '))
    const folded = terms.map(wordsOf)
    const index = await indexOf(terms)
    for (const prefixes of [
      ['b'],
      ['c', 'b'],
      ['ba', 'ce'],
      ['oe'],
      ['ss', 'κ', 'd'],
      ['duba', 'b'],
      ['q'],
      ['b', 'q'],
      ['b', 'bi', 'c'],
    ]) {
      const expected = folded.flatMap((words, entry) =>
        prefixes.every((prefix) => words.some((other) => other.startsWith(prefix))) ? [entry] : [],
      )
      assert.deepEqual(walked(index, prefixes), { found: expected, end: 'complete' }, `${size} ${prefixes}`)
      for (const limit of [1, 300]) {
        assert.deepEqual(walked(index, prefixes, limit).found, expected.slice(0, limit), `${size} ${prefixes} ${limit}`)
      }
      const matches = index.compile(prefixes)
      assert.deepEqual(
        terms.flatMap((_, entry) => (matches(entry) ? [entry] : [])),
        expected,
      )
    }
  }
})

test('a walk ends when its work is used up, and the next one is right all the same', async () => {
  const index = await indexOf(Array.from({ length: 20_000 }, (_, entry) => `a${entry % 7} b${entry % 5}`))
  let visited = 0
  const work = { steps: 3000 }
  const end = index.walk(['a', 'b'], work, () => {
    visited += 1
    return true
  })
  assert.equal(end, 'exhausted')
  assert.ok(visited <= 3000)
  assert.equal(
    walked(index, ['a3', 'b4']).found.length,
    [...Array(20_000).keys()].filter((n) => n % 7 === 3 && n % 5 === 4).length,
  )
})

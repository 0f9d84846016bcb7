import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import yazl from 'yazl'
import { newFolder, writeFiles } from '../testing/import-files.ts'
import { type CsvOptions, type CsvRecord, csvRecords } from './csv.ts'
import { type InputFile, openInput } from './input.ts'

/** A place of this file's own: other tests unpack archives at the same time, and are killed while they do. */
process.env.TMPDIR = newFolder()

/** A file in memory that is read in pieces of some bytes. */
function memoryFile(content: Buffer, piece = content.length || 1): InputFile {
  const pieces = Array.from({ length: Math.ceil(content.length / piece) }, (_, at) =>
    content.subarray(at * piece, (at + 1) * piece),
  )
  return {
    name: 'memory.csv',
    size: content.length,
    head: async () => content.subarray(0, 8192),
    bytes: async () => ({ ok: true, value: content }),
    stream: () => Readable.from(pieces),
  }
}

async function read(content: string | Buffer, options: Partial<CsvOptions> = {}, piece?: number) {
  const records: CsvRecord[] = []
  const told: string[] = []
  const file = memoryFile(Buffer.from(content), piece)
  const all = { delimiter: ',', encoding: 'utf-8', quoted: true, ...options } as const
  for await (const record of csvRecords(file, all, ({ line, code }) => told.push(`${line} ${code}`)))
    records.push(record)
  return { rows: records.map(({ cells }) => [...cells]), lines: records.map(({ line }) => line), told }
}

test('what RFC 4180 writes is read back, wherever the file is cut into pieces', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '漢', ';'), maxLength: 6 })
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 9 }), fc.constantFrom('\n', '\r\n'), async (rows, piece, end) => {
      const written = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(end)
      const kept = rows.filter((row) => row.some((value) => value.trim() !== ''))
      const { rows: found, told } = await read(written, {}, piece)
      assert.deepEqual(found, kept)
      assert.deepEqual(told, [])
    }),
    { numRuns: 200 },
  )
})

test('any bytes end in records or a complaint with a line, never in an exception', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 7 }),
      async (bytes, quoted, piece) => {
        const { told } = await read(Buffer.from(bytes), { quoted }, piece)
        for (const one of told) assert.match(one, /^\d+ terminology-/)
      },
    ),
    { numRuns: 300 },
  )
})

test('lines are counted through quotation marks, line ends and byte order marks', async () => {
  const { rows, lines } = await read('\uFEFFa,"b\nb"\r\n\r\n"c ""q"" c",d\ne,f')
  assert.deepEqual(rows, [
    ['a', 'b\nb'],
    ['c "q" c', 'd'],
    ['e', 'f'],
  ])
  assert.deepEqual(lines, [1, 4, 5])
})

test('an open quotation mark, a cell without end and too many cells are told with the line', async () => {
  assert.deepEqual((await read('a,b\n"c,d\ne,f\n')).told, ['2 terminology-table-broken'])
  assert.deepEqual(
    (await read(`a\n"${'x\n'.repeat(600_000)}`)).told.map((one) => one.replace(/^\d+ /, '')),
    ['terminology-table-broken'],
  )
  assert.deepEqual((await read(`a\n${','.repeat(3000)}\n`)).told, ['2 terminology-table-broken'])
})

test('text without quoting keeps its quotation marks; UTF-16 is told by its mark', async () => {
  assert.deepEqual((await read('a "x"\t"y\nb\tc\n', { delimiter: '\t', quoted: false })).rows, [
    ['a "x"', '"y'],
    ['b', 'c'],
  ])
  assert.deepEqual((await read(Buffer.from('\uFEFFé,b\n', 'utf16le'))).rows, [['é', 'b']])
})

async function zipOf(files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const zip = new yazl.ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(content, name)
  zip.end()
  return buffer(zip.outputStream)
}

function temporaryFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter(
    (name) => name.startsWith('tessera-import-') && !name.startsWith('tessera-import-test-'),
  )
}

test('an archive that swells is refused within bounds, and leaves nothing behind', async () => {
  const before = temporaryFolders()
  const zeros = Buffer.alloc(3_000_000)
  const folder = writeFiles({
    'bomb.zip': await zipOf({ 'a.json': Buffer.from('{}'), 'bomb.json': zeros }),
    'x.json': '{}',
  })
  const input = await openInput([folder], { bytes: 1_000_000, files: 10 })
  assert.deepEqual(
    input.files.map(({ name }) => name),
    ['bomb.zip!a.json', 'x.json'],
  )
  assert.equal(input.problems[0]?.code, 'terminology-package-broken')
  assert.match(input.problems[0]?.sentence ?? '', /more than 1 MB/)
  await input.close()
  assert.deepEqual(temporaryFolders(), before)
})

test('names in an archive are never paths; too many files are refused', async () => {
  const outside = join(newFolder(), 'outside.json')
  const header = Buffer.alloc(512)
  header.write(`../../../../../../../..${outside}`, 0)
  header.write('0000644\0', 100)
  header.write('00000000002\0', 124)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const body = Buffer.alloc(512)
  body.write('{}')
  const folder = writeFiles({ 'slip.tgz': gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)])) })
  const input = await openInput([folder])
  assert.equal(input.files.length, 1)
  assert.equal(existsSync(outside), false)
  await input.close()
  const many = await zipOf(
    Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`${index}.json`, Buffer.from('{}')])),
  )
  const path = join(newFolder(), 'many.zip')
  writeFileSync(path, many)
  const few = await openInput([path], { bytes: 1000, files: 3 })
  assert.match(few.problems[0]?.sentence ?? '', /more than 3 files/)
  await few.close()
})

test('a truncated archive gives what came before the damage', async () => {
  const whole = await zipOf({ 'a.json': Buffer.from('{}') })
  const folder = writeFiles({ 'cut.zip': whole.subarray(0, whole.length - 10), 'no.tgz': 'no gzip' })
  const input = await openInput([folder])
  assert.deepEqual(
    input.problems.map(({ file, code }) => `${file} ${code}`),
    ['cut.zip terminology-package-broken', 'no.tgz terminology-package-broken'],
  )
  await input.close()
})

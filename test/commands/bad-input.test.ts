/** What the command says to bad input: one clear sentence with the place, exit code 1, bounded memory, nothing lost on the way. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'src', 'cli', 'main.ts')
const DOCUMENT = join(ROOT, 'data', 'demo', 'PT', 'documents', 'maria-joao-ferreira.L3.xml')
/** Resident memory that one refusal may take: a bare run of the command takes about 110 MB. */
const MOST_KILOBYTES = 400 * 1024

const folder = mkdtempSync(join(tmpdir(), 'tessera-bad-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const source = readFileSync(DOCUMENT)

interface Case {
  readonly name: string
  readonly content: string | Uint8Array
  /** What the sentence must say, place included. */
  readonly says: RegExp
}

const CASES: readonly Case[] = [
  {
    name: 'truncated.xml',
    content: source.subarray(0, source.indexOf('<entry') + 7),
    says: /truncated\.xml:\d+:\d+: .*ends inside/,
  },
  { name: 'doctype.xml', content: '<?xml version="1.0"?>\n<!DOCTYPE a>\n<a/>', says: /doctype\.xml:2:1: .*DOCTYPE/ },
  {
    name: 'bomb.xml',
    content: `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(50)}"><!ENTITY c "${'&b;'.repeat(50)}"><!ENTITY d "${'&c;'.repeat(50)}">]><a>&d;</a>`,
    says: /bomb\.xml:1:1: .*DOCTYPE/,
  },
  {
    name: 'nested.xml',
    content: `<ClinicalDocument xmlns="urn:hl7-org:v3">${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}</ClinicalDocument>`,
    says: /nested\.xml:1:\d+: .*nested/,
  },
  {
    name: 'encoding.xml',
    content: Buffer.concat([source.subarray(0, 600), Buffer.from([0xe9, 0x20]), source.subarray(600)]),
    says: /encoding\.xml:\d+:\d+: .*UTF-8/,
  },
  { name: 'feed.xml', content: '<feed xmlns="http://www.w3.org/2005/Atom"/>', says: /feed\.xml:1:1: .*<feed>/ },
  { name: 'empty.xml', content: '', says: /empty\.xml: .*empty/ },
  {
    name: 'bytes.xml',
    content: Uint8Array.from({ length: 4096 }, (_, index) => index % 256),
    says: /bytes\.xml:1:1: /,
  },
  { name: 'other.json', content: '{"hello": "world"}', says: /other\.json:1:1: .*FHIR/ },
  {
    name: 'truncated.json',
    content: '{"resourceType":"Bundle","type":"document","entry":[{"resource":{',
    says: /truncated\.json:1:\d+: .*ends/,
  },
  {
    name: 'deep.json',
    content: `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    says: /deep\.json:1:\d+: .*levels deep/,
  },
]

function convert(...options: readonly string[]): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  return spawnSync(process.execPath, [MAIN, 'convert', ...options], {
    encoding: 'utf8',
    env: { ...process.env, TESSERA_HOME: join(folder, 'home') },
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** Peak resident memory of the command, in kilobytes, as the operating system counted it. */
function peakOf(file: string): number {
  const script = `import('node:process').then(() => import(${JSON.stringify(MAIN)})).then(() => { process.on('exit', () => console.error('peak ' + process.resourceUsage().maxRSS)) })`
  const run = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, MAIN, 'convert', file, '--to', 'text'],
    {
      encoding: 'utf8',
      env: { ...process.env, TESSERA_HOME: join(folder, 'home') },
    },
  )
  return Number(/peak (\d+)/.exec(run.stderr)?.[1] ?? Number.NaN)
}

describe('bad input to convert', () => {
  for (const { name, content, says } of CASES) {
    test(name, () => {
      const file = join(folder, name)
      writeFileSync(file, content)
      const run = convert(file, '--to', 'fhir')
      assert.equal(run.status, 1)
      assert.match(run.stderr, says)
      assert.equal(run.stderr.trim().split('\n').length, 1, 'one sentence')
      assert.doesNotMatch(run.stderr, /\bat .*\.ts:\d+/, 'no stack trace')
      assert.equal(run.stdout, '')
    })
  }

  test('a file of 200 MB is refused before it is read', () => {
    const file = join(folder, 'large.xml')
    const handle = openSync(file, 'w')
    ftruncateSync(handle, 200 * 1024 * 1024)
    closeSync(handle)
    const run = convert(file, '--to', 'text')
    assert.equal(run.status, 1)
    assert.match(run.stderr, /large\.xml: .*200 MiB/)
    const peak = peakOf(file)
    assert.ok(peak > 0 && peak < MOST_KILOBYTES, `${peak} kB resident`)
    rmSync(file)
  })

  test('in a folder, bad files are named and the others are converted', () => {
    const mixed = join(folder, 'mixed')
    mkdirSync(join(mixed, 'inner'), { recursive: true })
    cpSync(DOCUMENT, join(mixed, 'inner', 'good.xml'))
    writeFileSync(join(mixed, 'bad.xml'), '<a>')
    writeFileSync(join(mixed, 'readme.txt'), 'not a document')
    const out = join(folder, 'out')
    const reports = join(folder, 'reports')
    const run = convert(mixed, '--to', 'html', '--lang', 'fr', '--out', out, '--report', reports)
    assert.equal(run.status, 1)
    assert.match(run.stderr, /bad\.xml:1:\d+: /)
    assert.match(run.stdout, /1 of 2 documents/)
    assert.deepEqual(readdirSync(out, { recursive: true }).map(String).sort(), [
      'inner',
      join('inner', 'good.xml.html'),
    ])
    const report: unknown = JSON.parse(readFileSync(join(reports, 'inner', 'good.xml.report.json'), 'utf8'))
    assert.deepEqual(Object.keys(Object(report)).sort(), ['coded', 'notCarried', 'statements', 'text', 'untranslated'])
  })

  test('wrong usage has exit code 2', () => {
    assert.equal(convert(DOCUMENT).status, 2)
    assert.equal(convert(DOCUMENT, '--to', 'word').status, 2)
    assert.equal(convert(DOCUMENT, '--to', 'text', '--lang', 'not a language').status, 2)
    assert.equal(convert(join(folder, 'absent.xml'), '--to', 'text').status, 1)
  })
})

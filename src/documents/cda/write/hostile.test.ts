/** What chance makes of real documents: reading and writing never throw, and what is written is valid or refused in words. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { openTerminology } from '#terminology/open.ts'
import { readDocument } from '../../read.ts'
import { cdaSchema } from './testing/schema.ts'
import { writeCda } from './write-cda.ts'

const skip = withoutCorpus()
const home = mkdtempSync(join(tmpdir(), 'tessera-hostile-'))
after(() => rmSync(home, { recursive: true, force: true }))
const terms = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terms')
const terminology = await openTerminology({ cache: home, sources: { terms, packages: [], icu: true } })
const invalid = skip ? () => '' : cdaSchema()
const RUNS = Number(process.env.TESSERA_FUZZ_RUNS ?? 60)

/** Reads and writes; what can be written must be valid. */
function check(bytes: Uint8Array): void {
  const read = readDocument(bytes, { terminology })
  if (!read.ok) return
  const written = writeCda(read.value, { terminology })
  if (written.ok) assert.equal(invalid(written.value.xml), '')
  else assert.match(written.problem.sentence, /\w.*\.$/)
}

const WORDS = [
  '',
  ' ',
  'x y',
  '<&>"',
  '\u0000',
  '#',
  '2.16',
  '99999999999999999999',
  '-1',
  'nullFlavor',
  'é\u{1F600}',
  'true',
  '1.2.3.',
]

/** Another value for an attribute or a run of text, an element less, an element twice, or two attributes exchanged. */
function mutate(xml: string, at: number, kind: number, word: string): string {
  const tags = [...xml.matchAll(/<(\w+)[^<>]*>/g)].filter(({ 1: name }) => name !== 'ClinicalDocument')
  const tag = tags[at % tags.length]
  if (tag === undefined) return xml
  const [whole, name = ''] = tag
  const { index } = tag
  const end = whole.endsWith('/>') ? index + whole.length : xml.indexOf(`</${name}>`, index) + name.length + 3
  if (end <= index) return xml
  const inside = xml.slice(index, end)
  const escaped = word.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
  if (kind === 0) return xml.slice(0, index) + xml.slice(end)
  if (kind === 1) return xml.slice(0, end) + inside + xml.slice(end)
  if (kind === 2) return xml.slice(0, index) + inside.replace(/="[^"]*"/, `="${escaped}"`) + xml.slice(end)
  if (kind === 3) return xml.slice(0, index) + inside.replace(/>[^<>]+</, `>${escaped}<`) + xml.slice(end)
  return xml.slice(0, index) + inside.replace(/\b(?:value|code|root|ID|unit)=/, 'extension=') + xml.slice(end)
}

test('mutated CDA', { skip }, () => {
  const files = corpusFiles('openncp/cda/{ps,ep,ed}/*.xml')
  const sources = files.filter((_, at) => at % 7 === 0).map((file) => readFileSync(file, 'utf8'))
  const step = fc.record({ at: fc.nat(), kind: fc.nat(4), word: fc.constantFrom(...WORDS) })
  fc.assert(
    fc.property(fc.nat(sources.length - 1), fc.array(step, { minLength: 1, maxLength: 12 }), (which, steps) => {
      const changed = steps.reduce((xml, { at, kind, word }) => mutate(xml, at, kind, word), sources[which] ?? '')
      check(Buffer.from(changed))
    }),
    { numRuns: RUNS },
  )
})

/** Values of other types than FHIR has where they stand. */
const STRANGE: readonly unknown[] = [
  '',
  ' ',
  0,
  -1.5,
  true,
  null,
  [],
  {},
  [null],
  ['x'],
  { coding: 'x' },
  { reference: 5 },
  { value: {} },
  '2011-13-45',
  'tel:a%zz',
  'http://[x',
  1e21,
  ...WORDS,
]

/** One of `rarity` values becomes another one. */
function strange(held: unknown, choose: () => number, rarity: number): unknown {
  if (choose() % rarity === 0) return STRANGE[choose() % STRANGE.length]
  if (Array.isArray(held)) return held.map((one) => strange(one, choose, rarity))
  if (typeof held !== 'object' || held === null) return held
  return Object.fromEntries(
    Object.entries(held).map(([key, value]) => [key, key === 'resourceType' ? value : strange(value, choose, rarity)]),
  )
}

test('FHIR with values of other types', { skip }, () => {
  const files = corpusFiles('fhir/{ig-ips,ips-connectathon,ig-eps,ig-hdr,ig-mpd}/*.json')
  const sources: unknown[] = files
    .map((file) => readFileSync(file))
    .filter((bytes) => bytes.length < 120_000)
    .map((bytes) => JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')))
  fc.assert(
    fc.property(fc.nat(sources.length - 1), fc.nat(), fc.constantFrom(60, 300, 1500), (which, seed, rarity) => {
      let state = seed + 1
      const choose = (): number => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
        return Math.floor(state / 65_536)
      }
      check(Buffer.from(JSON.stringify(strange(sources[which], choose, rarity))))
    }),
    { numRuns: RUNS },
  )
})

test('references in a circle end', { skip }, () => {
  const observation = (id: string, next: string): object => ({
    fullUrl: `urn:uuid:${id}`,
    resource: {
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: id },
      hasMember: [{ reference: `urn:uuid:${next}` }],
    },
  })
  const bundle = {
    resourceType: 'Bundle',
    type: 'document',
    entry: [
      {
        resource: {
          resourceType: 'Composition',
          title: 'T',
          section: [{ title: 'S', entry: [{ reference: 'urn:uuid:a' }] }],
        },
      },
      { resource: { resourceType: 'Patient', name: [{ family: 'Silva' }] } },
      observation('a', 'b'),
      observation('b', 'c'),
      observation('c', 'a'),
    ],
  }
  check(Buffer.from(JSON.stringify(bundle)))
})

/** Whatever stands in a field of a FHIR document, also where only a code or a number may stand: it is in what is written, or told. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { openTerminology } from '#terminology/open.ts'
import { readDocument } from '../../read.ts'
import { writeCda } from './write-cda.ts'

const skip = withoutCorpus()
const home = mkdtempSync(join(tmpdir(), 'tessera-kept-'))
after(() => rmSync(home, { recursive: true, force: true }))
const terms = join(import.meta.dirname, '..', '..', '..', '..', 'data', 'terms')
const terminology = await openTerminology({ cache: home, sources: { terms, packages: [], icu: true } })

/** Fields that say how a bundle is built. */
const FORM = new Set([
  'resourceType', 'id', 'reference', 'url', 'system', 'profile', 'div', 'fullUrl', 'meta', 'data', 'language', 'tag', 'security',
]) // biome-ignore format: a list
/** What the document says in another way, whatever stands there. */
const SAID_OTHERWISE = [
  // A reference leads to a resource, whose own words are written; so does what kind of resource it is.
  /\.(?:display|type)$/,
  /\.identifier\.use$/,
  /^Condition\.category\.text$/,
  // The words of a unit of time that has a UCUM code; why a value is missing is a null flavour.
  /\.boundsDuration\.unit$/,
  /\.extension\.value(?:Code|Boolean)$/,
  /\.text\.status$/,
  /\.userSelected$/,
]

interface Leaf {
  readonly holder: Record<string, unknown>
  readonly key: string
  readonly path: string
}

function leaves(held: object, path: string): Leaf[] {
  const holder = held as Record<string, unknown>
  return Object.entries(holder).flatMap(([key, value]) => {
    if (FORM.has(key)) return []
    const field = Array.isArray(held) ? path : `${path}.${key}`
    return typeof value === 'object' && value !== null ? leaves(value, field) : [{ holder, key, path: field }]
  })
}

test('a word in any field', { skip }, () => {
  const sources: { readonly entry?: readonly { readonly resource?: { readonly resourceType: string } }[] }[] =
    corpusFiles('fhir/{ig-ips,ips-connectathon,ig-eps,ig-hdr,ig-mpd}/*.json')
      .map((file) => readFileSync(file))
      .filter((bytes) => bytes.length < 120_000)
      .map((bytes) => JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')))
  fc.assert(
    fc.property(fc.nat(sources.length - 1), fc.nat(), fc.constantFrom('lost17', 'lost 17'), (which, at, word) => {
      const bundle = structuredClone(sources[which])
      const all = (bundle?.entry ?? []).flatMap(({ resource }) =>
        resource === undefined ? [] : leaves(resource, resource.resourceType),
      )
      const leaf = all[at % all.length]
      if (leaf === undefined || SAID_OTHERWISE.some((known) => known.test(leaf.path))) return
      leaf.holder[leaf.key] = word
      const read = readDocument(Buffer.from(JSON.stringify(bundle)), { terminology })
      const written = read.ok ? writeCda(read.value, { terminology }) : read
      if (!written.ok) return
      const told = written.value.notWritten.some(({ what }) => what.includes(word))
      assert.ok(told || written.value.xml.includes(word), `${leaf.path}: ${word}`)
    }),
    { numRuns: Number(process.env.TESSERA_FUZZ_RUNS ?? 60), seed: Number(process.env.TESSERA_FUZZ_SEED ?? 1) },
  )
})

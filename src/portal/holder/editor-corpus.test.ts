/** Descriptions by others in the editor: every page of every node sent back as a browser would send it changes nothing; import. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { editorFields } from '#research/catalogue/editor/editor.ts'
import { canonicalText } from '#research/catalogue/rdf/canonical.ts'
import type { Store } from '#research/catalogue/rdf/graph.ts'
import type { DatasetRecord } from '#research/catalogue/record/dataset-record.ts'
import { readRecord } from '#research/catalogue/record/read-record.ts'
import type { AnyNode } from '#research/catalogue/record/shape.ts'
import { splitCatalogue } from '#research/catalogue/record/split.ts'
import { writeRecord } from '#research/catalogue/record/write-record.ts'
import {
  corpusGraph,
  corpusText,
  OFFICIAL,
  READABLE,
  RELEASE_5_CATALOGUE,
  UNPARSABLE,
  withoutCorpus,
} from '#research/catalogue/testing/corpus.ts'
import { nodesOf } from './editor-place.ts'
import { workingGraph } from './own-datasets.ts'
import { HOLDER, type TestHolder, testHolder } from './test-holder.ts'

/** What one has and the other has not. */
function difference(one: Store, other: Store): readonly string[] {
  const lines = (graph: Store) => canonicalText(graph).split('\n')
  const [before, now] = [lines(one), lines(other)]
  return [
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ]
}

/** Addresses of every node of a record in the editor. */
function* placesOf(record: DatasetRecord): Generator<string> {
  yield* inside({ ...record }, editorFields('NON_PUBLIC'), '')
}

function* inside(node: AnyNode, fields: ReturnType<typeof editorFields>, at: string): Generator<string> {
  yield at
  for (const field of fields.filter(({ kind }) => kind === 'node')) {
    const base = at === '' ? field.name : `${at}.${field.name}`
    for (const [index, one] of nodesOf(node, field).entries()) {
      yield* inside(one, field.fields, field.many ? `${base}.${index}` : base)
    }
  }
}

const plain = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** What a browser sends of the form of a page when nothing is touched. */
function untouched(page: string): readonly (readonly [string, string])[] {
  const form = page.split('<form').find((one) => one.includes('action="/holder/edit')) ?? ''
  const inputs = [...form.matchAll(/<input ([^>]*)>|<textarea ([^>]*)>([^<]*)<\/textarea>/g)]
  return inputs.flatMap(([, input, area, text]) => {
    const attribute = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(input ?? area ?? '')?.[1] ?? ''
    const isBox = /type="(checkbox|radio)"/.test(input ?? '')
    if (isBox && !/ checked/.test(input ?? '')) return []
    // A newline right after the tag is not part of the text.
    return [
      [
        plain(attribute('name')),
        plain(input === undefined ? (text ?? '').replace(/^\n/, '') : attribute('value')),
      ] as const,
    ]
  })
}

/** Of one dataset; each costs a judgement of the gate. */
const PAGES = 4

describe('descriptions by others in the holder’s editor', { skip: withoutCorpus }, () => {
  let node: TestHolder
  before(async () => {
    node = await testHolder()
  })
  after(() => node?.close())

  for (const path of READABLE) {
    test(`${path}: every page sent back untouched changes nothing`, async () => {
      const { datasets } = splitCatalogue(await corpusGraph(path))
      for (const { dataset, graph } of datasets.slice(0, 1)) {
        const described = readRecord(graph, dataset)
        const record = { ...described, custodian: { ...described.custodian, node: HOLDER } }
        assert.ok((await node.catalogue.saveDraft({ iri: dataset, by: 'a|b', graph: writeRecord(record) })).ok)
        const before = await node.catalogue.find(dataset)
        assert.ok(before)
        let pages = 0
        const places = [...placesOf(readRecord(workingGraph(before), dataset))]
        // Spread over all of them: neighbours are alike.
        const step = Math.max(1, Math.floor(places.length / PAGES))
        for (const at of places.filter((_, index) => index % step === 0)) {
          const address = `/edit?${new URLSearchParams({ dataset, at })}`
          const page = await node.get(address)
          assert.equal(page.status, 200, address)
          const sent = await node.post(
            address,
            untouched(page.text).filter(([name]) => name !== 'form-token'),
          )
          assert.equal(sent.status, 303, `${at}: ${/field-error">([^<]*)/.exec(sent.text)?.[1]}`)
          const now = await node.catalogue.find(dataset)
          assert.ok(now)
          assert.deepEqual(difference(workingGraph(before), workingGraph(now)), [], `${dataset} at ${at}`)
          pages += 1
        }
        assert.ok(pages >= PAGES)
      }
      assert.deepEqual(node.errors, [])
    })
  }

  test('a catalogue of others is read, told dataset by dataset, and not taken; what cannot be read is told', async () => {
    const { text, status } = await node.upload({ text: corpusText(RELEASE_5_CATALOGUE) })
    assert.equal(status, 200)
    assert.match(text, /Jeux de données dans le document\s: 21/)
    assert.equal((await node.upload({ text: corpusText(UNPARSABLE) })).status, 422)
    assert.equal((await node.upload({ text: corpusText(OFFICIAL) })).status, 200)
    assert.deepEqual(node.errors, [])
  })
})

/** Descriptions written by others, conformant or not, can be shown: nothing of them breaks a page or gets out of its place. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitCatalogue } from '#research/catalogue/record/split.ts'
import { corpusGraph, READABLE, withoutCorpus } from '#research/catalogue/testing/corpus.ts'
import { publicPages } from './public-pages.ts'
import { testPublic } from './test-public.ts'

describe('descriptions of the corpus', { skip: withoutCorpus }, () => {
  it('have pages in both languages', async () => {
    const pages = await testPublic(0)
    const shown: string[] = []
    // As if they were published: many of them break their release.
    const app = publicPages({
      ...pages.options,
      catalogue: {
        search: (query) => pages.catalogue.search({ ...query, states: ['draft'] }),
        async find(iri, source) {
          const found = await pages.catalogue.find(iri, source)
          return found && { ...found, state: 'published', draft: undefined }
        },
      },
    })
    for (const file of READABLE) {
      for (const { dataset, graph } of splitCatalogue(await corpusGraph(file)).datasets) {
        const saved = await pages.catalogue.saveDraft({ iri: dataset, by: 'x|y', graph })
        assert.ok(saved.ok)
        for (const language of ['fr', 'en']) {
          const path = `/catalogue/dataset?${new URLSearchParams({ iri: dataset, language })}`
          const answer = await app.request(path)
          const text = await answer.text()
          assert.equal(answer.status, 200, `${file} ${dataset}`)
          assert.doesNotMatch(text, /\[object Object\]|>undefined<|>null<|<script>|javascript:/)
          assert.ok(text.length < 400_000)
        }
        shown.push(dataset)
      }
    }
    assert.ok(shown.length > 20)
    const search = await (await app.request('/catalogue?language=en')).text()
    assert.match(search, new RegExp(`${shown.length} datasets`))
    assert.deepEqual(pages.errors, [])
    await pages.close()
  })
})

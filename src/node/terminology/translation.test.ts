import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { openTerminology } from '#terminology/open.ts'
import { translationApp } from './translation.ts'

const cache = mkdtempSync(join(tmpdir(), 'tessera-facade-'))
after(() => rmSync(cache, { recursive: true, force: true }))
const terms = join(import.meta.dirname, '..', '..', '..', 'data', 'terms')
const terminology = await openTerminology({ cache, sources: { terms, packages: [], icu: true } })
const app = translationApp(() => terminology)

interface Answer {
  readonly status: string
  readonly responseCDA: string
  readonly errors: readonly { readonly family: string; readonly code: string }[]
}

async function post(path: string, body: object): Promise<Answer> {
  const response = await app.request(path, { method: 'POST', body: JSON.stringify(body) })
  assert.equal(response.status, 200)
  return (await response.json()) as Answer
}

const encoded = (xml: string) => Buffer.from(xml).toString('base64')

test('every language with words is offered', async () => {
  const languages = (await (await app.request('/languages')).json()) as readonly string[]
  for (const language of ['fr', 'el', 'en']) assert.ok(languages.includes(language), language)
})

test('documents of the corpus go through the façade', { skip: withoutCorpus() }, async () => {
  for (const file of corpusFiles('openncp/cda/ps/v9__*.xml').slice(0, 8)) {
    const pivotCDA = readFileSync(file).toString('base64')
    const transcoded = await post('/transcode', { friendlyCDA: pivotCDA })
    const translated = await post('/translate', { pivotCDA: transcoded.responseCDA, targetLanguageCode: 'fr-BE' })
    assert.ok(parseXml(Buffer.from(translated.responseCDA, 'base64')).ok, file)
  }
})

test('a document that cannot be used comes back as it came, with the code of its reason', async () => {
  const codes = async (xml: string) => {
    const answer = await post('/transcode', { friendlyCDA: encoded(xml) })
    assert.equal(answer.responseCDA, encoded(xml))
    assert.equal(answer.status, 'ERROR')
    return answer.errors.map(({ family, code }) => `${family} ${code}`)
  }
  const document = (inside: string) => `<ClinicalDocument xmlns="urn:hl7-org:v3">${inside}</ClinicalDocument>`
  assert.deepEqual(await codes('<a'), ['TM 4500'])
  assert.deepEqual(await codes('<a/>'), ['TM 4507'])
  assert.deepEqual(await codes(document('')), ['TM 4509'])
  assert.deepEqual(await codes(document('<code code="1"/>')), ['TM 4510'])
  assert.deepEqual(await codes(document('<component><nonXMLBody><text/></nonXMLBody></component>')), ['TM 4508'])
})

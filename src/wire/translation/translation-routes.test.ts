import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TransformationAnswer, TransformationResult } from './answer.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { type TranslationHandlers, type TranslationOptions, translationRoutes } from './translation-routes.ts'

const done = (document: Uint8Array): TransformationResult => ({
  document,
  status: 'WARNING',
  findings: [
    {
      family: 'TSAM',
      code: '4505',
      severity: 'warning',
      sentence: 'No words',
      path: '/a/b',
      line: 3,
      subject: '1.2 X',
    },
    { family: 'TESSERA', code: 'narrative-not-translated', severity: 'note', sentence: 'Narrative' },
  ],
})

const handlers: TranslationHandlers = {
  languages: () => ['el', 'fr'],
  translateValueSet: (oid, language) => (oid === '1.2.3' ? { resourceType: 'ValueSet', language } : undefined),
  translate: (document) => done(document),
  transcode: (document) => done(document),
}

async function post(
  path: string,
  body: unknown,
  given: Partial<TranslationHandlers> = {},
  options: TranslationOptions = {},
): Promise<readonly [number, TransformationAnswer]> {
  const app = translationRoutes({ ...handlers, ...given }, options)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await app.request(path, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json' },
  })
  const answer = (await response.json()) as TransformationAnswer
  return [response.status, answer]
}

const DOCUMENT = toBase64(Buffer.from('<a/>'))

test('a document comes back in Base64, with status, and each code with its family', async () => {
  const [status, answer] = await post('/transcode', { friendlyCDA: DOCUMENT })
  assert.equal(status, 200)
  assert.match(answer.requestId, /^[0-9a-f-]{36}$/)
  assert.equal(answer.responseCDA, DOCUMENT)
  assert.equal(answer.status, 'WARNING')
  assert.deepEqual(answer.errors, [])
  assert.deepEqual(answer.warnings, [
    { family: 'TSAM', code: '4505', description: 'No words', context: '/a/b, line 3, 1.2 X' },
  ])
})

test('what cannot be used is told by its code, and the document goes back as it came', async () => {
  const first = async (path: string, body: unknown, given: Partial<TranslationHandlers> = {}) => {
    const [status, { errors, responseCDA }] = await post(path, body, given)
    return [status, `${errors[0]?.family} ${errors[0]?.code}`, responseCDA]
  }
  assert.deepEqual(await first('/transcode', {}), [400, 'TM 4501', null])
  assert.deepEqual(await first('/transcode', { friendlyCDA: null }), [400, 'TM 4501', null])
  assert.deepEqual(await first('/translate', { targetLanguageCode: 'fr' }), [400, 'TM 4501', null])
  assert.deepEqual(await first('/transcode', { friendlyCDA: '<a/>' }), [400, 'TM 4513', '<a/>'])
  assert.deepEqual(await first('/translate', { pivotCDA: DOCUMENT }), [400, 'TM 4503', null])
  assert.deepEqual(await first('/translate', { pivotCDA: DOCUMENT, targetLanguageCode: '../..' }), [
    400,
    'TM 4503',
    null,
  ])
  assert.deepEqual(await first('/translate', '{"pivotCDA":'), [400, 'TM 4503', null])
  assert.deepEqual(await first('/translate', []), [400, 'TM 4503', null])
  const failing = {
    transcode: () => {
      throw new Error('something about a patient')
    },
  }
  assert.deepEqual(await first('/transcode', { friendlyCDA: DOCUMENT }, failing), [200, 'TM 4500', DOCUMENT])
})

test('an exception is told to the operator without what it says', async () => {
  const told: string[] = []
  const failing = {
    transcode: () => {
      throw new RangeError('Silva, Ana')
    },
  }
  const [, answer] = await post('/transcode', { friendlyCDA: DOCUMENT }, failing, { failed: (text) => told.push(text) })
  assert.deepEqual(told, ['RangeError'])
  assert.ok(!JSON.stringify(answer).includes('Silva'))
})

test('a request that is too large is refused before and while it is read', async () => {
  const [status, answer] = await post('/transcode', { friendlyCDA: 'A'.repeat(400) }, {}, { maximumBytes: 100 })
  assert.deepEqual([status, answer.errors[0]?.code], [413, '4503'])
  const app = translationRoutes(handlers, { maximumBytes: 100 })
  const chunks = new ReadableStream({
    start(controller) {
      for (let chunk = 0; chunk < 50; chunk++) controller.enqueue(new TextEncoder().encode(' '.repeat(10)))
      controller.close()
    },
  })
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body: chunks, duplex: 'half' }
  assert.equal((await app.request(new Request('http://x/transcode', init))).status, 413)
})

test('languages and value sets', async () => {
  const app = translationRoutes(handlers)
  assert.deepEqual(await (await app.request('/languages')).json(), ['el', 'fr'])
  const found = await app.request('/translateVS?oid=urn:oid:1.2.3&targetLanguage=fr_BE')
  assert.deepEqual(await found.json(), { resourceType: 'ValueSet', language: 'fr-BE' })
  assert.equal((await app.request('/translateVS?oid=1.2.4&targetLanguage=fr')).status, 404)
  assert.equal((await app.request('/translateVS?oid=x&targetLanguage=fr')).status, 400)
  assert.equal((await app.request('/translateVS?oid=1.2.3')).status, 400)
})

test('Base64: what is encoded is decoded, lines and missing padding allowed, anything else refused', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = toBase64(bytes)
      for (const variant of [text, text.replace(/=+$/, ''), text.replace(/.{4}/g, '$&\r\n')]) {
        assert.deepEqual(Buffer.from(fromBase64(variant) ?? []), Buffer.from(bytes))
      }
    }),
  )
  for (const wrong of ['A', 'AB=', 'AB==C', '_-__', 'Ä===', 'AAAA=', '===='])
    assert.equal(fromBase64(wrong), undefined, wrong)
})

/** Every patient summary that countries wrote: nothing may be missing, and nothing may throw. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { missingLiterals, missingReferred } from '../account/testing/outside-check.ts'
import { readCda } from './read-cda.ts'
import { read, TERMINOLOGY } from './testing/documents.ts'

const SUMMARIES = 'openncp/cda/ps/*.xml'
const OTHERS = ['openncp/cda/{ep,ed,mro,orcd,other}/*.xml', 'france/cda/*.xml']

test('patient summaries: nothing is missing in the eyes of a check from outside', { skip: withoutCorpus() }, () => {
  const files = corpusFiles(SUMMARIES)
  assert.ok(files.length > 50)
  let listed = 0
  let statements = 0
  for (const file of files) {
    const bytes = readFileSync(file)
    const { bundle, account, kind } = read(bytes)
    assert.equal(kind, 'patient-summary', file)
    assert.deepEqual(missingLiterals(bytes.toString('utf8'), bundle, account.notCarried), [], file)
    assert.ok(!account.statements.some(({ fate }) => fate === 'not-carried'), file)
    listed += account.notCarried.length
    statements += account.statements.length
  }
  assert.ok(statements > 1500)
  // Broken references apart, hardly anything may be listed instead of carried.
  assert.ok(listed < statements / 20, `${listed} facts listed for ${statements} statements`)
})

test('documents of other kinds and countries: nothing is missing either', { skip: withoutCorpus() }, () => {
  let readable = 0
  for (const file of OTHERS.flatMap(corpusFiles)) {
    const bytes = readFileSync(file)
    const result = readCda(bytes, { terminology: TERMINOLOGY, file })
    if (!result.ok) {
      assert.match(result.problem.sentence, /no patient/, file)
      continue
    }
    readable++
    const missing = missingLiterals(bytes.toString('utf8'), result.value.bundle, result.value.account.notCarried)
    assert.deepEqual(missing, [], file)
  }
  assert.ok(readable > 100)
})

test('the words that entries refer to are carried with them', { skip: withoutCorpus() }, () => {
  for (const file of [SUMMARIES, ...OTHERS].flatMap(corpusFiles)) {
    const bytes = readFileSync(file)
    const result = readCda(bytes, { terminology: TERMINOLOGY, file })
    if (!result.ok) continue
    const { bundle, account } = result.value
    assert.deepEqual(missingReferred(bytes.toString('utf8'), bundle, account.notCarried), [], file)
  }
})

test('words that an entry refers to and the model lost are found', { skip: withoutCorpus() }, () => {
  const [file] = corpusFiles('openncp/cda/ps/v7__2-1234-W7.xml')
  assert.ok(file)
  const whole = readFileSync(file, 'utf8')
  const { bundle, account } = read(whole)
  const withoutWords = JSON.parse(JSON.stringify(bundle, (key, value) => (key === 'text' ? undefined : value)))
  assert.ok(missingReferred(whole, withoutWords, account.notCarried).length > 0)
})

test('the same input gives the same bytes', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles(SUMMARIES).slice(0, 10)) {
    const bytes = readFileSync(file)
    assert.equal(JSON.stringify(read(bytes).bundle), JSON.stringify(read(bytes).bundle))
  }
})

test('every reference resolves inside the bundle, every name is used once', { skip: withoutCorpus() }, () => {
  for (const file of corpusFiles(SUMMARIES)) {
    const { bundle } = read(readFileSync(file))
    const urls = bundle.entry?.map(({ fullUrl }) => fullUrl) ?? []
    assert.equal(new Set(urls).size, urls.length, file)
    for (const [, reference] of JSON.stringify(bundle).matchAll(/"reference":"([^"]*)"/g))
      assert.ok(urls.includes(reference), `${file}: ${reference}`)
  }
})

test('the account finds what a reader loses', { skip: withoutCorpus() }, () => {
  // A bundle without its allergies: the account of the same source must list them.
  const [file] = corpusFiles('openncp/cda/ps/v7__2-1234-W7.xml')
  assert.ok(file)
  const whole = readFileSync(file, 'utf8')
  const { bundle } = read(whole)
  const text = JSON.stringify(bundle)
  for (const lost of ['111088007', '260176001', '371924009', '2.999.2.1.1.1', '19900110']) {
    const changed = JSON.parse(text.replaceAll(lost, 'X').replaceAll('1990-01-10', 'X'))
    assert.ok(
      missingLiterals(whole, changed, []).some(({ literal }) => literal === lost),
      lost,
    )
  }
})

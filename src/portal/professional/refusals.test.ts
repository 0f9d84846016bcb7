import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EHDSI_PROBLEMS } from '#care/context/care-context.ts'
import { ok } from '#platform/result/result.ts'
import { ehdsiError } from '#wire/errors/ehdsi-errors.ts'
import { shownRefusal } from './journey.ts'
import { person, refusal, SUMMARY, testPortal, Visitor } from './test-surroundings.ts'
import { walkTo } from './test-walk.ts'

test('every refusal of the search is a page: what, what it means, what next, whom to call, code last', async () => {
  const portal = await testPortal()
  for (const code of EHDSI_PROBLEMS) {
    portal.countryB.answers.identify = refusal(code)
    const { page } = await walkTo('identity', portal)
    assert.ok(page.status >= 400, code)
    assert.doesNotMatch(page.heading, /ERROR|problem\./)
    for (const part of ['Pour le soin', 'Que faire', 'Qui appeler', '0 800 000 000'])
      assert.ok(page.text.includes(part), part)
    const reference = page.text.indexOf(shownRefusal(code))
    assert.ok(reference > page.text.indexOf('Qui appeler'), `the code comes last: ${code}`)
    if (shownRefusal(code) !== code) assert.ok(!page.text.includes(`${code} ·`), 'a restriction is not told')
  }
})

test('a code without words of its own has those of its group, and says exactly what it is at the end', async () => {
  const portal = await testPortal()
  const heading = async (code: Parameters<typeof refusal>[0]) => {
    portal.countryB.answers.identify = refusal(code)
    return (await walkTo('identity', portal)).page
  }
  const [exact, general] = [await heading('ERROR_EP_INTERNAL_ERROR'), await heading('ERROR_EP_GENERIC')]
  assert.equal(exact.heading, general.heading)
  assert.match(
    exact.text,
    /ERROR_EP_INTERNAL_ERROR.*The prescriptions could not be provided because of an internal error/s,
  )
  assert.equal((await heading('4703')).heading, (await heading('ERROR_SEC_INSUFFICIENT_RIGHTS')).heading)
})

test('that a patient restricts access is never told', async () => {
  const portal = await testPortal()
  for (const code of EHDSI_PROBLEMS.filter((one) => ehdsiError(one).shownAs !== undefined)) {
    portal.countryB.answers.documents = refusal(code)
    const { page } = await walkTo('documents', portal)
    assert.doesNotMatch(page.text, /NO_CONSENT|4701/, code)
  }
})

test('no match and several matches are told apart; an empty answer is no match', async () => {
  const headings = []
  for (const answer of [refusal('ERROR_PI_NO_MATCH'), refusal('ERROR_PI_MULTIPLE_MATCHES'), ok([])]) {
    const portal = await testPortal()
    portal.countryB.answers.identify = answer
    const { page } = await walkTo('identity', portal)
    headings.push([page.heading, page.status])
  }
  assert.deepEqual(headings, [
    ['Aucun patient ne correspond', 404],
    ['Plusieurs personnes correspondent', 409],
    ['Aucun patient ne correspond', 404],
  ])
})

test('no document, opted out, and an empty list give the same page to the letter', async () => {
  const texts = new Set<string>()
  for (const answer of [refusal('ERROR_PS_NOT_FOUND'), refusal('ERROR_GENERIC_DOCUMENT_MISSING'), ok([])]) {
    const portal = await testPortal()
    portal.countryB.answers.documents = answer
    const { page, at } = await walkTo('documents', portal)
    assert.equal(page.status, 404)
    texts.add(page.text.replaceAll(at, '').replace(/value="[\w.-]{30,}"|data-token="[^"]+"/g, ''))
  }
  assert.equal(texts.size, 1)
  assert.match([...texts][0] ?? '', /Cela ne veut pas dire que le patient n’a ni allergie/)
})

test('country down and timeout offer to try again', async () => {
  for (const [code, status] of [
    ['ERROR_GENERIC_CONNECTION_NOT_POSSIBLE', 502],
    ['ERROR_GENERIC_TIMEOUT', 504],
  ] as const) {
    const portal = await testPortal()
    portal.countryB.answers.documents = refusal(code)
    const { page, visitor, at } = await walkTo('documents', portal)
    assert.equal(page.status, status)
    assert.match(page.text, /Essayer à nouveau/)
    portal.countryB.answers.documents = ok([SUMMARY])
    assert.equal((await visitor.get(`${at}/documents`)).status, 200, 'the journey stands where it was')
  }
})

test('a profession without a European role is signed in and refused before any country is asked', async () => {
  const portal = await testPortal({ who: () => person({ role: undefined, profession: 'Psychologue' }) })
  const visitor = new Visitor(portal.app)
  const page = await visitor.signIn()
  assert.equal(page.status, 403)
  assert.match(page.text, /votre exercice actuel \(Psychologue\)/)
  assert.equal((await visitor.get('/accesses')).status, 200)
  assert.deepEqual(portal.countryB.asked, [])
})

test('of several exercises one is chosen first; another one ends the journey under way', async () => {
  const portal = await testPortal({ who: () => person({}, { profession: 'Médecin de garde' }) })
  const visitor = new Visitor(portal.app)
  const choice = await visitor.signIn()
  assert.match(choice.path, /^\/exercise/)
  assert.match((await visitor.get('/patients')).path, /^\/exercise/)
  assert.match((await visitor.submit(choice, '/exercise', {})).text, /Choisissez un exercice/)
  const countries = await visitor.submit(choice, '/exercise', { exercise: '1' })
  assert.match(countries.text, /Médecin de garde/)
  const journey = await visitor.submit(countries, '/patients', { country: 'PT' })
  await visitor.submit(await visitor.get('/exercise'), '/exercise', { exercise: '0' })
  assert.equal((await visitor.get(journey.path)).status, 404)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ok } from '#platform/result/result.ts'
import { MARIA, ORIGIN, SUMMARY, testPortal, Visitor } from './test-surroundings.ts'
import { BORN, UTENTE, walkTo } from './test-walk.ts'

test('the whole journey, step by step, to the summary and out', async () => {
  const { portal, visitor, page, at } = await walkTo('documents')
  assert.equal(page.path, `${at}/documents`)
  assert.match(page.text, /Documents de FERREIRA Maria João/)
  assert.match(page.text, /relation déclarée à/)
  const [, link] = /href="([^"]+)">Lire le résumé/.exec(page.text) ?? []
  const summary = await visitor.get(link ?? '')
  assert.equal(summary.heading, 'FERREIRA Maria João')
  assert.match(summary.text, /Le patient voit cet accès/)
  const pdf = await visitor.get(`${link}/summary.pdf`)
  assert.match(pdf.text, /bilingual/)
  assert.match(pdf.headers.get('content-disposition') ?? '', /attachment; filename\*=UTF-8''resume-patient\.pdf/)
  assert.match((await visitor.get(`${link}/original.pdf`)).text, /original/)
  assert.equal(JSON.parse((await visitor.get(`${link}/document.json`)).text).resourceType, 'Bundle')
  assert.deepEqual(
    portal.countryB.asked.filter((line) => !line.startsWith('mask')),
    [
      'identify PT {"id-2.16.17.710.820.1000.990.1.1":"298 123 456","birthDate":"1958-04-12"}',
      `documents ${MARIA.identifier} TREATMENT`,
      ...Array(4).fill(`retrieve ${MARIA.identifier} ${SUMMARY.id}`),
    ],
  )
  const acts = portal.ledger.events.map(({ subtype }) => subtype?.at(-1)?.code)
  assert.deepEqual(acts, ['110122', 'identity-confirmed', 'notice-shown', 'relationship-declared'])
  const accesses = await visitor.get('/accesses')
  for (const words of [
    'Connexion',
    'Identité confirmée',
    'Notice remise',
    'Relation de soins déclarée',
    '298123456',
    'Portugal',
  ]) {
    assert.ok(accesses.text.includes(words), words)
  }
  const out = await visitor.submit(summary, '/sign-out')
  assert.match(out.path, /^http:\/\/127\.0\.0\.1:4005\/logout/)
  assert.equal((await visitor.get(`${at}/documents`)).status, 401)
  assert.deepEqual(portal.errors, [])
})

test('a step cannot be skipped by its address', async () => {
  const { visitor, at, portal } = await walkTo('identify')
  for (const step of [
    'identity',
    'notice',
    'relationship',
    'documents',
    'documents/abc',
    'documents/abc/summary.pdf',
  ]) {
    const page = await visitor.get(`${at}/${step}`)
    assert.equal(page.path, `${at}/identify?earlier`, step)
    assert.match(page.text, /Cette étape vient d’abord/)
  }
  assert.ok(portal.countryB.asked.every((line) => line.startsWith('mask')))
})

test('going back and searching anew voids what was proven about the former patient', async () => {
  const { visitor, at } = await walkTo('documents')
  const form = await visitor.get(`${at}/identify`)
  assert.match(form.text, /value="298 123 456"/, 'what was typed is kept')
  await visitor.submit(form, `${at}/identify`, { ...UTENTE, ...BORN })
  assert.equal((await visitor.get(`${at}/documents`)).path, `${at}/identity?earlier`)
})

test('a journey belongs to its session', async () => {
  const { portal, at } = await walkTo('documents')
  const other = new Visitor(portal.app)
  await other.signIn()
  const page = await other.get(`${at}/documents`)
  assert.equal(page.status, 404)
  assert.equal(page.heading, 'Ce parcours n’existe pas ou est terminé')
})

test('forms of another session, or without proof, change nothing', async () => {
  const { portal, page, at } = await walkTo('relationship')
  const other = new Visitor(portal.app)
  const countries = await other.signIn()
  const token = /name="form-token" value="([^"]+)"/.exec(countries.text)?.[1] ?? ''
  const visitor = (await walkTo('relationship', portal)).visitor
  for (const forged of [new URLSearchParams(), new URLSearchParams({ 'form-token': token, purpose: 'TREATMENT' })]) {
    const answer = await visitor.post(`${at}/relationship`, forged)
    assert.ok(answer.status === 403 || answer.status === 404)
  }
  assert.match(page.heading, /Pourquoi consultez-vous/)
})

test('wrong answers stand beside their fields and are kept; nothing leaves the country', async () => {
  const { visitor, page, at, portal } = await walkTo('identify')
  const wrong = await visitor.submit(page, `${at}/identify`, {
    'id-2.16.17.710.820.1000.990.1.1': '29812',
    'birthDate-day': '31',
    'birthDate-month': '2',
    'birthDate-year': '1958',
  })
  assert.match(wrong.text, /2 réponses sont à corriger/)
  assert.match(wrong.text, /<title>À corriger/)
  assert.match(wrong.text, /value="29812"[^>]*aria-describedby="[^"]*-error"[^>]*aria-invalid="true"/)
  assert.match(wrong.text, /Cette date n’existe pas/)
  assert.match(wrong.text, /name="birthDate-day" value="31"/)
  const empty = await visitor.submit(wrong, `${at}/identify`, {})
  assert.match(empty.text, /Cette réponse manque/)
  assert.ok(!portal.countryB.asked.some((line) => line.startsWith('identify')))
})

test('a mask with a choice asks for one of its numbers', async () => {
  const portal = await testPortal()
  const visitor = new Visitor(portal.app)
  const page = await visitor.submit(await visitor.signIn(), '/patients', { country: 'GR' })
  assert.match(page.text, /L’un de ces numéros suffit/)
  assert.equal([...page.text.matchAll(/name="birthDate-day"/g)].length, 1, 'shared fields are asked once')
  const action = page.path
  const none = await visitor.submit(page, action, BORN)
  assert.match(none.text, /Remplissez au moins l’un de ces numéros/)
  const one = await visitor.submit(none, action, { ...BORN, 'id-2.16.840.1.113883.4.330.300': 'AB1234567' })
  assert.match(one.path, /\/identity$/)
})

test('an identity that differs needs a reason', async () => {
  const portal = await testPortal()
  portal.countryB.answers.identify = ok([{ ...MARIA, birthDate: '1958-04-21' }])
  const { visitor, page, at } = await walkTo('identity', portal)
  assert.match(page.text, /différent/)
  const without = await visitor.submit(page, `${at}/identity`, { evidence: 'passport', verdict: 'same' })
  assert.match(without.text, /Dites pourquoi c’est la même personne/)
  const withReason = await visitor.submit(without, `${at}/identity`, {
    evidence: 'passport',
    verdict: 'differs',
    reason: 'Chiffres inversés sur la carte',
  })
  assert.match(withReason.path, /\/notice$/)
  const details = portal.ledger.events.at(-1)?.entity?.[0]?.detail
  assert.deepEqual(
    details?.map(({ type, valueString }) => [type, valueString]),
    [
      ['urn:tessera:evidence', 'passport'],
      ['urn:tessera:trait-differs', 'birthDate'],
      ['urn:tessera:reason', 'Chiffres inversés sur la carte'],
      ['country-a', 'PT'],
    ],
  )
})

test('of several people the doctor chooses one', async () => {
  const portal = await testPortal()
  const twin = { ...MARIA, identifier: 'urn:oid:2.16.17.710.820.1000.990.1.1|298123457', given: ['Mariana'] }
  portal.countryB.answers.identify = ok([MARIA, twin])
  const { visitor, page, at } = await walkTo('identity', portal)
  assert.equal(page.heading, 'Lequel est votre patient ?')
  const none = await visitor.submit(page, `${at}/identity`, { evidence: 'passport', verdict: 'same' })
  assert.match(none.text, /Choisissez la personne/)
  const fields = { evidence: 'passport', verdict: 'differs', reason: 'saisie', candidate: twin.identifier }
  await visitor.submit(none, `${at}/identity`, fields)
  assert.equal(portal.ledger.events.at(-1)?.entity?.[0]?.what?.identifier?.value, '298123457')
})

test('an emergency needs a reason and is recorded as one', async () => {
  const { visitor, page, at, portal } = await walkTo('relationship')
  const without = await visitor.submit(page, `${at}/relationship`, { purpose: 'EMERGENCY' })
  assert.match(without.text, /Dites en une phrase pourquoi/)
  const documents = await visitor.submit(without, `${at}/relationship`, { purpose: 'EMERGENCY', reason: 'coma' })
  assert.match(documents.text, /urgence[\s\S]*\(coma\)/)
  assert.ok(portal.countryB.asked.includes(`documents ${MARIA.identifier} EMERGENCY`))
  assert.ok(portal.ledger.events.at(-1)?.subtype?.some(({ code }) => code === '110127'))
})

test('two windows of one journey: the later one is told, and overwrites nothing', async () => {
  const portal = await testPortal()
  const { visitor, page, at } = await walkTo('notice', portal)
  const stores = portal.database.kysely.$extendTables<{ portal_journey: { version: number } }>()
  const append = portal.ledger.append
  portal.ledger.append = async (event) => {
    // Meanwhile the other window goes on.
    await stores.updateTable('portal_journey').set({ version: 99 }).execute()
    return append(event)
  }
  const told = await visitor.submit(page, `${at}/notice`, { informed: 'yes' })
  assert.equal(told.path, `${at}/notice?elsewhere`)
  assert.match(told.text, /a changé dans une autre fenêtre/)
})

test('without the notice nothing opens', async () => {
  const { visitor, page, at } = await walkTo('notice')
  const refused = await visitor.submit(page, `${at}/notice`, {})
  assert.match(refused.text, /Sans elle, le dossier reste fermé/)
  assert.equal((await visitor.get(`${at}/documents`)).path, `${at}/notice?earlier`)
})

test('the notice stands in the patient’s language beside the doctor’s', async () => {
  const { visitor, page, at } = await walkTo('notice')
  assert.match(page.text, /<article class="notice" lang="pt">/)
  assert.match(page.text, /<article class="notice" lang="fr">/)
  const greek = await visitor.get(`${at}/notice?notice=el`)
  assert.match(greek.text, /<article class="notice" lang="el">/)
  const [, alone] = /href="(\/notices\/[^"]+)"/.exec(page.text) ?? []
  assert.equal((await visitor.get(alone ?? '')).status, 200)
})

test('a session ends when idle, ends at the latest after four hours, and can be extended', async () => {
  const portal = await testPortal()
  const visitor = new Visitor(portal.app)
  await visitor.signIn()
  const later = (minutes: number): void => {
    portal.clock.now = new Date(portal.clock.now.getTime() + minutes * 60_000)
  }
  later(29)
  const session = await visitor.get('/session')
  assert.match(session.text, /Sans activité, la session se ferme/)
  later(2)
  assert.equal(
    (await visitor.get('/patients')).heading,
    'Votre session est terminée',
    'looking at its end is no activity',
  )
  await visitor.signIn()
  for (let spent = 0; spent < 225; spent += 25) {
    later(25)
    await visitor.submit(await visitor.get('/session'), '/session')
    assert.equal((await visitor.get('/patients')).status, 200)
  }
  later(16)
  assert.equal((await visitor.get('/patients')).status, 401)
})

test('without a session every page of the journey asks to sign in, and says which kind of visitor it sees', async () => {
  const { app } = await testPortal()
  const visitor = new Visitor(app)
  for (const path of ['/patients', '/accesses', '/session', '/exercise', '/patients/x/identify']) {
    const page = await visitor.get(path)
    assert.equal(page.status, 401)
    assert.equal(page.heading, 'Connectez-vous d’abord')
  }
  assert.match((await visitor.get('/accesses')).text, /\/sign-in\?to=%2Faccesses/)
})

test('the way back from the provider works once and only in the browser that left', async () => {
  const { app } = await testPortal()
  const visitor = new Visitor(app)
  await visitor.signIn()
  const again = await visitor.get('/sign-in/callback?code=good&state=state-of-this-sign-in')
  assert.equal(again.heading, 'La connexion a pris trop de temps')
  const leaving = new Visitor(app)
  await leaving.get('/sign-in')
  const stranger = await new Visitor(app).get('/sign-in/callback?code=good&state=state-of-this-sign-in')
  assert.equal(stranger.status, 400)
})

test('nobody is led out of the portal after sign-in', async () => {
  const { app } = await testPortal()
  for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const visitor = new Visitor(app)
    await visitor.get(`/sign-in?to=${encodeURIComponent(target)}`)
    const page = await visitor.get('/sign-in/callback?code=good&state=state-of-this-sign-in')
    assert.equal(page.path, '/patients')
  }
})

test('two replicas on one database carry one journey between them', async () => {
  const first = await testPortal()
  const second = await testPortal({ database: first.database })
  const { visitor, page, at } = await walkTo('notice', first)
  const elsewhere = new Visitor(second.app)
  for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value)
  const relationship = await elsewhere.submit(page, `${at}/notice`, { informed: 'yes' })
  assert.equal(relationship.path, `${at}/relationship`)
  assert.match((await visitor.submit(relationship, `${at}/relationship`, { purpose: 'TREATMENT' })).path, /documents$/)
})

test('the database holds no name, number or secret in clear', async () => {
  const { portal, visitor } = await walkTo('documents')
  const kysely = portal.database.kysely.$extendTables<{ people_session: object; portal_journey: object }>()
  const rows = JSON.stringify([
    await kysely.selectFrom('people_session').selectAll().execute(),
    await kysely.selectFrom('portal_journey').selectAll().execute(),
  ])
  assert.ok(rows.length > 500)
  for (const secret of ['FERREIRA', '298123456', 'MARTIN', 'id-token', ...visitor.cookies.values()]) {
    assert.ok(!rows.includes(secret), secret)
  }
})

test('cookies and headers are strict; on https the cookie is bound to the host', async () => {
  const plain = await testPortal()
  const response = await plain.app.request(`${ORIGIN}/sign-in`)
  assert.match(response.headers.get('set-cookie') ?? '', /^tessera-fr-sign-in=[\w-]+; .*HttpOnly; SameSite=Lax/)
  assert.doesNotMatch(response.headers.get('set-cookie') ?? '', /Secure/)
  const page = await plain.app.request(`${ORIGIN}/`)
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe/)
  assert.doesNotMatch(await page.text(), /<script(?![^>]*src=)|\sstyle=|\son\w+=/)
  const secure = await testPortal({ origin: 'https://portal.example' })
  const cookie = (await secure.app.request('https://portal.example/sign-in')).headers.get('set-cookie') ?? ''
  assert.match(cookie, /^__Host-tessera-fr-sign-in=.*; Path=\/; .*Secure/)
})

test('the language is chosen by link and kept; the page says which one it is in', async () => {
  const { app } = await testPortal()
  const visitor = new Visitor(app)
  assert.match((await visitor.get('/')).text, /<html lang="fr">/)
  const english = await visitor.get('/help?language=en')
  assert.equal(english.path, '/help')
  assert.match(english.text, /<html lang="en">[\s\S]*<h1>Help<\/h1>/)
  assert.match((await visitor.get('/')).text, /<html lang="en">/)
  assert.match((await visitor.get('/?language=xx')).text, /<html lang="en">/)
})

test('what goes wrong inside is a page that says so, and nothing of the error', async () => {
  const portal = await testPortal()
  portal.countryB.countries = async () => {
    throw new Error('secret detail')
  }
  const page = await new Visitor(portal.app).signIn()
  assert.equal(page.status, 500)
  assert.equal(page.heading, 'Ce service a rencontré une erreur')
  assert.doesNotMatch(page.text, /secret detail/)
  assert.equal(portal.errors.length, 1)
  const lost = await new Visitor(portal.app).get('/nowhere')
  assert.equal(lost.status, 404)
  assert.equal(lost.heading, 'Cette page n’existe pas')
})

test('nothing happens when the ledger cannot record it', async () => {
  const portal = await testPortal()
  const { visitor, page, at } = await walkTo('notice', portal)
  portal.ledger.append = async () => {
    throw new Error('disk full')
  }
  assert.equal((await visitor.submit(page, `${at}/notice`, { informed: 'yes' })).status, 500)
  assert.equal((await visitor.get(`${at}/relationship`)).path, `${at}/notice?earlier`)
})

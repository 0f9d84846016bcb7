/** A pharmacist's way: prescriptions, what is handed out, what became of it, taking it back; and reports for doctors. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claire } from '#care/testing/claire-martin.ts'
import type { Professional } from '#trust/people/professional.ts'
import { type Answer, person, testPortal } from './test-surroundings.ts'
import { walkTo } from './test-walk.ts'

const PHARMACIST: Professional = {
  ...claire,
  given: 'Lucas',
  family: 'Bernard',
  role: { code: '2262', display: 'Pharmacists' },
  profession: 'Pharmacien',
  organisation: { identifier: 'urn:x|2', name: 'Pharmacie du Thiou', kind: 'Pharmacy' },
}

const pharmacy = () => testPortal({ who: () => person(PHARMACIST) })

function linkIn(page: Answer, pattern: RegExp): string {
  const found = [...page.text.matchAll(/href="([^"]+)"/g)]
    .map(([, href]) => href ?? '')
    .find((href) => pattern.test(href))
  assert.ok(found, `no link ${pattern} in ${page.heading}`)
  return found
}

test('a pharmacist comes to the prescriptions first, a doctor to the summaries', async () => {
  const { page } = await walkTo('documents', await pharmacy())
  assert.match(page.path, /\/prescriptions$/)
  assert.match(page.text, /Warfarine/)
  assert.match(page.text, /n° RX-1/)
  const doctor = await walkTo('documents')
  assert.match(doctor.page.path, /\/documents$/)
  const seen = await doctor.visitor.get(`${doctor.at}/prescriptions`)
  const prescription = await doctor.visitor.get(linkIn(seen, /\/prescriptions\/[\w-]+$/))
  assert.match(prescription.text, /Varfarina Exemplo 5 mg/)
  assert.doesNotMatch(prescription.text, /item-0-packages/)
})

test('what is handed out is checked, shown once more, and sent once however often it is confirmed', async () => {
  const portal = await pharmacy()
  const { visitor, page } = await walkTo('documents', portal)
  const here = linkIn(page, /\/prescriptions\/[\w-]+$/)
  const prescription = await visitor.get(here)
  assert.match(prescription.text, /<span lang="pt-PT">|lang="pt/)
  const nothing = await visitor.submit(prescription, `${here}/dispense`)
  assert.equal(nothing.status, 422)
  assert.match(nothing.text, /href="#item-0-packages"/)
  const wrong = await visitor.submit(prescription, `${here}/dispense`, { 'item-0-packages': '1,5' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /value="1,5"/)
  const filled = {
    'item-0-packages': '2',
    'item-0-product': 'Coumadine 5 mg',
    'item-0-substituted': 'yes',
    'item-0-batch': 'L42',
  }
  const review = await visitor.submit(prescription, `${here}/dispense`, filled)
  assert.match(review.text, /Coumadine 5 mg/)
  assert.equal(portal.countryB.pharmacy.orders.length, 0)
  const done = await visitor.submit(review, `${here}/confirm`)
  const again = await visitor.submit(review, `${here}/confirm`)
  assert.equal(done.path, again.path)
  assert.equal(portal.countryB.pharmacy.orders.length, 1)
  assert.deepEqual(portal.countryB.pharmacy.orders[0]?.items, [
    {
      prescribedItem: 'urn:oid:1.2.3|RX-1.1',
      product: { name: 'Coumadine 5 mg' },
      substituted: true,
      packages: 2,
      batch: 'L42',
    },
  ])
  const list = await visitor.get('/dispensations')
  assert.match(list.text, /RX-1/)
  const taken = await visitor.submit(done, `${done.path}/discard`)
  assert.match(taken.heading, /annulée/)
})

test('an outcome that is not known is said to be unknown, and nothing invites to enter it again', async () => {
  const portal = await pharmacy()
  portal.countryB.pharmacy.next = { state: 'unknown' }
  const { visitor, page } = await walkTo('documents', portal)
  const here = linkIn(page, /\/prescriptions\/[\w-]+$/)
  const review = await visitor.submit(await visitor.get(here), `${here}/dispense`, {
    'item-0-packages': '1',
    'item-0-product': 'Coumadine 5 mg',
  })
  const done = await visitor.submit(review, `${here}/confirm`)
  assert.match(done.text, /On ne sait pas si/)
  assert.doesNotMatch(done.text, /\/discard/)
  const list = await visitor.get('/dispensations')
  assert.match(list.text, /n’est pas encore connu/)
})

test('what may not be dispensed has a reason in words and no form', async () => {
  const portal = await pharmacy()
  portal.countryB.pharmacy.dispensable = { yes: false, reason: '4106' }
  const { visitor, page } = await walkTo('documents', portal)
  const prescription = await visitor.get(linkIn(page, /\/prescriptions\/[\w-]+$/))
  assert.match(prescription.text, /déjà été dispensée/)
  assert.doesNotMatch(prescription.text, /item-0-packages/)
})

test('reports: filters beside their fields, a preview in a frame, no preview of what could run', async () => {
  const portal = await testPortal()
  const { visitor, at } = await walkTo('documents', portal)
  const wrong = await visitor.get(`${at}/originals?after=31.3.2026`)
  assert.match(wrong.text, /after-error/)
  const list = await visitor.get(`${at}/originals?class=11502-2&after=2026-01-01&size=500`)
  assert.deepEqual(portal.countryB.originals.filters.at(-1), {
    classCode: '11502-2',
    createdAfter: '2026-01-01',
    maximumSize: 500_000,
  })
  const href = linkIn(list, /\/originals\/[\w-]+$/)
  const report = await visitor.get(href)
  assert.match(report.text, new RegExp(`<iframe[^>]+src="${href}/preview"`))
  assert.match(report.headers.get('content-security-policy') ?? '', /frame-src 'self'/)
  const preview = await visitor.get(`${href}/preview`)
  assert.equal(preview.headers.get('content-type'), 'application/pdf')
  assert.match(preview.headers.get('content-security-policy') ?? '', /default-src 'none'/)
  portal.countryB.originals.file = { mediaType: 'application/pdf', bytes: new Uint8Array([1]), active: true }
  const active = await visitor.get(href)
  assert.doesNotMatch(active.text, /<iframe/)
  assert.equal((await visitor.get(`${href}/preview`)).status, 404)
  const saved = await visitor.get(`${href}/file`)
  assert.match(saved.headers.get('content-disposition') ?? '', /^attachment/)
})

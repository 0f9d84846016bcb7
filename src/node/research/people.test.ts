/** Who of those signed in is an officer of this body. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { peopleMigrations } from '#trust/people/migrations.ts'
import type { Office } from '#trust/people/professional.ts'
import { openSessions } from '#trust/people/sessions.ts'
import { researchPeople } from './people.ts'
import { bodyOrganisation } from './settings.ts'

const NOW = new Date('2029-06-01T12:00:00Z')
const BODY = { id: 'hdab-fr', name: 'Body of France' }

let database: Database
before(async () => {
  database = await openDatabase('sqlite::memory:')
  await migrate(database, peopleMigrations)
})
after(() => database.close())

/** A request of somebody who signed in with this office of this organisation. */
async function requestOf(office: Office, organisation: string): Promise<Request> {
  const name = { identifier: 'https://id.example|nora', given: 'Nora', family: 'Fontaine', assurance: 'eidas2' }
  const exercise = {
    ...{ ...name, role: undefined, office, profession: '', country: 'FR' },
    organisation: { identifier: `urn:organisation|${organisation}`, name: 'Body', kind: 'Other' } as const,
  }
  const sessions = openSessions(database, { country: 'FR', now: () => NOW.getTime() })
  const { secret } = await sessions.begin({ person: { ...name, exercises: [exercise] }, exercise: 0, idToken: '' })
  return new Request('http://127.0.0.1/access-body', { headers: { cookie: `tessera-fr-session=${secret}` } })
}

test('an officer works for this body; who holds the same office of another one is nobody here', async () => {
  const options = { country: 'FR', origin: 'http://127.0.0.1', database, now: () => NOW }
  const { bodyOfficer, researcher } = researchPeople(options, bodyOrganisation({ body: BODY }))
  const officer = await bodyOfficer(await requestOf('access-body-output-checker', 'hdab-fr'))
  assert.deepEqual([officer?.name, officer?.roles], ['Nora Fontaine', ['output-checker']])
  assert.equal(await bodyOfficer(await requestOf('access-body-output-checker', 'hdab-pt')), undefined)
  assert.equal(await bodyOfficer(await requestOf('data-user', 'hdab-fr')), undefined)
  assert.equal((await researcher(await requestOf('data-user', 'a-university')))?.name, 'Nora Fontaine')
})

test('the body has the number by which the identity provider knows it, where that is another one', async () => {
  const options = { country: 'FR', origin: 'http://127.0.0.1', database, now: () => NOW }
  const { bodyOfficer } = researchPeople(options, bodyOrganisation({ body: { ...BODY, organisation: '130023583' } }))
  assert.ok(await bodyOfficer(await requestOf('access-body-intake', '130023583')))
  assert.equal(await bodyOfficer(await requestOf('access-body-intake', 'hdab-fr')), undefined)
})

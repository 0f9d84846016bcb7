import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../test/databases.ts'
import { peopleMigrations } from './migrations.ts'
import { formToken, isFormToken, newSecret, seal, unseal } from './seal.ts'
import { openSessions, type SessionData } from './sessions.ts'

const DATA: SessionData = {
  person: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
    given: 'Zoé',
    family: 'DURAND',
    assurance: 'eidas1',
    exercises: [
      {
        identifier: 'urn:oid:1.2.250.1.71.4.2.1|899700218896',
        given: 'Zoé',
        family: 'DURAND',
        role: undefined,
        profession: 'Psychologue',
        organisation: { identifier: 'x|y', name: 'Cabinet', kind: 'Other' },
        country: 'FR',
        assurance: 'eidas1',
      },
    ],
  },
  idToken: 'the-id-token',
}
const MINUTE = 60_000

onEachDatabase('sessions', (open) => {
  let database: Database & { readonly url: string }
  let now = Date.parse('2026-11-24T10:00:00Z')
  const clock = { country: 'FR', now: () => now }

  before(async () => {
    database = await open()
    await migrate(database, peopleMigrations)
  })

  test('a session is found by its secret on every replica, and by nothing else', async () => {
    const sessions = openSessions(database, clock)
    const { secret } = await sessions.begin(DATA)
    const replica = await openDatabase(database.url)
    assert.deepEqual((await openSessions(replica, clock).find(secret))?.data, DATA)
    await replica.close()
    assert.equal(await sessions.find(newSecret()), undefined)
    assert.equal(await openSessions(database, { ...clock, country: 'PT' }).find(secret), undefined)
    await sessions.end(secret)
    assert.equal(await sessions.find(secret), undefined)
  })

  test('idle for 30 minutes or 4 hours old: it ends', async () => {
    const sessions = openSessions(database, clock)
    const idle = await sessions.begin(DATA)
    now += 29 * MINUTE
    assert.ok(await sessions.find(idle.secret, 'quiet'))
    now += MINUTE
    assert.equal(await sessions.find(idle.secret), undefined, 'a quiet look is no activity')
    const busy = await sessions.begin(DATA)
    for (let spent = 0; spent < 239; spent += 20) {
      const found = await sessions.find(busy.secret)
      assert.ok(found && found.endsWhenIdle <= found.endsAtLatest)
      now += 20 * MINUTE
    }
    assert.equal(await sessions.find(busy.secret), undefined)
  })

  test('the choice of an exercise is kept', async () => {
    const sessions = openSessions(database, clock)
    const session = await sessions.begin(DATA)
    await sessions.update(session, { ...DATA, exercise: 0 })
    assert.equal((await sessions.find(session.secret))?.data.exercise, 0)
  })

  test('an office is held by whoever chose it, for its organisation, in its country, until the session ends', async () => {
    const sessions = openSessions(database, clock)
    const [exercise] = DATA.person.exercises
    assert.ok(exercise)
    const office = 'access-body-output-checker'
    const data = { ...DATA, person: { ...DATA.person, exercises: [exercise, { ...exercise, office } as const] } }
    const held = { office, person: exercise.identifier, organisation: 'y' } as const
    const session = await sessions.begin({ ...data, exercise: 0 })
    assert.equal(await sessions.isHeld(held), false, 'could be chosen, and was not')
    await sessions.update(session, { ...data, exercise: 1 })
    assert.equal(await sessions.isHeld(held), true)
    assert.equal(await sessions.isHeld({ ...held, office: 'access-body-auditor' }), false)
    assert.equal(await sessions.isHeld({ ...held, person: 'somebody|else' }), false)
    assert.equal(await sessions.isHeld({ ...held, organisation: 'z' }), false)
    assert.equal(await openSessions(database, { ...clock, country: 'PT' }).isHeld(held), false)
    now += 29 * MINUTE
    assert.equal(await sessions.isHeld(held), true)
    now += 2 * MINUTE
    assert.equal(await sessions.isHeld(held), false, 'idle')
    const again = await sessions.begin({ ...data, exercise: 1 })
    assert.equal(await sessions.isHeld(held), true)
    await sessions.update(again, { ...data, exercise: 0 })
    assert.equal(await sessions.isHeld(held), false, 'works as something else')
    await sessions.update(again, { ...data, exercise: 1 })
    await sessions.end(again.secret)
    assert.equal(await sessions.isHeld(held), false, 'signed out')
  })

  test('a sign-in is taken once, by the browser that left, within a quarter of an hour', async () => {
    const sessions = openSessions(database, clock)
    const pending = { state: newSecret(), nonce: 'n', verifier: 'v', returnTo: '/patients' }
    const secret = await sessions.rememberSignIn(pending)
    const taken = await Promise.all([
      sessions.takeSignIn(pending.state, secret),
      sessions.takeSignIn(pending.state, secret),
    ])
    assert.deepEqual(
      taken.filter((one) => one !== undefined),
      [pending],
    )
    const other = { ...pending, state: newSecret() }
    await sessions.rememberSignIn(other)
    assert.equal(await sessions.takeSignIn(other.state, newSecret()), undefined)
    const late = { ...pending, state: newSecret() }
    const lateSecret = await sessions.rememberSignIn(late)
    now += 16 * MINUTE
    assert.equal(await sessions.takeSignIn(late.state, lateSecret), undefined)
  })

  test('sweeping removes what has ended and keeps what has not', async () => {
    const sessions = openSessions(database, clock)
    await sessions.begin(DATA)
    now += 31 * MINUTE
    const alive = await sessions.begin(DATA)
    await sessions.sweep()
    const kysely = database.kysely.$extendTables<{ people_session: { secret_hash: string } }>()
    assert.equal((await kysely.selectFrom('people_session').select('secret_hash').execute()).length, 1)
    assert.ok(await sessions.find(alive.secret))
  })
})

test('what is sealed opens only with its own secret and purpose, and not when altered', () => {
  const secret = newSecret()
  const sealed = seal(secret, 'session', { a: 1 })
  assert.deepEqual(unseal(secret, 'session', sealed), { a: 1 })
  assert.equal(unseal(newSecret(), 'session', sealed), undefined)
  assert.equal(unseal(secret, 'journey', sealed), undefined)
  const bytes = Buffer.from(sealed, 'base64url')
  for (const at of [0, 15, bytes.length - 1]) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 1
    assert.equal(unseal(secret, 'session', altered.toString('base64url')), undefined)
  }
  assert.equal(unseal(secret, 'session', ''), undefined)
})

test('a form token is of one session and differs each time', () => {
  const secret = newSecret()
  assert.notEqual(formToken(secret), formToken(secret))
  assert.ok(isFormToken(secret, formToken(secret)))
  assert.ok(!isFormToken(newSecret(), formToken(secret)))
  for (const token of ['', '.', 'a.b', formToken(secret).split('.')[1] ?? '']) assert.ok(!isFormToken(secret, token))
})

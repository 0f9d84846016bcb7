import assert from 'node:assert/strict'
import { it } from 'node:test'
import { migrate } from '#platform/database/migrate.ts'
import { onEachDatabase } from '../../../../test/databases.ts'
import { testDoor } from '../../permits/testing/door.ts'
import { unwrapped } from '../../query/testing/engines.ts'
import { openSecondFactors, type SecondFactors, secondFactorMigrations } from './second-factor.ts'
import { codeAt, stepOf } from './totp.ts'

const ANA = 'urn:eidas|PT/12345'
const SECRET = 'a secret of the node, long enough for it'

/** The bytes of a secret as an authenticator reads them. */
function bytesOf(base32: string): Uint8Array {
  const bits = [...base32]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

onEachDatabase('second factors', (open) => {
  let at = Date.parse('2029-06-01T12:00:00Z')
  const now = () => new Date(at)
  const later = (seconds: number) => {
    at += seconds * 1000
  }
  const codeOf = async (result: ReturnType<SecondFactors['verify']>) => {
    const { ok, ...rest } = await result
    return ok ? 'ok' : 'problem' in rest ? rest.problem.code : ''
  }
  async function opened() {
    const database = await open()
    await migrate(database, secondFactorMigrations)
    const door = await testDoor(database)
    return {
      database,
      door,
      factors: openSecondFactors(database, { secret: SECRET, issuer: 'Registry of Portugal', door, now }),
    }
  }
  async function enrolled() {
    const { database, door, factors } = await opened()
    const secret = bytesOf(unwrapped(await factors.begin(ANA)).secret)
    const code = (difference = 0) => codeAt(secret, stepOf(now()) + difference)
    assert.equal(await codeOf(factors.confirm(ANA, code())), 'ok')
    later(30)
    return { database, door, factors, code }
  }

  it('are enrolled with a first code, once', async () => {
    const { factors } = await opened()
    assert.equal(await factors.state(ANA), 'none')
    assert.equal(await codeOf(factors.verify(ANA, '123456')), 'second-factor-missing')
    const first = unwrapped(await factors.begin(ANA))
    const second = unwrapped(await factors.begin(ANA))
    assert.notEqual(first.secret, second.secret)
    assert.match(second.uri, /^otpauth:\/\/totp\/Registry%20of%20Portugal:PT%2F12345\?secret=[A-Z2-7]{32}&issuer=/)
    assert.equal(await factors.state(ANA), 'begun')
    const code = codeAt(bytesOf(second.secret), stepOf(now()))
    // Not confirmed: it opens nothing.
    assert.equal(await codeOf(factors.verify(ANA, code)), 'second-factor-missing')
    assert.equal(
      await codeOf(factors.confirm(ANA, codeAt(bytesOf(first.secret), stepOf(now())))),
      'second-factor-wrong',
    )
    assert.equal(await codeOf(factors.confirm(ANA, code)), 'ok')
    assert.equal(await factors.state(ANA), 'enrolled')
    const again = await factors.begin(ANA)
    assert.equal(again.ok ? 'ok' : again.problem.code, 'second-factor-enrolled')
  })

  it('take a code once, also when it is sent twice at the same moment', async () => {
    const { factors, code } = await enrolled()
    const twice = await Promise.all([factors.verify(ANA, code()), factors.verify(ANA, code())])
    assert.equal(twice.filter(({ ok }) => ok).length, 1)
    assert.equal(await codeOf(factors.verify(ANA, code())), 'second-factor-wrong')
    later(30)
    assert.equal(await codeOf(factors.verify(ANA, code(-1))), 'second-factor-wrong')
    assert.equal(await codeOf(factors.verify(ANA, code())), 'ok')
  })

  it('are locked after five wrong codes, also against the right one, and open again later', async () => {
    const { factors, code } = await enrolled()
    const wrong = code() === '000000' ? '111111' : '000000'
    const tried = await Promise.all(Array.from({ length: 5 }, () => codeOf(factors.verify(ANA, wrong))))
    assert.deepEqual(tried.sort(), ['second-factor-locked', ...Array(4).fill('second-factor-wrong')])
    assert.equal(await codeOf(factors.verify(ANA, code())), 'second-factor-locked')
    later(14 * 60)
    assert.equal(await codeOf(factors.verify(ANA, code())), 'second-factor-locked')
    later(2 * 60)
    assert.equal(await codeOf(factors.verify(ANA, code())), 'ok')
  })

  it('are not in the database in the clear, nor readable with another secret or for another person', async () => {
    const { database, door, factors } = await opened()
    const { secret } = unwrapped(await factors.begin(ANA))
    const row = await database.kysely
      .$extendTables<{ workspace_second_factor: { person: string; secret: string } }>()
      .selectFrom('workspace_second_factor')
      .selectAll()
      .executeTakeFirstOrThrow()
    const bytes = Buffer.from(bytesOf(secret))
    for (const form of [secret, bytes.toString('base64url'), bytes.toString('hex')]) {
      assert.ok(!JSON.stringify(row).includes(form))
    }
    const stranger = openSecondFactors(database, { secret: `${SECRET}!`, issuer: 'x', door, now })
    await assert.rejects(stranger.confirm(ANA, '123456'), TypeError)
  })

  it('do not count while the ledger does not take that they were enrolled', async () => {
    const { database, door: real } = await opened()
    let full = true
    const append: typeof real.ledger.append = async (event) => {
      if (full) throw new Error('full')
      return real.ledger.append(event)
    }
    const door = { node: real.node, ledger: { ...real.ledger, append } }
    const factors = openSecondFactors(database, { secret: SECRET, issuer: 'x', door, now })
    const secret = bytesOf(unwrapped(await factors.begin(ANA)).secret)
    await assert.rejects(factors.confirm(ANA, codeAt(secret, stepOf(now()))), /full/)
    assert.equal(await factors.state(ANA), 'begun')
    full = false
    later(30)
    assert.equal(await codeOf(factors.confirm(ANA, codeAt(secret, stepOf(now())))), 'ok')
    const [last] = await real.ledger.list({ limit: 1 })
    assert.match(JSON.stringify(last?.event), /PT\/12345.*second-factor-enrolled/)
  })

  it('can be reset', async () => {
    const { factors } = await enrolled()
    await factors.reset(ANA)
    assert.equal(await factors.state(ANA), 'none')
  })
})

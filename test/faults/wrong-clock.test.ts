/** A clock that is ten minutes wrong in country B: nothing is handed out, and both sides can see why. */
import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { FETCH_HER, run, type SmallEurope, smallEurope } from './europe.ts'
import { signIn, visitor } from './visitor.ts'

const SHIFTER = pathToFileURL(join(import.meta.dirname, 'shifted-clock.ts')).href
const MINUTES = 60_000

describe('a clock that is ten minutes wrong in country B', () => {
  let europe: SmallEurope

  before(async () => {
    europe = await smallEurope()
    await Promise.all(['eu', 'identity-provider', 'pt'].map((name) => europe.start(name)))
  })
  after(() => europe?.close())
  afterEach(() => europe.stop('fr'))

  /** France starts with the right clock (else it would not: its certificate is new), which then jumps. */
  async function france(minutes: number, before?: () => Promise<unknown>): Promise<void> {
    const shifting = { NODE_OPTIONS: `--import=${SHIFTER}`, TEST_CLOCK_SHIFT_MS: String(minutes * MINUTES) }
    const node = await europe.start('fr', shifting)
    await before?.()
    node.child.kill('SIGUSR2')
  }

  /** The sign-in does not pass already, or country A's refusal is a page. */
  async function theDoctorSeesWhy(): Promise<void> {
    const doctor = visitor()
    const inside = await signIn(doctor, (await europe.configurationOf('fr')).portal.origin, 'claire.martin')
    if (inside.address.pathname !== '/patients') {
      assert.equal(inside.status, 400)
      assert.match(inside.text, /<code>sign-in-(invalid|expired)<\/code>/)
      return
    }
    const mask = await doctor.submit(inside, '/patients', { country: 'PT' })
    const answered = await doctor.submit(mask, mask.address.href, {
      'id-2.16.17.710.820.1000.990.1.1': '298123456',
      birthDate: '1958-04-12',
    })
    assert.match(answered.text, /class="refusal"/)
    assert.match(answered.text, /<code>ERROR_HPI_GENERIC · PT → FR<\/code>/)
    assert.doesNotMatch(answered.text, /Ferreira/i)
  }

  const fetchHer = () => run(europe.home, FETCH_HER)

  for (const { minutes, reason } of [
    { minutes: 10, reason: 'token-clock' },
    { minutes: -10, reason: 'token-expired' },
  ]) {
    test(`${minutes} minutes: refused, and the logs of both countries name ${reason}`, async () => {
      await france(minutes, fetchHer)
      const told = await fetchHer()
      assert.equal(told.status, 1)
      assert.equal(told.stdout, '')
      assert.match(told.stderr, /did not accept how this contact point identifies.*ERROR_HPI_GENERIC/)
      assert.equal(told.stderr.trim().split('\n').length, 1)
      assert.match(europe.log('fr'), new RegExp(`"event":"peer-failed".*"code":"${reason}"`))
      assert.match(europe.log('pt'), new RegExp(`"event":"access-refused".*"code":"${reason}"`))
      await theDoctorSeesWhy()
      assert.doesNotMatch(europe.log('fr') + europe.log('pt') + told.stderr, /ferreira|martin|298123456/i)
    })
  }

  test('without a copy of the directory, one that seems to come from the future is not believed; the log says so', async () => {
    rmSync(join(europe.home, 'fr', 'directory'), { recursive: true, force: true })
    await france(-10)
    const told = await fetchHer()
    assert.equal(told.status, 1)
    assert.match(told.stderr, /cannot be reached at present/)
    assert.match(europe.log('fr'), /"event":"directory-not-renewed".*"code":"directory-clock"/)
    assert.deepEqual(
      (await europe.health('fr')).parts.filter(({ ready }) => !ready).map(({ part }) => part),
      ['directory'],
    )
  })

  test('with the right clock she is read', async () => {
    await france(0)
    const told = await fetchHer()
    assert.equal(told.status, 0, told.stderr)
    assert.match(told.stdout, /Ferreira/i)
  })
})

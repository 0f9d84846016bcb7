/** The pages of a country's node: what is loaded for them when, and that they follow what is published. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Hono } from 'hono'
import { openMessages } from '#platform/i18n/messages.ts'
import { appendServed } from '#terminology/artifacts/store.ts'
import { must, resourcesArtifact } from '#terminology/releases/testing.ts'
import { countryTerminology } from './country-terminology.ts'
import { openPublicReleases } from './releases/public-releases.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-country-'))
after(() => rmSync(root, { recursive: true, force: true }))
const messages = join(import.meta.dirname, '..', '..', 'data', 'messages')

function pagesOf(home: string, errors: unknown[] = []): Hono {
  const pages = countryTerminology({
    cache: join(root, 'cache'),
    home,
    languages: ['fr', 'en'],
    messages: (language) => openMessages(messages, language),
    house: { href: '/', name: () => 'France' },
    releases: openPublicReleases(home, async () => []).entries,
    onError: (error) => errors.push(error),
  })
  return new Hono().route('/terminology', pages)
}

test('a newly published release is taken over by the next visitor', async () => {
  const home = mkdtempSync(join(root, 'home-'))
  const app = pagesOf(home)
  const text = async (path: string) => (await app.request(`http://localhost${path}`)).text()
  assert.doesNotMatch(await text('/terminology/systems?q=animals'), /urn:x:animals/)
  const about = { status: 'active', content: 'complete', concept: [{ code: 'cat', display: 'Cat' }] } as const
  const id = await resourcesArtifact(home, 'animals', [{ resourceType: 'CodeSystem', url: 'urn:x:animals', ...about }])
  must(await appendServed(home, id))
  let systems = ''
  for (let round = 0; round < 100 && !systems.includes('urn:x:animals'); round += 1) {
    await pause(100)
    systems = await text('/terminology/systems?q=animals')
  }
  assert.match(systems, /urn:x:animals/)
  assert.match(await text('/terminology/releases'), /id="release-1"/)
})

test('what is damaged is said, and works again once it is repaired', async () => {
  const home = mkdtempSync(join(root, 'home-'))
  const id = await resourcesArtifact(home, 'animals', [
    { resourceType: 'CodeSystem', url: 'urn:x:animals', status: 'active', content: 'complete', concept: [] },
  ])
  must(await appendServed(home, id))
  const file = join(home, 'terminology', 'current.json')
  const current = JSON.stringify({ format: 1, release: 1, publishedAt: '2026-01-01T00:00:00Z', artifacts: [id] })
  writeFileSync(file, '{')
  const errors: unknown[] = []
  const app = pagesOf(home, errors)
  assert.equal((await app.request('http://localhost/terminology')).status, 503)
  assert.equal(errors.length, 1)
  writeFileSync(file, current)
  assert.equal((await app.request('http://localhost/terminology')).status, 200)
})

test('nothing of the terminology server is loaded before somebody looks', () => {
  // In a process of its own, since this one has loaded everything already.
  const program = `
    const loaded = []
    const { registerHooks } = await import('node:module')
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
    await import(${JSON.stringify(join(import.meta.dirname, 'country-terminology.ts'))})
    console.log(JSON.stringify(loaded))`
  const loaded: unknown = JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
  )
  assert.ok(Array.isArray(loaded) && loaded.length > 0)
  assert.deepEqual(
    loaded.filter((url) =>
      /\/src\/terminology\/(ecl|snomed|library|operations|browse|code-systems)\//.test(String(url)),
    ),
    [],
  )
})

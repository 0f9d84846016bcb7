/** The authority's pages over a real release centre: what is shown to whom, and that only its own forms do anything. */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { ok } from '#platform/result/result.ts'
import { readServed } from '#terminology/artifacts/store.ts'
import { openReleaseCentre, type ReleaseCentre } from '#terminology/releases/centre.ts'
import type { ReleaseDifference } from '#terminology/releases/diff/difference.ts'
import { releaseMigrations } from '#terminology/releases/migrations.ts'
import { artifactOf, must } from '#terminology/releases/testing.ts'
import { authorityPages } from './authority-pages.ts'

const root = join(import.meta.dirname, '..', '..', '..', '..')
const home = mkdtempSync(join(tmpdir(), 'tessera-authority-'))
const BASE = 'http://127.0.0.1/authority/terminology'
let database: Database
let centre: ReleaseCentre
let compared = 0
const app = new Hono()

const NOTHING = { total: 0, shown: [] }
const DIFFERENCE: Omit<ReleaseDifference, 'from' | 'to'> = {
  systems: [
    {
      url: 'http://example.org/body',
      kind: 'changed',
      before: '1',
      after: '2',
      concepts: {
        added: { total: 900, shown: [{ code: '12', display: '<script>alert(1)</script>' }] },
        removed: NOTHING,
        inactivated: NOTHING,
        reactivated: NOTHING,
        words: { fr: { total: 1, shown: [{ code: '13', before: ['toux'], after: ['toux sèche'] }] } },
      },
    },
  ],
  valueSets: [],
  maps: [],
  documents: {
    total: 1,
    shown: [
      {
        document: 'maria.xml',
        system: 'http://example.org/body',
        code: '13',
        aspect: 'display',
        of: 'fr',
        before: 'toux',
        after: 'toux sèche',
      },
    ],
    documents: 3,
    touched: 1,
  },
}

before(async () => {
  database = await openDatabase('sqlite::memory:')
  await migrate(database, releaseMigrations)
  centre = must(await openReleaseCentre(database, { node: 'FR', home }))
  const artifacts = [await artifactOf(home, 'one', { x: '1' })]
  must(await centre.stage({ artifacts, by: 'Ana', title: 'Autumn <b>2026</b>' }))
  app.route(
    '/authority/terminology',
    authorityPages({
      centre,
      diff: async (from, to) => {
        compared += 1
        return ok({ from, to, ...DIFFERENCE })
      },
      served: async () => ok(must(await readServed(home))?.artifacts ?? []),
      person: async (request) => {
        const name = request.headers.get('x-person')
        if (name === null) return undefined
        const token = `token of ${name}`
        return { name, token, isToken: (given) => given === token }
      },
      messages: (language) => openMessages(join(root, 'data', 'messages'), language),
      languages: ['fr', 'en'],
    }),
  )
})
after(async () => {
  await database.close()
  rmSync(home, { recursive: true, force: true })
})

async function get(path: string, person: string | undefined = 'Ana', language = 'fr') {
  const headers = { 'accept-language': language, ...(person && { 'x-person': person }) }
  const response = await app.request(`${BASE}${path}`, { headers })
  return { status: response.status, text: await response.text(), headers: response.headers }
}

async function post(
  path: string,
  person: string,
  form: Readonly<Record<string, string>>,
  token = `token of ${person}`,
) {
  const body = new URLSearchParams({ 'form-token': token, ...form })
  const response = await app.request(`${BASE}${path}`, { method: 'POST', body, headers: { 'x-person': person } })
  return { status: response.status, text: await response.text(), to: response.headers.get('location') }
}

const state = async () => must(await centre.release(1)).state

test('nobody sees anything without being signed in, and nothing is kept by browsers', async () => {
  const anonymous = await app.request(`${BASE}/1`)
  assert.equal(anonymous.status, 403)
  assert.doesNotMatch(await anonymous.text(), /Autumn/)
  assert.equal((await get('')).headers.get('cache-control'), 'no-store')
})

test('the list and the release show what is staged, in both languages, with everything escaped', async () => {
  for (const [language, title] of [
    ['fr', /<h1>Publications<\/h1>/],
    ['en', /<h1>Releases<\/h1>/],
  ] as const) {
    const list = await get('', 'Ana', language)
    assert.match(list.text, title)
    assert.match(list.text, /Autumn &lt;b&gt;2026&lt;\/b&gt;/)
    const one = await get('/1', 'Ana', language)
    assert.equal(one.status, 200)
    assert.match(one.text, /&lt;script&gt;alert/)
    assert.match(one.text, /<del>toux<\/del> <ins>toux sèche<\/ins>/)
    assert.match(one.text, /maria\.xml/)
    assert.match(one.text, /899/)
    assert.doesNotMatch(one.text, /terminology\.release\./)
  }
  assert.equal(compared, 1)
  assert.equal((await get('/99')).status, 404)
  assert.equal((await get('/nothing')).status, 404)
})

test('a form without the token of the session does nothing', async () => {
  for (const token of ['', 'token of Ana']) {
    assert.equal((await post('/1/approve', 'Bea', {}, token)).status, 403)
  }
  assert.equal(await state(), 'staged')
})

test('steps are taken by who is signed in, whatever the form says; refusals are told on the page', async () => {
  const own = await post('/1/approve', 'Ana', { by: 'Bea' })
  assert.equal(own.status, 409)
  assert.match(own.text, /cannot approve it/)
  assert.equal((await post('/1/rollback', 'Bea', {})).status, 303)
  assert.equal(await state(), 'staged')
  const approved = await post('/1/approve', 'Bea', { 'note-approve': 'Seen.' })
  assert.deepEqual([approved.status, approved.to], [303, '/authority/terminology/1'])
  assert.equal((await post('/1/publish', 'Ana', {})).status, 303)
  assert.equal(await state(), 'published')
  assert.deepEqual(
    (await centre.history(1)).map(({ by, action }) => `${by} ${action}`),
    ['Ana stage', 'Bea approve', 'Ana begin-publication', 'Ana publish'],
  )
  const page = (await get('/1')).text
  assert.match(page, /servie maintenant/)
  assert.doesNotMatch(page, /<form method="post"/)
})

test('English and French have every word of these pages, and no other', () => {
  const files = globSync('src/portal/terminology/releases/*.ts', { cwd: root }).filter((file) => !/test/.test(file))
  const code = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const whole = [...code.matchAll(/'(terminology\.release\.[\w.-]+)'/g)].map(([, key]) => key ?? '')
  const composed = [...code.matchAll(/`(terminology\.release\.[^`]*)`/g)].map(
    ([, key = '']) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[^.]+')}$`),
  )
  for (const language of ['en', 'fr']) {
    const json: unknown = JSON.parse(readFileSync(join(root, 'data', 'messages', `${language}.json`), 'utf8'))
    const keys = Object.keys(json ?? {}).filter((key) => key.startsWith('terminology.release.'))
    assert.deepEqual(
      whole.filter((key) => !keys.includes(key)),
      [],
    )
    assert.deepEqual(
      composed.filter((pattern) => !keys.some((key) => pattern.test(key))),
      [],
    )
    assert.deepEqual(
      keys.filter((key) => !whole.includes(key) && !composed.some((pattern) => pattern.test(key))),
      [],
    )
  }
})

/** Whatever pages stand behind it: nothing is answered before it is known who asks, and only forms of his session are read. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openMessages } from '#platform/i18n/messages.ts'
import { openAssets } from './assets.ts'
import { html } from './markup.ts'
import { openSignedIn, readForm, type SignedInOptions, showRefusal } from './signed-in.ts'
import { type SignedIn, type Site, show } from './site.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
const KEYS = { title: 'operator.refused.not-found.title', text: 'operator.refused.not-found.text', home: 'x' }

function pages() {
  const errors: unknown[] = []
  let answered = 0
  const options: SignedInOptions<SignedIn> = {
    messages: (language) => openMessages(join(DATA, 'messages'), language),
    languages: ['fr', 'en'],
    person: async ({ headers }) => {
      const name = headers.get('x-name')
      return name === null ? undefined : { name, token: 'mine', isToken: (token) => token === 'mine' }
    },
    signIn: { href: '/sign-in', provider: 'Test' },
    onError: (error) => errors.push(error),
  }
  const site: Site<SignedInOptions<SignedIn>> = {
    options,
    base: '/pages',
    assets: openAssets({ before: [], after: [], base: '/pages/assets' }),
    name: () => 'Pages',
    navigation: (visit) => ({
      label: 'Pages',
      entries: 'person' in visit ? [{ href: visit.address('/list'), label: html`List`, current: true }] : [],
    }),
  }
  const { app, route } = openSignedIn<SignedInOptions<SignedIn>, SignedIn>(site, {
    nobody: (visit) => showRefusal(visit, 'not-found', KEYS),
    failed: (visit) => showRefusal(visit, 'server-error', KEYS),
  })
  app.get(
    '/list',
    route((visit) => {
      answered += 1
      return show(visit, { title: 'List', content: html`<p>${visit.person.name}</p>` })
    }),
  )
  app.post(
    '/list',
    route(async (visit) => {
      const form = await readForm(visit)
      return form
        ? show(visit, { title: 'Sent', content: html`<p>${form.get('what')}</p>` })
        : showRefusal(visit, 'foreign-form', KEYS)
    }),
  )
  app.get(
    '/broken',
    route(() => Promise.reject(new Error('The disk is full.'))),
  )
  const ask = async (path: string, name: string | undefined, request: RequestInit = {}) => {
    const headers = name === undefined ? {} : { 'x-name': name }
    const response = await app.request(`http://127.0.0.1${path}`, { ...request, headers })
    return { status: response.status, text: await response.text() }
  }
  return { ask, errors, answered: () => answered }
}

test('for somebody who is not signed in no page is made; he is led to where he can sign in', async () => {
  const { ask, answered } = pages()
  const { status, text } = await ask('/list', undefined)
  assert.deepEqual([status, answered()], [404, 0])
  assert.match(text, /href="\/sign-in"/)
  assert.doesNotMatch(text, />List</)
  assert.match(
    (await ask('/list', 'Ana')).text,
    /<a href="\/pages\/list" aria-current="page">List<\/a>[\s\S]*<p>Ana<\/p>/,
  )
  assert.equal(answered(), 1)
})

test('another language keeps what was asked; after a form it begins anew', async () => {
  const { ask } = pages()
  const { text } = await ask('/list?filter=open&page=2', 'Ana')
  assert.match(text, /href="\/list\?filter=open&amp;page=2&amp;language=en"/)
  assert.match((await ask('/list?language=en', 'Ana')).text, /href="\/pages\/list\?language=en"/)
  const sent = await ask('/list', 'Ana', { method: 'POST', body: 'form-token=mine&what=all' })
  assert.match(sent.text, /href="\/pages\?language=en"[\s\S]*/)
})

test('a form of another session is not read', async () => {
  const { ask } = pages()
  const send = (body: string, name?: string) => ask('/list', name, { method: 'POST', body })
  assert.match((await send('form-token=mine&what=all', 'Ana')).text, /<p>all<\/p>/)
  for (const body of ['form-token=other&what=all', 'what=all', '']) {
    const { status, text } = await send(body, 'Ana')
    assert.equal(status, 403)
    assert.doesNotMatch(text, /<p>all<\/p>/)
  }
  assert.equal((await send('form-token=mine&what=all')).status, 404)
})

test('an error is told to the log and not to the reader', async () => {
  const { ask, errors } = pages()
  const { status, text } = await ask('/broken', 'Ana')
  assert.equal(status, 500)
  assert.doesNotMatch(text, /disk/)
  assert.equal(errors.length, 1)
})

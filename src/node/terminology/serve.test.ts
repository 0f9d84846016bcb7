/** The running server over HTTP: a new release while it serves, a thread that breaks, releases for the public and for subscribers. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { createLog } from '#platform/log/log.ts'
import type { ArtifactId } from '#terminology/artifacts/artifact.ts'
import { appendServed, readServed, writeArtifact } from '#terminology/artifacts/store.ts'
import { pullRelease } from '#terminology/releases/subscription/pull.ts'
import { codeOf, must, resourcesArtifact } from '#terminology/releases/testing.ts'
import { parseTokens } from '#wire/releases/subscribers.ts'
import { openCentre } from '../releases/open-centre.ts'
import { serveTerminology } from './serve.ts'
import type { ServeSettings } from './settings.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-serve-'))
after(() => rmSync(root, { recursive: true, force: true }))
const data = join(import.meta.dirname, '..', '..', '..', 'data')
const log = createLog({ level: 'silent', name: 'test' })
const SYSTEM = 'http://example.org/animals'

/** Its one word says which state it is; the language tells the façade. */
function animals(home: string, word: string, language: string): Promise<ArtifactId> {
  const about = { status: 'active', content: 'complete' } as const
  const concept = [{ code: 'cat', display: word, designation: [{ language, value: word }] }]
  return resourcesArtifact(home, 'animals', [{ resourceType: 'CodeSystem', url: SYSTEM, ...about, concept }])
}

async function served(home: string, threads: number, more: Partial<ServeSettings> = {}) {
  const settings = { host: '127.0.0.1', port: 0, threads, home, data, flat: false, origins: '*', version: '0' } as const
  const running = must(await serveTerminology({ ...settings, centre: { node: 'authority' }, ...more }, log))
  // Each on a connection of its own, so that all threads are asked.
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(running.url + path, { headers: { connection: 'close', ...headers } })
  const word = async (): Promise<string> => {
    const answer = await get(`/fhir/r4/CodeSystem/$lookup?system=${SYSTEM}&code=cat`)
    return /"display","valueString":"([^"]*)"/.exec(await answer.text())?.[1] ?? `status ${answer.status}`
  }
  return { ...running, get, word }
}

/** Asks until the answer is there; a test that waits in vain fails. */
async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  let answer = await ask()
  for (let round = 0; round < 600 && !good(answer); round += 1) {
    await pause(50)
    answer = await ask()
  }
  return answer
}

const times = <T>(count: number, ask: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: count }, ask))

test('a release that is published while it serves is answered from by every thread, in FHIR and in the façade', async () => {
  const home = mkdtempSync(join(root, 'home-'))
  must(await appendServed(home, await animals(home, 'chat', 'fr')))
  const { get, word, stop } = await served(home, 2)
  try {
    const languages = async () => ((await (await get('/languages')).json()) as readonly string[]).includes('fo')
    assert.deepEqual([await word(), await languages()], ['chat', false])
    must(await appendServed(home, await animals(home, 'kettu', 'fo')))
    const all = await until(
      () => times(16, word),
      (words) => words.every((one) => one === 'kettu'),
    )
    assert.deepEqual([...new Set(all)], ['kettu'])
    assert.deepEqual(new Set(await times(16, languages)), new Set([true]))
    const page = await (await get('/terminology/releases')).text()
    assert.match(page, /id="release-2"/)
    assert.match(page, /id="release-1"/)
  } finally {
    await stop()
  }
})

test('a thread that breaks is started again, with what is served then', async () => {
  const home = mkdtempSync(join(root, 'home-'))
  must(await appendServed(home, await animals(home, 'first', 'fr')))
  const workers: Worker[] = []
  const born = (worker: Worker) => {
    workers.push(worker)
    // The first that takes a place does not get as far as listening.
    if (workers.length === 3) worker.terminate()
  }
  process.on('worker', born)
  const { url, word, stop } = await served(home, 2)
  try {
    assert.equal(workers.length, 2)
    for (const [victim, successors] of [
      [1, 2],
      [0, 1],
    ] as const) {
      const before: number = workers.length
      await workers[victim]?.terminate()
      await until(
        async () => workers.length,
        (count) => count >= before + successors,
      )
      assert.equal(workers.length, before + successors)
      // Meanwhile the other one answers.
      assert.equal(
        await until(
          () => word().catch(String),
          (said) => said === 'first',
        ),
        'first',
      )
    }
    must(await appendServed(home, await animals(home, 'second', 'fr')))
    const all = await until(
      () => times(24, () => word().catch(String)),
      (words) => words.every((one) => one === 'second'),
    )
    assert.deepEqual([...new Set(all)], ['second'])
    // What leans on earlier calls finds its way to the first thread again.
    // Until the new first thread is reached, they are told to come back (503): nothing is answered from a table of its own.
    const begin = () =>
      fetch(`${url}/fhir/r4/$closure`, {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json', connection: 'close' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'name', valueString: 'kept' }] }),
      }).then(({ status }) => status)
    const begun = await until(
      () => times(8, begin),
      (statuses) => statuses.every((status) => status === 200),
    )
    assert.deepEqual([...new Set(begun)], [200])
  } finally {
    process.off('worker', born)
    await stop()
  }
})

/** A home with a small edition that nobody may pass on, words for LOINC, and something free; published by the centre. */
async function authority() {
  const home = mkdtempSync(join(root, 'authority-'))
  const about = { source: 'x', reviewed: true, importedBy: 'Ana', slug: 'secret' } as const
  const edition = 'http://snomed.info/sct/11000315107/version/20260101'
  const licensed = must(
    await writeArtifact(home, { ...about, kind: 'snomed-edition', title: 'FR', edition }, async (folder) => {
      writeFileSync(join(folder, 'edition.snomed'), 'bytes of an edition')
      return { ok: true, value: {} }
    }),
  ).id
  const loinc = await resourcesArtifact(home, 'words', [
    {
      resourceType: 'CodeSystem',
      url: 'urn:x:words',
      status: 'active',
      content: 'supplement',
      supplements: 'http://loinc.org|2.82',
    },
  ])
  const free = await animals(home, 'chat', 'fr')
  return { home, licensed, loinc, free }
}

test('what a publication changed is on the public page; an offer without tokens keeps what is licensed', async () => {
  const { home, loinc, free } = await authority()
  must(await appendServed(home, free))
  const opened = must(await openCentre({ home, node: 'authority' }))
  const next = await animals(home, 'chaton', 'fr')
  const { number } = must(await opened.centre.stage({ artifacts: [next, loinc], by: 'Ana', title: 'Kittens' }))
  must(await opened.centre.approve(number, { by: 'Bea' }))
  must(await opened.centre.publish(number, { by: 'Ana' }))
  await opened.close()
  const { get, stop, url } = await served(home, 1, { offer: {} })
  try {
    const page = await (await get('/terminology/releases', { 'accept-language': 'en' })).text()
    assert.match(page, /Kittens/)
    assert.match(page, /http:\/\/example\.org\/animals<span class="sub">code system/)
    assert.doesNotMatch(page, /Ana|Bea/)
    const list = (await (await get('/releases')).json()) as { current: number; releases: { number: number }[] }
    assert.deepEqual([list.current, list.releases.map((one) => one.number)], [2, [2, 1]])
    assert.equal((await get(`/releases/artifacts/${next}/resources.ndjson`)).status, 200)
    assert.equal((await get(`/releases/artifacts/${loinc}/resources.ndjson`)).status, 403)
    const subscriber = mkdtempSync(join(root, 'subscriber-'))
    assert.equal(codeOf(await pullRelease(`${url}/releases`, subscriber)), 'terminology-pull-refused')
    must(await pullRelease(`${url}/releases`, subscriber, { version: 1 }))
    assert.deepEqual(must(await readServed(subscriber))?.artifacts, [free])
  } finally {
    await stop()
  }
})

test('an offer with tokens gives everything to their holders and nothing to others', async () => {
  const { home, licensed, free } = await authority()
  must(await appendServed(home, free))
  const token = 'subscriber-of-the-test-0123456789'
  const offer = { tokens: must(parseTokens(`# of 2026\nanother-token-of-24-letters\n${token} Belgium\n`, 'tokens')) }
  const { get, stop, url } = await served(home, 1, { offer })
  try {
    for (const wrong of [undefined, 'Bearer', `Bearer ${token}x`, `Basic ${token}`]) {
      const answer = await get('/releases', wrong === undefined ? {} : { authorization: wrong })
      assert.deepEqual([answer.status, answer.headers.get('www-authenticate')], [401, 'Bearer realm="releases"'])
    }
    assert.equal((await get(`/releases/artifacts/${free}/resources.ndjson`)).status, 401)
    // Put among what is served after the server started: it would not open as an edition, but it can be passed on.
    must(await appendServed(home, licensed))
    const file = await get(`/releases/artifacts/${licensed}/edition.snomed`, { authorization: `Bearer ${token}` })
    assert.equal(await file.text(), 'bytes of an edition')
    const subscriber = mkdtempSync(join(root, 'subscriber-'))
    assert.equal(codeOf(await pullRelease(`${url}/releases`, subscriber)), 'terminology-pull-refused')
    must(await pullRelease(`${url}/releases`, subscriber, { token }))
    assert.deepEqual(must(await readServed(subscriber))?.artifacts, [licensed, free])
    const open = await pullRelease('http://terminology.example.org/releases', subscriber, { token })
    assert.equal(codeOf(open), 'terminology-pull-refused')
  } finally {
    await stop()
  }
  for (const text of ['', '# nothing', 'short', 'a token with\u00e9 blanks']) {
    assert.equal(codeOf(parseTokens(text, 'tokens')), 'release-tokens-unusable')
  }
})

test('without --offer-releases nothing is offered', async () => {
  const { get, stop } = await served(mkdtempSync(join(root, 'home-')), 1)
  try {
    assert.equal((await get('/releases')).status, 404)
  } finally {
    await stop()
  }
})

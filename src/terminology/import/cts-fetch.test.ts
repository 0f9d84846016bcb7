import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchCatalogue } from './cts-fetch.ts'
import { centralServer, OID } from './testing/central-server.ts'
import { importPath, newFolder } from './testing/import-files.ts'

const account = { username: 'ncp', password: 'secret', patience: 1 }

test('the whole catalogue, through failures and an ended session, then imported as one artifact', async () => {
  const { base, asked } = await centralServer({ failures: 2, sessionLength: 3 })
  const folder = newFolder()
  const fetched = await fetchCatalogue({ base, folder, ...account })
  assert.deepEqual(fetched, { ok: true, value: { catalogue: 'MVC 9', valueSets: 1, pages: 3, kept: 0 } })
  assert.equal(asked[0], `${OID}/valuesetdefinition/v 1/entries 0 250`)
  const imported = await importPath(folder)
  assert.equal(imported.result.concepts, 503 * 2)
  assert.deepEqual(imported.problems, [])
})

test('a synchronisation that broke off goes on; another state of the catalogue begins anew', async () => {
  const folder = newFolder()
  const first = await centralServer({ breaksAfter: 2 })
  const broken = await fetchCatalogue({ base: first.base, folder, ...account })
  assert.equal(broken.ok ? '' : broken.problem.code, 'terminology-cts-failed')
  const second = await centralServer({})
  const whole = await fetchCatalogue({ base: second.base, folder, ...account })
  assert.ok(whole.ok)
  assert.equal(whole.value.kept, 2)
  assert.equal(second.asked.length, 1)
  const newer = await centralServer({ version: 'v2' })
  const again = await fetchCatalogue({ base: newer.base, folder, ...account })
  assert.ok(again.ok)
  assert.equal(again.value.kept, 0)
})

test('a wrong account, a plain address, no server', async () => {
  const { base } = await centralServer({})
  const code = async (options: Partial<Parameters<typeof fetchCatalogue>[0]>) => {
    const result = await fetchCatalogue({ base, folder: newFolder(), ...account, ...options })
    return result.ok ? '' : result.problem.code
  }
  assert.equal(await code({ password: 'wrong' }), 'terminology-cts-login')
  assert.equal(await code({ base: 'http://cts.example.eu' }), 'terminology-cts-address')
  assert.equal(await code({ base: 'nonsense' }), 'terminology-cts-address')
  assert.equal(await code({ base: 'http://127.0.0.1:1' }), 'terminology-cts-failed')
})

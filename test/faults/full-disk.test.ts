/** A full disk: country A hands nothing out that it cannot record, says that it is not ready, and goes on when there is room. */
import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openStores } from '#node/stores.ts'
import { run, type SmallEurope, smallEurope } from './europe.ts'
import { type TinyFileSystem, tinyFileSystem } from './tiny-file-system.ts'

const tiny = tinyFileSystem(8)
const skip = typeof tiny === 'string' && tiny
const DOCUMENT = join(import.meta.dirname, '..', '..', 'data', 'demo', 'PT', 'documents', 'maria-joao-ferreira.L3.xml')

describe('a full disk', { skip }, () => {
  const disk = tiny as TinyFileSystem
  let europe: SmallEurope

  before(async () => {
    europe = await smallEurope({ PT: `sqlite:${join(disk.path, 'node.sqlite')}` })
    await europe.start('eu')
  })
  after(async () => {
    await europe?.close()
    disk.remove()
  })

  const ledgerPart = async () => (await europe.health('pt')).parts.find(({ part }) => part === 'ledger')?.ready

  test('what cannot be recorded is not handed out; with room again, everything goes on and the chain is whole', async () => {
    const node = await europe.start('pt')
    assert.equal((await europe.askPortugal('before')).status, 200)
    assert.equal(await ledgerPart(), true)

    disk.fill()
    const refused = await Promise.all(['full-1', 'full-2', 'full-3'].map((id) => europe.askPortugal(id)))
    for (const { status, text } of refused) {
      assert.equal(status, 503)
      assert.match(text, /The access could not be recorded, so it did not happen\./)
      assert.match(text, /ledger-unavailable/)
      assert.doesNotMatch(text, /Ferreira/i)
    }
    // A success of the probe is believed for a few seconds.
    for (let tries = 0; (await ledgerPart()) && tries < 100; tries += 1) await pause(100)
    const unwell = await europe.health('pt')
    assert.equal(unwell.status, 503)
    assert.deepEqual(
      unwell.parts.filter(({ ready }) => !ready).map(({ part }) => part),
      ['ledger'],
    )
    assert.equal(node.child.exitCode, null)

    disk.makeRoom()
    const served = await europe.askPortugal('after')
    assert.equal(served.status, 200)
    assert.match(served.text, /Ferreira/i)
    assert.equal(await ledgerPart(), true)
    await node.stop()
    const stores = await openStores(await europe.configurationOf('pt'))
    const verified = await stores.ledger.verify()
    assert.equal(verified.intact, true)
    const recorded = JSON.stringify(await stores.ledger.list({ limit: 50 }))
    for (const id of ['before', 'after']) assert.ok(recorded.includes(id), `the access ${id} is not recorded`)
    await stores.database.close()
  })

  test('convert says it in one sentence and leaves no half file', async () => {
    const before = readdirSync(disk.path)
    disk.fill()
    for (const options of [
      ['--out', join(disk.path, 'summary.pdf')],
      ['--report', join(disk.path, 'report.json')],
    ]) {
      const told = await run(europe.home, ['convert', DOCUMENT, '--to', 'pdf', ...options])
      assert.equal(told.status, 1)
      assert.match(told.stderr, /cannot be written.*ENOSPC/)
      assert.equal(told.stderr.trim().split('\n').length, 1)
      assert.equal(told.stdout, '')
    }
    disk.makeRoom()
    assert.deepEqual(readdirSync(disk.path), before)
  })

  test('a document that was there before stays whole', async () => {
    const file = join(disk.path, 'kept.pdf')
    writeFileSync(file, 'the former one')
    disk.fill()
    assert.equal((await run(europe.home, ['convert', DOCUMENT, '--to', 'pdf', '--out', file])).status, 1)
    disk.makeRoom()
    assert.deepEqual(
      readdirSync(disk.path).filter((name) => name.startsWith('kept')),
      ['kept.pdf'],
    )
  })
})

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

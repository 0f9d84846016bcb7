import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { frameReader } from './frames.ts'
import { openSpool, type Spool } from './spool.ts'

const root = mkdtempSync(join(tmpdir(), 'tessera-spool-'))
after(() => rmSync(root, { recursive: true, force: true }))
const folder = () => mkdtempSync(join(root, 'spool-'))

async function everything(spool: Spool): Promise<readonly string[]> {
  const reader = frameReader(10_000)
  const found: string[] = []
  for (const name of spool.pending()) {
    const messages = reader.read((await spool.read(name)) ?? new Uint8Array()) ?? assert.fail('not frames')
    found.push(...messages.map((message) => Buffer.from(message).toString('utf8')))
  }
  return found
}

describe('the spool', () => {
  it('keeps batches in order, also for the next process', async () => {
    const place = folder()
    const spool = await openSpool({ folder: place })
    const puts = Array.from({ length: 12 }, (_, index) =>
      spool.put([Buffer.from(`a${index}`), Buffer.from(`b${index}`)]),
    )
    for (const put of await Promise.all(puts)) assert.ok(put.ok)
    const expected = Array.from({ length: 12 }, (_, index) => [`a${index}`, `b${index}`]).flat()
    assert.deepEqual(await everything(spool), expected)
    const next = await openSpool({ folder: place })
    assert.deepEqual(await everything(next), expected)
    await next.remove(next.pending()[0] ?? '')
    assert.deepEqual(await everything(next), expected.slice(2))
    assert.ok((await next.put([Buffer.from('last')])).ok)
    assert.deepEqual(await everything(await openSpool({ folder: place })), [...expected.slice(2), 'last'])
  })

  it('refuses what does not fit, and takes it when there is room again', async () => {
    const spool = await openSpool({ folder: folder(), maxBytes: 30 })
    assert.ok((await spool.put([Buffer.from('1234567890')])).ok)
    assert.ok((await spool.put([Buffer.from('1234567890')])).ok)
    const full = await spool.put([Buffer.from('1234567890')])
    assert.equal(!full.ok && full.problem.code, 'spool-full')
    assert.equal(spool.state().bytes, 26)
    await spool.remove(spool.pending()[0] ?? '')
    assert.ok((await spool.put([Buffer.from('1234567890')])).ok)
  })

  it('says when the disk does not take a batch', async () => {
    const place = folder()
    const spool = await openSpool({ folder: place })
    rmSync(place, { recursive: true })
    const put = await spool.put([Buffer.from('a')])
    assert.equal(!put.ok && put.problem.code, 'spool-unwritable')
  })

  it('takes away half a file and leaves the files of others', async () => {
    const place = folder()
    writeFileSync(join(place, '000000000007.frames.part'), '10 abc')
    writeFileSync(join(place, 'notes.txt'), 'mine')
    const spool = await openSpool({ folder: place })
    assert.deepEqual(spool.pending(), [])
    assert.deepEqual(readdirSync(place), ['notes.txt'])
  })

  it('has every acknowledged message after kill -9', async () => {
    const place = folder()
    const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/spooler.ts'), place])
    let acknowledged = 0
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) acknowledged = Math.max(acknowledged, Number(line))
      if (acknowledged >= 40) child.kill('SIGKILL')
    })
    await new Promise((resolve) => child.once('close', resolve))
    assert.ok(acknowledged >= 40)
    const kept = (await everything(await openSpool({ folder: place }))).map((text) => text.split(' ')[0])
    const numbered = kept.map((_, index) => `message-${index + 1}`)
    assert.deepEqual(kept, numbered)
    assert.ok(kept.length >= acknowledged)
  })
})

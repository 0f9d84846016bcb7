import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Containment, namespaces, runContained } from './contained-process.ts'

const PROGRAM = join(import.meta.dirname, '../testing/probe-process.ts')
const HERE = join(import.meta.dirname, 'contained-process.test.ts')

async function attempt(what: string, argument = '', more: Partial<Containment> = {}): Promise<string> {
  const limits = { seconds: 60, memoryMegabytes: 400, characters: 100_000 }
  const result = await runContained(JSON.stringify({ what, argument }), {
    ...{ program: PROGRAM, readable: [] },
    ...limits,
    ...more,
  })
  return result.ok ? result.value : result.problem.code
}

describe('a contained process', () => {
  it('has no environment, no files, no processes and no threads', async () => {
    assert.equal(await attempt('environment'), '0')
    assert.equal(await attempt('read', HERE), 'refused ERR_ACCESS_DENIED')
    assert.equal(await attempt('read', '/etc/passwd'), 'refused ERR_ACCESS_DENIED')
    assert.ok(Number(await attempt('read', HERE, { readable: [HERE] })) > 0)
    const written = join(import.meta.dirname, 'written')
    assert.equal(await attempt('write', written, { readable: [import.meta.dirname] }), 'refused ERR_ACCESS_DENIED')
    assert.ok(!existsSync(written))
    assert.equal(await attempt('spawn'), 'refused ERR_ACCESS_DENIED')
    assert.equal(await attempt('worker'), 'refused ERR_ACCESS_DENIED')
  })

  it('has no network', {
    skip: namespaces() ? false : 'this system gives no process a network of its own',
  }, async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked += 1
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    assert.match(await attempt('fetch', url), /^refused/)
    assert.equal(asked, 0)
    // The same question gets through where nothing holds it: the test can fail.
    assert.equal(await attempt('fetch', url, { network: 'none' }), '200')
    assert.equal(asked, 1)
    server.close()
  })

  it('ends by time, by memory, by the length of what it says, by a signal, and by itself', async () => {
    assert.equal(await attempt('loop', '', { seconds: 1 }), 'query-too-slow')
    assert.match(await attempt('memory'), /^(query-too-large|process-failed)$/)
    assert.equal(await attempt('talk'), 'answer-too-large')
    assert.equal(await attempt('loop', '', { signal: AbortSignal.timeout(300) }), 'query-stopped')
    assert.equal(await attempt('crash'), 'process-failed')
    assert.equal(await attempt('exit'), '')
  })
})

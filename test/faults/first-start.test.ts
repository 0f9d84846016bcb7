/** kill -9 during the very first start of a home: the next start works. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { startDemonstration } from '../demonstration.ts'
import { freeBase } from '../nodes.ts'
import { COMMAND } from './europe.ts'
import { noProcesses, processesOf, until } from './processes.ts'

describe('kill -9 during the very first start', { skip: noProcesses }, () => {
  // While keys are made, and while nodes start.
  for (const marker of ['authority', join('pt', 'node.json')]) {
    test(`when ${marker} has appeared, the next start works`, async () => {
      const home = join(mkdtempSync(join(tmpdir(), 'tessera-first-')), 'home')
      try {
        const port = await freeBase()
        const first = spawn(COMMAND, ['demo', '--port', String(port)], {
          env: { ...process.env, TESSERA_HOME: home },
          stdio: 'ignore',
        })
        const ended = new Promise((resolve) => first.once('exit', resolve))
        await until(`${marker} exists`, () => statSync(join(home, marker), { throwIfNoEntry: false }) !== undefined)
        first.kill('SIGKILL')
        await ended
        await until('its nodes have ended', () => processesOf(home).length === 0)
        const second = await startDemonstration({ home, port })
        assert.equal(statSync(home).mode & 0o077, 0)
        await until('France is ready', async () => (await fetch(`${second.portal('FR')}/health`)).ok)
        assert.equal((await second.stop()).code, 0)
      } finally {
        for (const pid of processesOf(home)) process.kill(pid, 'SIGKILL')
        rmSync(join(home, '..'), { recursive: true, force: true })
      }
    })
  }
})

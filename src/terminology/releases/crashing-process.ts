/**
 * For tests: publishes a release and dies at the n-th step on the file system: odd steps just before a call that changes
 * something, even ones just after it. Ends by itself when there are fewer steps.
 */
import files from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { openDatabase } from '#platform/database/database.ts'

const [home = '', database = '', number = '', step = ''] = process.argv.slice(2)
let steps = 0

function dieAt(): void {
  steps += 1
  if (steps === Number(step)) process.kill(process.pid, 'SIGKILL')
}

function watched<Parameters extends unknown[], T>(call: (...parameters: Parameters) => Promise<T>) {
  return async (...parameters: Parameters): Promise<T> => {
    dieAt()
    const result = await call(...parameters)
    dieAt()
    return result
  }
}

const { open, rename, mkdir, rm } = files
Object.assign(files, { open: watched(open), rename: watched(rename), mkdir: watched(mkdir), rm: watched(rm) })
syncBuiltinESMExports()

const { openReleaseCentre } = await import('./centre.ts')
const { must } = await import('./testing.ts')
const centre = must(await openReleaseCentre(await openDatabase(database), { node: 'PT', home }))
must(await centre.publish(Number(number), { by: 'Ana' }))

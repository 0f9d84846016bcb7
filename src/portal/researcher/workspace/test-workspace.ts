/** For tests: a workspace in memory that remembers what it was asked; codes and sessions are plain words. */
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { NewOutput } from '#research/workspace/airlock/output-store.ts'
import type { RequestView } from '#research/workspace/airlock/views.ts'
import type { WorkspacePageOptions, WorkspaceWork } from './workspace-options.ts'

export const CODE = '123456'
export const SESSION = 'secret-of-the-session'

export interface TestWorkspace extends WorkspacePageOptions {
  readonly kept: NewOutput[]
  readonly works: WorkspaceWork[]
  /** May be changed by a test. */
  readonly state: {
    factor: 'none' | 'begun' | 'enrolled'
    isInside: boolean
    requests: RequestView[]
  }
}

const wrongCode = (): Result<never, 'second-factor-wrong'> =>
  failed('second-factor-wrong', 'This code is not right.', 'Wait for the next one.')

export function testWorkspace(at: string): TestWorkspace {
  const state: TestWorkspace['state'] = { factor: 'none', isInside: false, requests: [] }
  const kept: NewOutput[] = []
  const works: WorkspaceWork[] = []
  const changed = (id: string, change: Partial<RequestView>) => {
    state.requests = state.requests.map((one) => (one.id === id ? { ...one, ...change } : one))
    return ok(undefined)
  }
  return {
    ...{ kept, works, state, hasR: true },
    factors: {
      state: async () => state.factor,
      async begin() {
        state.factor = 'begun'
        return ok({ secret: 'ABCDEFGHIJKL', uri: 'otpauth://totp/x?secret=ABCDEFGHIJKL' })
      },
      async confirm(_person, code) {
        if (code !== CODE) return wrongCode()
        state.factor = 'enrolled'
        return ok(undefined)
      },
    },
    async enter({ code }) {
      if (code !== CODE) return wrongCode()
      state.isInside = true
      return ok({ session: SESSION, until: '2030-05-01T00:00:00Z' })
    },
    async look({ session, person }) {
      if (!state.isInside || session !== SESSION) return failed('session-ended', 'It is over.', 'Enter again.')
      const times = { entered: at, used: at, until: '2030-05-01T00:00:00Z' }
      return ok({ ...{ id: 's', person, memberState: 'FR', permit: 'permit-1', purpose: 'e' }, ...times })
    },
    async leave() {
      state.isInside = false
    },
    async run(_holder, work) {
      works.push(work)
      if (work.text.includes('read_csv')) return failed('sql-not-allowed', 'Files cannot be read.', 'Use the tables.')
      const rows = [
        ['<female>', 12],
        [null, 30],
      ]
      return ok({ id: 'o1', text: '', tables: [{ name: 'result', columns: ['sex', 'n'], rows, complete: false }] })
    },
    airlock: {
      async keep(output) {
        const number = kept.push(output)
        const { person, dataset, tool, title } = output
        return ok({ id: `o${number}`, at, person, dataset, tool, title })
      },
      outputsOf: async () =>
        kept.map(({ person, dataset, tool, title }, index) => ({
          id: `o${index + 1}`,
          at,
          person,
          dataset,
          tool,
          title,
        })),
      requestsOf: async () => state.requests,
      async request({ person, outputs, description }) {
        if (outputs.length === 0) return failed('airlock-closed', 'Nothing was chosen.', 'Choose what shall leave.')
        const id = `r${state.requests.length + 1}`
        state.requests.push({ ...{ id, at, by: person, status: 'waiting', description, outputs } })
        return ok(id)
      },
      answer: async (_person, id) => changed(id, { status: 'waiting' }),
      withdraw: async (_person, id) => changed(id, { status: 'withdrawn' }),
      async collect(_person, id) {
        const request = state.requests.find((one) => one.id === id)
        if (request?.status !== 'approved') return failed('airlock-closed', 'Nobody has approved it.', 'Wait.')
        return ok({ name: `release "${id}".json`, bytes: new Uint8Array(Buffer.from('{"files":[]}')) })
      },
    },
  }
}

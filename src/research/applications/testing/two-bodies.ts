/** Two bodies with databases, keys and doors of their own, and a line between them that tests can disturb. */
import type { Database } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import type { PeerFetch, PeerResponse } from '#platform/http/peer-fetch.ts'
import type { Handler } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { failed, ok } from '#platform/result/result.ts'
import type { Permit } from '../../permits/permit.ts'
import { type TestKey, testKey, testParty, trusting } from '../../permits/testing/bodies.ts'
import type { TrustList } from '../../permits/trust-list.ts'
import { CASES_PATH, caseHandler } from '../exchange/door.ts'
import { type ErrandRunner, errandRunner, type PermitDesk } from '../exchange/errand-runner.ts'
import { openCaseReceiver } from '../exchange/receive.ts'
import { messageSender } from '../exchange/send.ts'
import type { Procedures } from '../procedure.ts'
import { type CaseStore, openCaseStore } from '../store/case-store.ts'
import { caseMigrations } from '../store/migrations.ts'
import { type Place, proceduresOf } from './example-case.ts'

export const log = createLog({ level: 'silent', name: 'test' })

export interface TestBody {
  readonly country: Place
  readonly key: TestKey
  readonly database: Database
  readonly procedures: Procedures
  readonly store: CaseStore
  readonly runner: ErrandRunner
  readonly handler: Handler
  readonly desk: TestDesk
  /** Of all bodies of a test. */
  readonly clock: { now: Date }
}

export interface TestDesk extends PermitDesk {
  readonly issued: Permit[]
  readonly standings: [string, string][]
}

/** What the line does with a request: pass it on, lose it, lose the answer, or answer something else. */
export type Disturbance = 'none' | 'request-lost' | 'answer-lost' | 'twice' | PeerResponse

export interface Line {
  next: () => Disturbance
  /** Bodies of requests that arrived. */
  readonly carried: string[]
}

export interface TwoBodies {
  readonly bodies: Readonly<Record<'FR' | 'PT', TestBody>>
  readonly line: Line
  readonly trust: TrustList
  readonly clock: { now: Date }
  /** Runs the errands of both until nothing is due. */
  settle(): Promise<void>
}

const fingerprintOf = (country: string): string => (country === 'FR' ? 'f' : 'e').repeat(64)

export async function twoBodies(databases: readonly [Database, Database]): Promise<TwoBodies> {
  const keys = { FR: testKey('key-FR'), PT: testKey('key-PT') }
  const parties = (['FR', 'PT'] as const).map((country) =>
    testParty(`hdab-${country}`, country, ['cases'], [keys[country]], fingerprintOf(country)),
  )
  const trust = trusting(...parties)
  const line: Line = { next: () => 'none', carried: [] }
  const clock = { now: new Date('2029-04-03T10:00:00Z') }
  const bodies = {
    FR: await testBody('FR', databases[0], keys.FR, trust, clock),
    PT: await testBody('PT', databases[1], keys.PT, trust, clock),
  }
  const connected = (from: 'FR' | 'PT'): TestBody => {
    const fetch = lineFrom(from, bodies, line)
    return { ...bodies[from], runner: runnerOf(bodies[from], fetch, clock) }
  }
  const both = { FR: connected('FR'), PT: connected('PT') }
  return {
    bodies: both,
    line,
    trust,
    clock,
    async settle() {
      for (let quiet = false; !quiet; ) {
        const reports = [await both.FR.runner.run(), await both.PT.runner.run()]
        quiet = reports.every(({ tried }) => tried === 0)
      }
    },
  }
}

async function testBody(
  country: 'FR' | 'PT',
  database: Database,
  key: TestKey,
  trust: TrustList,
  clock: { now: Date },
): Promise<TestBody> {
  await migrate(database, caseMigrations)
  const procedures = await proceduresOf(country)
  const receiver = openCaseReceiver(database, procedures, () => clock.now)
  const desk: TestDesk = {
    issued: [],
    standings: [],
    async issue(permit) {
      this.issued.push(permit)
    },
    async setStanding(permit, standing) {
      this.standings.push([permit, standing])
    },
  }
  const made = {
    country,
    key,
    database,
    procedures,
    store: openCaseStore(database, procedures),
    handler: caseHandler({ receiver, trust, now: () => clock.now }),
    desk,
    clock,
  }
  const noLine: PeerFetch['fetch'] = async () => failed('connection-refused', 'No line.', 'Wait.')
  return { ...made, runner: runnerOf(made, noLine, clock) }
}

export function runnerOf(
  { procedures, desk, key, database }: Omit<TestBody, 'runner'>,
  fetch: PeerFetch['fetch'],
  clock: { readonly now: Date },
  url?: string,
): ErrandRunner {
  const addressOf = (country: string) => ({
    url: url ?? `https://hdab.${country.toLowerCase()}`,
    certificates: [fingerprintOf(country)],
  })
  return errandRunner(database, {
    body: procedures.body,
    permits: desk,
    send: messageSender({ fetch, key, addressOf }),
    clock: () => clock.now,
    log,
  })
}

/** Calls the other side's handler, as the certificate of `from` would. */
function lineFrom(from: 'FR' | 'PT', bodies: Readonly<Record<'FR' | 'PT', TestBody>>, line: Line): PeerFetch['fetch'] {
  const to = from === 'FR' ? 'PT' : 'FR'
  return async ({ body }) => {
    const disturbance = line.next()
    if (disturbance === 'request-lost') return failed('connection-refused', 'Not there.', 'Wait.')
    if (typeof disturbance === 'object') return ok(disturbance)
    const text = String(body)
    line.carried.push(text)
    const first = await deliver(bodies[to], text, from)
    const answer = disturbance === 'twice' ? await deliver(bodies[to], text, from) : first
    return disturbance === 'answer-lost' ? failed('timeout', 'No answer.', 'Wait.') : ok(answer)
  }
}

export async function deliver(to: TestBody, text: string, from: string): Promise<PeerResponse> {
  const request = new Request(`https://hdab.test${CASES_PATH}`, { method: 'POST', body: text })
  const certificate = {
    raw: new Uint8Array(),
    fingerprint: fingerprintOf(from),
    country: from,
    commonName: `hdab ${from}`,
  }
  const response = await to.handler(request, { encrypted: true, remoteAddress: undefined, certificate })
  return {
    status: response.status,
    headers: response.headers,
    body: new Uint8Array(await response.arrayBuffer()),
  }
}

/** For tests: the pages of France's body over real stores, with cases in several states and an output that waits. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Hono } from 'hono'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { createLog } from '#platform/log/log.ts'
import type { Command } from '#research/applications/case/commands.ts'
import { errandRunner } from '#research/applications/exchange/errand-runner.ts'
import { measuresNumbers } from '#research/applications/register/audit-follow-up.ts'
import type { CaseKind } from '#research/applications/rules/application.ts'
import { auditFollowUpMigrations, openAuditFollowUps } from '#research/applications/store/audit-follow-ups.ts'
import { openCaseLists } from '#research/applications/store/case-lists.ts'
import { openCaseStore } from '#research/applications/store/case-store.ts'
import { environmentAuditMigrations, openEnvironmentAudits } from '#research/applications/store/environment-audits.ts'
import { caseMigrations } from '#research/applications/store/migrations.ts'
import {
  actor,
  answersFor,
  permitTerms,
  procedureIn,
  proceduresOf,
} from '#research/applications/testing/example-case.ts'
import { caseIdOf } from '#research/applications/testing/many-cases.ts'
import { openSurrogateKeys, surrogateMigrations } from '#research/omop/from-fhir/surrogate-keys.ts'
import { openOptOuts, optOutMigrations } from '#research/omop/opt-out.ts'
import { openOptOutRegister } from '#research/omop/opt-outs/register.ts'
import type { Permit } from '#research/permits/permit.ts'
import { signPermit, verifyPermit } from '#research/permits/permit-signature.ts'
import type { RunningJob } from '#research/permits/running-work.ts'
import { testDoor } from '#research/permits/testing/door.ts'
import { aPermit, RESEARCHER } from '#research/permits/testing/permits.ts'
import { openAirlock } from '#research/workspace/airlock/airlock.ts'
import { airlockMigrations } from '#research/workspace/airlock/migrations.ts'
import { deskCookie, deskPerson } from '../case-desk/test-desk.ts'
import { type AccessBodyPageOptions, BODY_ROLES, type BodyRole } from './access-body-options.ts'
import { accessBodyPages } from './access-body-pages.ts'

const DATA = join(import.meta.dirname, '..', '..', '..', 'data')
/** The number by which people in France are known, as the node reads it. */
export const INS = {
  system: 'urn:oid:1.2.250.1.213.1.4.10',
  name: { fr: 'Matricule INS', en: 'French health identity number INS' },
  format: '^[12][0-9]{4}([0-9]{2}|2[AB])[0-9]{6}[0-9]{2}$',
  example: '279117499901416',
}
export const NOW = new Date('2029-05-02T10:00:00Z')
const DAY = '2029-04-10T10:00:00Z'
const FR = { memberState: 'FR', at: DAY }

export type TestBody = Awaited<ReturnType<typeof testBody>>

/** People of the body: one for each role, one who has all of them, one who has none. */
export type Officer = BodyRole | 'everything' | 'nobody'

export async function testBody() {
  const database = await openDatabase('sqlite::memory:')
  const door = await testDoor(database)
  await migrate(database, [
    ...[...caseMigrations, ...environmentAuditMigrations, ...auditFollowUpMigrations],
    ...[...airlockMigrations, ...surrogateMigrations, ...optOutMigrations],
  ])
  const procedures = await proceduresOf('FR')
  const cases = openCaseStore(database, procedures)
  const lists = openCaseLists(database, procedures)
  const log = createLog({ level: 'silent', name: 'FR' })
  const issued: Permit[] = []
  const standings: (readonly [string, string])[] = []
  const errands = errandRunner(database, {
    body: procedures.body,
    permits: {
      issue: async (permit) => void issued.push(permit),
      setStanding: async (permit, standing) => void standings.push([permit, standing]),
    },
    send: async () => ({ kind: 'done' }),
    clock: () => NOW,
    log,
  })
  const airlock = openAirlock({
    ...{ database, door, secret: 'a secret of the node, long enough for it', now: () => NOW },
    mayCheck: async () => true,
  })
  const audits = openEnvironmentAudits(database, { ledger: door.ledger, body: procedures.body, now: () => NOW })
  const followUps = openAuditFollowUps(database, {
    ...{ ledger: door.ledger, body: procedures.body, audits, now: () => NOW },
  })
  const jobs: RunningJob[] = []
  const errors: unknown[] = []
  const clock = { now: NOW }
  const options: AccessBodyPageOptions = {
    country: 'FR',
    ...{ procedures, cases, lists, errands },
    work: { list: async () => jobs },
    tablesOf: async () => undefined,
    outputs: airlock.desk,
    ...{ audits, followUps, personNumbers: [INS] },
    optOuts: openOptOutRegister(database, { ledger: door.ledger, body: procedures.body, now: () => clock.now }),
    outside: async (period) => ({
      environmentAudits: await audits.countIn(period),
      auditMeasures: measuresNumbers(await followUps.demanding(), period, NOW.toISOString().slice(0, 10)),
      labels: {},
    }),
    person: async (request) => {
      const person = deskPerson(request)
      const roles = rolesOf(person?.name)
      return person && roles.length > 0 ? { ...person, roles } : undefined
    },
    messages: (language) => openMessages(join(DATA, 'messages'), language),
    languages: ['fr', 'en'],
    signIn: { href: '/sign-in', provider: 'Test' },
    onError: (error) => errors.push(error),
    now: () => clock.now,
  }
  const app = new Hono().route('/access-body', accessBodyPages(options))
  const give = async (caseId: string, command: Command): Promise<void> => {
    const handled = await cases.handle(caseId, command)
    assert.ok(handled.ok, `${command.kind}: ${JSON.stringify(handled)}`)
  }
  async function submitted(index: number, at: string, title: string, kind: CaseKind = 'data-permit'): Promise<string> {
    const caseId = caseIdOf(index)
    const by = actor('applicant')
    const answers = answersFor(kind, ['FR', 'PT'], { title, applicantIdentifier: `applicant-${index}` })
    await give(caseId, { kind: 'draft', at, by, caseId, applicationKind: kind, answers })
    await give(caseId, { kind: 'submit', at, by })
    return caseId
  }
  const procedure = await procedureIn('FR')
  async function assessed(index: number, title: string, kind: CaseKind = 'data-permit'): Promise<string> {
    const caseId = await submitted(index, '2029-04-03T10:00:00Z', title, kind)
    const criteria = procedure.rules.criteria[kind].map(({ code }) => ({ code, met: true, reason: 'Read.' }))
    await give(caseId, { kind: 'confirm-complete', by: actor('intake'), ...FR })
    await give(caseId, { kind: 'assess', by: actor('assessor'), ...FR, criteria })
    await give(caseId, { kind: 'estimate-fee', by: actor('intake'), ...FR, items: [] })
    return caseId
  }
  async function granted(index: number, title: string): Promise<string> {
    const caseId = await assessed(index, title)
    const terms = permitTerms('FR', '2031-06-01T00:00:00Z', `permit-${index}`)
    await give(caseId, { kind: 'grant', by: actor('coordinator'), ...FR, terms })
    await errands.run()
    return caseId
  }
  /** An output of SQL that waits to be let out. */
  async function waitingOutput(caseId: string, persons: number): Promise<string> {
    const permit = aPermit({ caseId, id: `permit of ${caseId} ${persons}` as Permit['id'] })
    const text = await signPermit(permit, door.bodyKey)
    const verified = await verifyPermit(text, door.trust, NOW)
    assert.ok(verified.ok)
    assert.ok((await door.permits.keep(verified.value, text, NOW)).ok)
    const rows = [
      ['F', persons],
      ['M', 340],
    ] as const
    const content = { tables: [{ name: 'by sex', columns: ['sex', 'persons'], rows, complete: true }] }
    const kept = await airlock.keep({
      permit,
      dataset: 'pt-registry',
      person: RESEARCHER,
      tool: 'sql',
      title: 'x',
      content,
    })
    assert.ok(kept.ok)
    const wish = { person: RESEARCHER, permit, outputs: [kept.value.id], description: `Table of ${persons}` }
    const asked = await airlock.request(wish)
    assert.ok(asked.ok, JSON.stringify(asked))
    return asked.value
  }
  const send = async (path: string, as: Officer, request: RequestInit = {}, pages = app) => {
    const headers = { 'accept-language': 'fr', cookie: deskCookie(as), ...request.headers }
    const response = await pages.request(`http://127.0.0.1/access-body${path}`, { ...request, headers })
    const { status, headers: answered } = response
    return { status, headers: answered, text: await response.text(), to: answered.get('location') }
  }
  return {
    ...{
      app,
      cases,
      lists,
      airlock,
      audits,
      followUps,
      ledger: door.ledger,
      clock,
      optOuts: openOptOuts(database),
      keysOf: (dataset: string) => openSurrogateKeys(database, dataset),
      issued,
      standings,
      jobs,
      errors,
      give,
      submitted,
      assessed,
      granted,
      waitingOutput,
    },
    get: (path: string, as: Officer = 'everything', language = 'fr') =>
      send(path, as, { headers: { 'accept-language': language } }),
    post(path: string, form: Readonly<Record<string, string | readonly string[]>>, as: Officer, token = `token-${as}`) {
      const body = new URLSearchParams({ 'form-token': token })
      for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) body.append(name, one)
      return send(path, as, { method: 'POST', body })
    },
    /** A page as it is at another moment. */
    at(now: Date, path: string) {
      const pages = new Hono().route('/access-body', accessBodyPages({ ...options, now: () => now }))
      return send(path, 'everything', { headers: { 'accept-language': 'en' } }, pages)
    },
    /** The same pages over lists that fail. */
    async broken(words: string) {
      const failing = { ...lists, list: () => Promise.reject(new Error(words)) }
      const pages = new Hono().route('/access-body', accessBodyPages({ ...options, lists: failing }))
      return (path: string) => send(path, 'everything', {}, pages)
    },
    close: () => database.close(),
  }
}

function rolesOf(name: string | undefined): readonly BodyRole[] {
  if (name === 'everything') return BODY_ROLES
  return BODY_ROLES.filter((role) => role === name)
}

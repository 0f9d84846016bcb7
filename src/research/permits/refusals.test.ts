/** Whatever a permit does not cover is refused with a reason, and the ledger has it before anybody is told. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CompactSign, UnsecuredJWT } from 'jose'
import { type Database, openDatabase } from '#platform/database/database.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { canonicalJson } from '#trust/ledger/canonical-json.ts'
import { column, columns, equals } from '../query/build.ts'
import { innerJoin, program, rows, select, source, step, table } from '../query/build-relations.ts'
import type { Program, Relation } from '../query/tree.ts'
import type { Access } from './check.ts'
import type { DatasetId, Permit, PermitId } from './permit.ts'
import { signPermit } from './permit-signature.ts'
import type { Pseudonyms } from './persons.ts'
import { type DatasetDoor, prepare } from './prepare.ts'
import type { RevocationList } from './revocation-list.ts'
import { testKey } from './testing/bodies.ts'
import { type TestDoor, testDoor } from './testing/door.ts'
import { fewFacts as facts } from './testing/few-tables.ts'
import { anAccess, aPermit, DATASET, RESEARCHER } from './testing/permits.ts'

const integers = (...names: readonly string[]): Relation =>
  rows(
    names.map((name) => ({ name, type: 'integer' as const })),
    [],
  )

type Compile = (tables: ReadonlyMap<string, Relation>) => Result<Program>

function asking(relationOf: (tables: ReadonlyMap<string, Relation>) => Relation): Compile {
  return (tables) => ok(program([], { seen: relationOf(tables) }))
}

const view = (tables: ReadonlyMap<string, Relation>, name: string): Relation => tables.get(name) ?? table(name)
const births = asking((tables) =>
  select({ from: source(view(tables, 'person'), 'p'), columns: columns('p', 'year_of_birth') }),
)

/** One attempt; what is not said is as it should be. */
interface Attempt {
  readonly permit?: Partial<Permit>
  readonly access?: Partial<Access>
  /** What is done to the signed text. */
  readonly text?: (signed: string, door: TestDoor, permit: Permit) => string | Promise<string>
  readonly revocations?: Partial<RevocationList>
  readonly dataset?: Partial<DatasetDoor>
  readonly compile?: Compile
}

const scope = (more: Partial<Permit['datasets'][number]>): Partial<Permit> => ({
  datasets: aPermit().datasets.map((one) => ({ ...one, ...more })),
})
const day = (text: string) => ({ at: new Date(text) })
const microData = { tool: 'sql', output: 'micro-data' } as const
const raw =
  (change: (permit: Permit) => unknown, header: Record<string, unknown> = {}) =>
  (_signed: string, { bodyKey }: TestDoor, permit: Permit) =>
    new CompactSign(Buffer.from(canonicalJson(change(permit))))
      .setProtectedHeader({ alg: 'ES256', kid: 'pt-1', typ: 'tessera-permit+jwt', ...header })
      .sign(bodyKey.privateKey)
const entry = { permit: aPermit().id, since: '2029-06-01T10:00:00Z' }

const ATTEMPTS: readonly (readonly [string, string, Attempt])[] = [
  // When.
  [
    'the permit has expired',
    'permit-expired',
    { access: day('2031-05-01T09:00:00Z'), revocations: { issued: '2031-05-01T08:00:00Z' } },
  ],
  ['the permit is not yet valid', 'permit-not-yet-valid', { permit: { from: '2029-06-01T12:00:01Z' } }],
  ['the permit was revoked', 'permit-revoked', { revocations: { permits: [{ ...entry, state: 'revoked' }] } }],
  ['the permit is suspended', 'permit-suspended', { revocations: { permits: [{ ...entry, state: 'suspended' }] } }],
  ['the list of revocations is old', 'revocations-stale', { revocations: { issued: '2029-05-30T11:00:00Z' } }],
  [
    'the list of revocations is past its own end',
    'revocations-stale',
    { revocations: { goodUntil: '2029-06-01T11:30:00Z' } },
  ],
  // Who, and for what.
  ['another person asks', 'permit-person', { access: { person: 'urn:eidas|PT/99999' } }],
  ['a person of the same number in another system asks', 'permit-person', { access: { person: 'urn:other|PT/12345' } }],
  ['the purpose is another one', 'permit-purpose', { access: { purpose: 'c' } }],
  ['the data is held in another country', 'permit-other-country', { access: { memberState: 'FR' } }],
  ['the dataset is another one', 'permit-dataset', { access: { dataset: 'pt-other' as DatasetId } }],
  [
    'the release is another one',
    'permit-release',
    { permit: scope({ release: '2029-01' }), access: { releases: ['2029-02'] } },
  ],
  ['no release is open', 'permit-release', { permit: scope({ release: '2029-01' }) }],
  // With what, and what leaves.
  ['the tool is not allowed', 'permit-tool', { access: { tool: 'r', output: 'micro-data' } }],
  [
    'a data request asks for micro-data',
    'permit-micro-data',
    { permit: { kind: 'data-request', data: 'anonymised', tools: ['typed-query'] }, access: { output: 'micro-data' } },
  ],
  [
    'a data request asks for SQL',
    'permit-tool',
    { permit: { kind: 'data-request', data: 'anonymised', tools: ['typed-query'] }, access: { tool: 'sql' } },
  ],
  ['an anonymised permit asks for rows', 'permit-micro-data', { permit: { data: 'anonymised' }, access: microData }],
  // Which part of the data, when the access says it.
  ['a table outside is named', 'permit-table', { access: { tables: [{ table: 'note', columns: ['note_text'] }] } }],
  [
    'a column outside is named',
    'permit-column',
    { access: { tables: [{ table: 'person', columns: ['race_concept_id'] }] } },
  ],
  ['the period begins too early', 'permit-period', { access: { period: { from: '2014-12-31', to: '2016-01-01' } } }],
  ['the period ends too late', 'permit-period', { access: { period: { from: '2020-01-01', to: '2025-01-01' } } }],
  ['the period is upside down', 'permit-period', { access: { period: { from: '2020-01-01', to: '2019-01-01' } } }],
  ['older persons are asked for', 'permit-population', { access: { population: { bornFrom: 1930 } } }],
  ['younger persons are asked for', 'permit-population', { access: { population: { bornTo: 2010 } } }],
  ['another gender is asked for', 'permit-population', { access: { population: { genders: [8507, 8521] } } }],
  ['another condition is asked for', 'permit-population', { access: { population: { withCondition: [440000] } } }],
  // Which part of the data, when the query says it.
  [
    'the query reads a table itself',
    'table-outside',
    { compile: asking(() => select({ from: source(table('person'), 'p'), columns: columns('p', 'year_of_birth') })) },
  ],
  [
    'the query reads a table outside',
    'table-outside',
    {
      compile: asking(() =>
        select({ from: source(step('permit_view_death'), 'd'), columns: columns('d', 'death_date') }),
      ),
    },
  ],
  [
    'the query reads a column outside',
    'column-outside',
    {
      compile: asking((tables) =>
        select({ from: source(view(tables, 'person'), 'p'), columns: columns('p', 'race_concept_id') }),
      ),
    },
  ],
  [
    'the query filters by a column outside',
    'column-outside',
    {
      compile: asking((tables) =>
        select({
          from: source(view(tables, 'person'), 'p'),
          where: equals(column('p', 'race_concept_id'), column('p', 'person_id')),
          columns: columns('p', 'year_of_birth'),
        }),
      ),
    },
  ],
  [
    'the query joins a table outside',
    'table-outside',
    {
      compile: asking((tables) =>
        select({
          from: source(view(tables, 'person'), 'p'),
          joins: [innerJoin(table('death'), 'd', equals(column('p', 'person_id'), column('d', 'person_id')))],
          columns: columns('p', 'year_of_birth'),
        }),
      ),
    },
  ],
  [
    'the query reads the persons behind the pseudonyms',
    'step-outside',
    {
      compile: asking(() => select({ from: source(step('permit_persons'), 'p'), columns: columns('p', 'person_id') })),
    },
  ],
  [
    'the question cannot be compiled',
    'cohort-malformed',
    { compile: () => failed('cohort-malformed', 'The cohort is not as agreed.', 'Correct it.') },
  ],
  // What the permit itself may not open.
  [
    'the permit names a table that is not there',
    'table-unknown',
    { permit: scope({ tables: [{ table: 'genome', columns: ['x'] }] }) },
  ],
  [
    'the permit names a column that is not there',
    'column-unknown',
    { permit: scope({ tables: [{ table: 'person', columns: ['salary'] }] }) },
  ],
  [
    'the permit names the number of the source',
    'column-identifies',
    { permit: scope({ tables: [{ table: 'person', columns: ['person_source_value'] }] }) },
  ],
  [
    'the permit names rows that are of nobody known',
    'table-unbound',
    { permit: scope({ tables: [{ table: 'fact_relationship', columns: ['fact_id_1'] }] }) },
  ],
  // Persons.
  [
    'the pseudonyms are those of another permit',
    'pseudonyms-of-another-permit',
    { access: microData, dataset: { pseudonyms: async () => pseudonymsOf('permit-pt-2') } },
  ],
  [
    'rows are asked for without pseudonyms',
    'pseudonyms-missing',
    { access: microData, dataset: { pseudonyms: async () => 'none' } },
  ],
  [
    'the opt-outs are those of another moment',
    'opt-out-moment',
    { dataset: { optedOut: async () => ({ asOf: '2029-01-01T00:00:00Z', relation: integers('person_id') }) } },
  ],
  // What arrives as a permit.
  ['there is no permit', 'signed-malformed', { text: () => '' }],
  [
    'the permit is not signed',
    'signed-malformed',
    { text: (_signed, _door, permit) => new UnsecuredJWT({ ...permit }).encode() },
  ],
  ['the algorithm says none', 'signed-kind', { text: (signed) => changed(signed, 0, '"ES256"', '"none"') }],
  ['the algorithm is symmetric', 'signed-kind', { text: (signed) => changed(signed, 0, '"ES256"', '"HS256"') }],
  [
    'the payload was changed',
    'signature-wrong',
    { text: (signed) => changed(signed, 1, '"purposes":["e"]', '"purposes":["c","e"]'), access: { purpose: 'c' } },
  ],
  [
    'a person was added',
    'signature-wrong',
    {
      text: (signed) => changed(signed, 1, RESEARCHER, 'urn:eidas|PT/99999'),
      access: { person: 'urn:eidas|PT/99999' },
    },
  ],
  ['the signature was changed', 'signature-wrong', { text: (signed) => `${signed.slice(0, -6)}AAAAAA` }],
  [
    'the signature is that of another permit',
    'signature-wrong',
    {
      text: async (signed, { bodyKey }, permit) =>
        `${signed.slice(0, signed.lastIndexOf('.'))}.${(await signPermit({ ...permit, caseId: 'case-2' }, bodyKey)).split('.')[2]}`,
    },
  ],
  [
    'a stranger signed under the name of the key',
    'signature-wrong',
    { text: (_signed, _door, permit) => signPermit(permit, { ...testKey('pt-1') }) },
  ],
  [
    'the body of another country signed',
    'key-unknown',
    { text: (_signed, { frenchKey }, permit) => signPermit(permit, frenchKey) },
  ],
  [
    'the body of another country decided for this one',
    'signer-unknown',
    {
      permit: { body: { id: 'body-fr', name: 'France' } },
      text: (_signed, { frenchKey }, permit) => signPermit(permit, frenchKey),
    },
  ],
  ['nobody knows the body', 'signer-unknown', { permit: { body: { id: 'body-xx', name: 'Nowhere' } } }],
  ['it is signed JSON of another kind', 'signed-kind', { text: raw((permit) => permit, { typ: 'tessera-task+jwt' }) }],
  ['it brings its own key', 'signed-kind', { text: raw((permit) => permit, { jwk: testKey('x').trusted.jwk }) }],
  [
    'it says something that this version does not know',
    'signed-content',
    { text: raw((permit) => ({ ...permit, onlyOn: 'Sundays' })) },
  ],
  ['it lacks its persons', 'signed-content', { text: raw(({ persons: _persons, ...permit }) => permit) }],
  ['its persons are none', 'signed-content', { permit: { persons: [] } }],
  ['it lasts longer than the law allows', 'signed-content', { permit: { until: '2059-05-01T09:00:00Z' } }],
  ['its opt-outs were read after it was issued', 'signed-content', { permit: { optOutAsOf: '2029-05-02T00:00:00Z' } }],
  [
    'it is a data request with SQL',
    'signed-content',
    { permit: { kind: 'data-request', data: 'anonymised', tools: ['sql'] } },
  ],
  ['it was signed tomorrow', 'issued-in-future', { permit: { issued: '2029-06-02T12:00:00Z' } }],
  [
    'it was signed before the key was in use',
    'key-not-valid-then',
    { permit: { issued: '2025-01-01T00:00:00Z', optOutAsOf: '2025-01-01T00:00:00Z' } },
  ],
  ['it is larger than any permit', 'signed-too-large', { text: (signed) => signed.padEnd(1_000_001, 'A') }],
]

function pseudonymsOf(permit: string): Pseudonyms {
  return { permit: permit as PermitId, relation: integers('person_id', 'pseudonym'), shifted: false }
}

function changed(signed: string, part: number, from: string, to: string): string {
  const parts = signed.split('.')
  const text = Buffer.from(parts[part] ?? '', 'base64url').toString()
  assert.ok(text.includes(from), `${from} is not there to be changed`)
  parts[part] = Buffer.from(text.replaceAll(from, to)).toString('base64url')
  return parts.join('.')
}

describe('an access is refused, and the ledger says so, when', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tessera-refusals-'))
  let database: Database
  let door: TestDoor
  before(async () => {
    database = await openDatabase(`sqlite:${join(directory, 'node.db')}`)
    door = await testDoor(database, false)
  })
  after(async () => {
    await database.close()
    rmSync(directory, { recursive: true })
  })

  /** A permit and lists of its own for each attempt, in one ledger. */
  let attempts = 0
  async function attempt(how: Attempt): Promise<Result<unknown>> {
    attempts += 1
    const permitId = `${aPermit().id}-${attempts}` as PermitId
    const permit = aPermit({ ...how.permit, id: permitId })
    const permits = (how.revocations?.permits ?? []).map((one) => ({ ...one, permit: permitId }))
    assert.equal(await door.publish({ ...how.revocations, number: attempts, permits }), 'ok')
    const signed = await signPermit(permit, door.bodyKey)
    const text = how.text ? await how.text(signed, door, permit) : signed
    const dataset: DatasetDoor = {
      facts,
      optedOut: async (asOf) => ({ asOf, relation: integers('person_id') }),
      pseudonyms: async () => pseudonymsOf(permitId),
      ...how.dataset,
    }
    return prepare(door, dataset, text, anAccess(how.access), how.compile ?? births, { attempt: String(attempts) })
  }

  it('(but not when all is as it should be: then the ledger has the grant)', async () => {
    for (const access of [{}, microData, { tables: [{ table: 'person', columns: ['year_of_birth'] }] }]) {
      const prepared = await attempt({ access })
      assert.ok(prepared.ok, prepared.ok ? '' : prepared.problem.sentence)
      const [entry] = await door.ledger.list({ limit: 1 })
      assert.equal(entry?.event.outcome, '0')
      assert.equal(entry?.event.agent[1]?.who?.display, 'Ana Lopes')
      const named = entry?.event.entity?.map(({ what }) => what?.identifier?.value)
      assert.deepEqual(named?.slice(0, 2), [`permit-pt-1-${attempts}`, DATASET])
    }
  })

  it('(there is no list of revocations at all)', async () => {
    const before = await openDatabase('sqlite::memory:')
    const fresh = await testDoor(before, false)
    const text = await signPermit(aPermit(), fresh.bodyKey)
    const dataset = { facts, optedOut: async () => assert.fail(), pseudonyms: async () => assert.fail() }
    const refused = await prepare(fresh, dataset, text, anAccess(), births)
    assert.equal(refused.ok ? 'ok' : refused.problem.code, 'revocations-unknown')
    assert.equal((await fresh.ledger.list({})).length, 1)
    await before.close()
  })

  for (const [name, code, how] of ATTEMPTS) {
    it(`${name} (${code})`, async () => {
      const refused = await attempt(how)
      assert.ok(!refused.ok, 'it was granted')
      assert.equal(refused.problem.code, code)
      assert.match(refused.problem.sentence, /^[A-Z].*\.$/)
      assert.match(refused.problem.next, /^[A-Z].*\.$/)
      const [entry] = await door.ledger.list({ limit: 1 })
      assert.equal(entry?.event.outcome, '8')
      assert.ok(entry?.event.outcomeDesc?.startsWith(`${code}: `), entry?.event.outcomeDesc)
      const details = entry?.event.entity?.flatMap(({ detail }) => detail ?? [])
      assert.equal(details?.find(({ type }) => type === 'urn:tessera:attempt')?.valueString, String(attempts))
    })
  }

  it('and all of it is a whole chain', async () => {
    const verified = await door.ledger.verify()
    assert.ok(verified.intact)
    assert.ok(verified.entries >= ATTEMPTS.length)
  })

  it('the ledger cannot be written: then nothing is opened', async () => {
    const broken = { ...door, ledger: { ...door.ledger, append: () => Promise.reject(new Error('disk full')) } }
    const dataset = { facts, optedOut: async () => assert.fail(), pseudonyms: async () => assert.fail() }
    const text = await signPermit(aPermit(), door.bodyKey)
    await assert.rejects(prepare(broken, dataset, text, anAccess(), births), /disk full/)
  })
})

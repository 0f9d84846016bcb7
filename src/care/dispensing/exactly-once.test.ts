import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openDatabase } from '#platform/database/database.ts'
import { migrate } from '#platform/database/migrate.ts'
import { createLog } from '#platform/log/log.ts'
import type { AccessRecord } from '../context/access-record.ts'
import { claire } from '../testing/claire-martin.ts'
import { dispensingMigrations } from './migrations.ts'
import { type NewSubmission, type Outbox, openOutbox } from './outbox.ts'
import { type Sender, sender } from './sender.ts'
import { type ModelCountry, modelCountry, WEATHERS } from './testing/model-country.ts'

/** Country B's outbox against a country A whose line does what it wants: two replicas, crashes, late answers, duplicates. */

const PATIENT = 'urn:oid:1.2|298123456'
const PHARMACY = claire.organisation.identifier

function wish(confirmation: string, now: Date): NewSubmission {
  return {
    kind: 'dispensation',
    submissionId: `2.25.${confirmation.length}${confirmation.codePointAt(0)}`,
    dispensationId: `urn:uuid:${confirmation}`,
    country: 'PT',
    prescriptionId: 'urn:oid:1.2|RX-1',
    professional: claire.identifier,
    organisation: PHARMACY,
    confirmation,
    wire: 'fhir',
    confirmedAt: now,
    waiting: {
      caller: {
        country: 'FR',
        homeCommunityId: '1.2.3',
        professional: {
          identifier: claire.identifier,
          name: 'Claire Martin',
          role: { code: '2262', display: 'Pharmacists' },
          organisation: claire.organisation,
        },
        purpose: 'TREATMENT',
        patient: PATIENT,
      },
      emergencyReasonGiven: false,
      patient: PATIENT,
      format: 'fhir',
      document: Buffer.from(confirmation).toString('base64'),
    },
  }
}

interface World {
  readonly model: ModelCountry
  readonly outbox: Outbox
  readonly replicas: readonly [Sender, Sender]
  readonly records: AccessRecord[]
  now: Date
  /** The ledger takes nothing while this is set. */
  ledgerFull: boolean
  close(): Promise<void>
}

async function openWorld(remembers: boolean): Promise<World> {
  const database = await openDatabase('sqlite::memory:')
  await migrate(database, dispensingMigrations)
  const model = modelCountry(remembers)
  const outbox = openOutbox(database, { node: 'FR', secret: 'secret' })
  const replica = (): Sender =>
    sender({
      country: 'FR',
      homeCommunityId: '1.2.3',
      address: 'here',
      outbox,
      open: async () => ({
        channel: model.open,
        participant: {
          country: 'PT',
          homeCommunityId: '1.2.4',
          services: ['edispensation'],
          certificates: [],
          tokenKeys: [],
          sealCertificates: [],
        },
      }),
      recorder: {
        async record(record) {
          if (world.ledgerFull) throw new Error('full')
          world.records.push(record)
        },
      },
      clock: () => world.now,
      log: createLog({ level: 'silent', name: 'test' }),
    })
  const world: World = {
    model,
    outbox,
    replicas: [replica(), replica()],
    records: [],
    now: new Date('2026-11-27T10:00:00.000Z'),
    ledgerFull: false,
    close: () => database.close(),
  }
  return world
}

type Step =
  | { readonly do: 'confirm'; readonly form: string; readonly presses: number; readonly index: number }
  | { readonly do: 'weather'; readonly index: number }
  | { readonly do: 'reconcile'; readonly index: number; readonly minutes: number }
  /** A replica dies after the request left, before it could note anything. */
  | { readonly do: 'crash'; readonly form: string }
  | { readonly do: 'work-off' }
  | { readonly do: 'elsewhere' }
  | { readonly do: 'ledger'; readonly full: boolean }

const weather = fc.nat(WEATHERS.length - 1)
const form = fc.constantFrom('a', 'b')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('confirm' as const), form, presses: fc.integer({ min: 1, max: 3 }), index: weather }),
  fc.record({ do: fc.constant('weather' as const), index: weather }),
  fc.record({ do: fc.constant('reconcile' as const), index: weather, minutes: fc.integer({ min: 0, max: 70 }) }),
  fc.record({ do: fc.constant('crash' as const), form }),
  fc.constant<Step>({ do: 'work-off' }),
  fc.constant<Step>({ do: 'elsewhere' }),
  fc.record({ do: fc.constant('ledger' as const), full: fc.boolean() }),
)

async function take(world: World, one: Step): Promise<void> {
  const { model, outbox, replicas } = world
  switch (one.do) {
    case 'confirm': {
      model.weather = WEATHERS[one.index] ?? 'fine'
      const put = await outbox.put(wish(one.form, world.now))
      if (!put.isNew) return
      // Several replicas may believe that it is theirs to send.
      await Promise.all(
        Array.from({ length: one.presses }, (_, press) => replicas[press % 2 === 0 ? 0 : 1].send(put.entry)),
      )
      return
    }
    case 'weather':
      model.weather = WEATHERS[one.index] ?? 'fine'
      return
    case 'reconcile':
      world.now = new Date(world.now.getTime() + one.minutes * 60_000)
      model.weather = WEATHERS[one.index] ?? 'fine'
      await Promise.all(replicas.map((replica) => replica.reconcile()))
      return
    case 'crash': {
      const entry = await outbox.byConfirmation(PHARMACY, one.form)
      const held = entry && (await outbox.hold(entry.submissionId, world.now))
      if (!held) return
      const { dispensationId, submissionId, prescriptionId, confirmedAt: submitted, kind } = held.entry
      const document = { format: 'fhir', bytes: Buffer.from(held.waiting.document, 'base64') } as const
      const { caller, patient } = held.waiting
      await model.open.channel.submit(
        { kind, submissionId, dispensationId, prescriptionId, submitted, patient, document },
        { caller, emergencyReasonGiven: false, requestId: '1' },
      )
      return
    }
    case 'work-off':
      model.workOff()
      return
    case 'elsewhere':
      model.dispenseElsewhere()
      return
    case 'ledger':
      world.ledgerFull = one.full
  }
}

async function check({ model, outbox }: World, ended: boolean): Promise<void> {
  assert.ok(model.effects() <= 1, 'the prescription was dispensed once at most')
  for (const bodies of model.bodies.values()) assert.equal(bodies.size, 1, 'a repetition is the same bytes')
  for (const entry of await outbox.ofOrganisation(PHARMACY)) {
    const isThere = model.taken.includes(entry.submissionId)
    if (entry.state === 'accepted') assert.ok(isThere, 'accepted is there')
    if (entry.state === 'refused') assert.ok(!isThere, 'refused is not there')
    if (ended) {
      const settled = entry.state === 'accepted' || entry.state === 'refused'
      assert.ok(settled || entry.needsPerson, `settled, or a person is told: ${JSON.stringify(entry)}`)
    }
  }
}

/** The answer is lost, then the country cannot be reached: that it now certainly got nothing says nothing about before. */
const LOST_THEN_UNREACHABLE: Step[] = [
  { do: 'confirm', form: 'a', presses: 1, index: WEATHERS.indexOf('answer-lost') },
  { do: 'reconcile', index: WEATHERS.indexOf('no-connection'), minutes: 1 },
]

for (const remembers of [true, false]) {
  const name = remembers ? 'that remembers submissions' : 'that does not remember submissions'
  test(`never two, never lost, never guessed, with a country ${name}`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const world = await openWorld(remembers)
        try {
          for (const one of steps) {
            await take(world, one)
            await check(world, false)
          }
          // Fair weather again: everything is found out, or a person is told.
          world.ledgerFull = false
          world.model.workOff()
          for (let round = 0; round < 3; round += 1) {
            await take(world, { do: 'reconcile', index: WEATHERS.indexOf('fine'), minutes: 61 })
          }
          await check(world, true)
          const entries = await world.outbox.ofOrganisation(PHARMACY)
          if (remembers)
            assert.ok(
              entries.every(({ needsPerson }) => !needsPerson),
              'asking again was enough',
            )
          assert.deepEqual(await world.outbox.unrecorded(), [], 'what is settled is in the ledger')
          for (const { submissionId, settledAt } of entries) {
            if (settledAt === undefined) continue
            const found = world.records.some((record) => 'submission' in record && record.submission === submissionId)
            assert.ok(found, 'the ledger has it')
          }
        } finally {
          await world.close()
        }
      }),
      { numRuns: 100, examples: [[LOST_THEN_UNREACHABLE]] },
    )
  })
}

/** Sees unusual numbers of requests for a patient, from a point of care, from a country; tells the operator; may refuse. */
import { createHmac } from 'node:crypto'
import type { Database } from '#platform/database/database.ts'
import type { Log } from '#platform/log/log.ts'
import type { ServiceKind } from '#wire/discovery/directory.ts'
import type { CareProblemCode, Purpose } from '../context/care-context.ts'
import { type AbuseTables, type CountOptions, requestCounts } from './request-counts.ts'
import { ALERT_CODES, type Threshold, type Thresholds, type WatchedSubject } from './thresholds.ts'

export interface Observation {
  /** Country that asks. */
  readonly country: string
  /** Identifier of the professional's organisation. */
  readonly pointOfCare: string
  readonly patient: string | undefined
  readonly service: ServiceKind
  readonly purpose: Purpose
  readonly at: Date
}

export interface RequestWatch {
  /** Counts one request. `limited`: it is above a limit that refuses. */
  observe(observation: Observation): Promise<{ readonly limited: boolean }>
}

export interface WatchOptions extends CountOptions {
  readonly database: Database
  readonly thresholds: Thresholds
  /** Makes digests of patients and points of care; the same on every replica. */
  readonly secret: Uint8Array
  readonly log: Log
}

/** What the operator reads. `digest` stands for a patient or a point of care. */
export interface Alert {
  readonly raised: string
  readonly code: CareProblemCode
  readonly kind: WatchedSubject | 'emergency'
  readonly country: string
  readonly digest: string
  readonly requests: number
  readonly threshold: number
  readonly periodSeconds: number
}

/** Needs `abuseMigrations`. */
export function requestWatch(options: WatchOptions): RequestWatch {
  const { database, thresholds, log } = options
  const counts = requestCounts(database, options)
  const digest = (subject: string, value: string) =>
    createHmac('sha256', options.secret)
      .update(JSON.stringify([subject, value]))
      .digest('hex')
      .slice(0, 32)

  async function alert(id: string, raised: Alert): Promise<void> {
    const { periodSeconds: period, ...columns } = raised
    const inserted = await database.kysely
      .$extendTables<AbuseTables>()
      .insertInto('alerts')
      .values({ id, ...columns, period })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 0n) return
    log.warn('unusual-requests', { code: raised.code, kind: raised.kind, country: raised.country })
  }

  return {
    async observe(observation) {
      const { at, country } = observation
      const watched = thresholds.thresholds.flatMap((threshold) => keyOf(threshold, observation, digest) ?? [])
      const numbers = await counts.add(
        watched.map(({ key }) => key),
        at,
      )
      let limited = false
      for (const [index, { threshold, key }] of watched.entries()) {
        const requests = numbers[index] ?? 0
        if (requests > threshold.alertAbove) {
          await alert(JSON.stringify(key), {
            raised: at.toISOString(),
            code: ALERT_CODES[threshold.subject],
            kind: threshold.subject,
            country,
            digest: key.digest,
            requests,
            threshold: threshold.alertAbove,
            periodSeconds: threshold.periodSeconds,
          })
        }
        if (threshold.refuseAbove !== undefined && requests > threshold.refuseAbove) limited = true
      }
      if (thresholds.emergencyAlerts) await tellEmergency(observation, digest, alert)
      return { limited }
    },
  }
}

type Digest = (subject: string, value: string) => string

function keyOf(threshold: Threshold, observation: Observation, digest: Digest) {
  const { subject, periodSeconds: period } = threshold
  const { country, pointOfCare, patient, at } = observation
  const value = subject === 'patient' ? patient : subject === 'point-of-care' ? pointOfCare : country
  if (value === undefined) return undefined
  const seconds = Math.floor(at.getTime() / 1000)
  // A patient is counted whichever country asks.
  const key = {
    country: subject === 'patient' ? '*' : country,
    subject,
    digest: digest(subject, value),
    period,
    windowStart: seconds - (seconds % period),
  }
  return { threshold, key }
}

/** Break-glass: once for each patient, point of care and day, so that somebody asks for the reason afterwards. */
async function tellEmergency(
  { purpose, patient, pointOfCare, country, at }: Observation,
  digest: Digest,
  alert: (id: string, raised: Alert) => Promise<void>,
): Promise<void> {
  if (purpose !== 'EMERGENCY' || patient === undefined) return
  const raised = at.toISOString()
  const subject = digest('patient', patient)
  await alert(
    JSON.stringify(['emergency', country, digest('point-of-care', pointOfCare), subject, raised.slice(0, 10)]),
    {
      raised,
      code: 'WARNING_SEC_GENERIC',
      kind: 'emergency',
      country,
      digest: subject,
      requests: 1,
      threshold: 0,
      periodSeconds: 86_400,
    },
  )
}

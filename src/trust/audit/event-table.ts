/** The events of the audit trail as data (`data/audit/ehdsi-events.json`), read once and checked. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { AuditCode } from './audit-message.ts'

const Code = z.object({
  code: z.string(),
  system: z.string(),
  display: z.string().optional(),
  text: z.string(),
})

const OBJECT_KINDS = [
  'patient',
  'guarantor',
  'query',
  'submissionSet',
  'target',
  'error',
  'request',
  'response',
  'input',
  'output',
  'ledger',
] as const

const ObjectRule = z.object({
  kind: z.enum(OBJECT_KINDS),
  type: z.string(),
  role: z.string().optional(),
  lifeCycle: z.string().optional(),
  /** OpenNCP writes some identifiers as Base64. */
  base64: z.boolean().optional(),
  code: Code,
})

const PARTICIPANTS = [
  'pointOfCare',
  'humanRequestor',
  'serviceConsumer',
  'serviceProvider',
  'masterPatientIndex',
] as const
const Participant = z.enum(PARTICIPANTS)

const sides = <T extends z.ZodType>(value: T) => z.object({ A: value, B: value })

const EventRule = z.object({
  id: z.string(),
  code: z.string(),
  /** Of `code`; absent: IHE Transactions. */
  codeSystem: z.string().optional(),
  service: z.string(),
  transaction: z.string(),
  /** The same event over FHIR. */
  fhir: z.object({ code: z.string(), transaction: z.string() }).optional(),
  action: sides(z.enum(['C', 'R', 'U', 'D', 'E'])),
  eventId: sides(z.string()),
  /** OpenNCP repeats the EventID as a second EventTypeCode. */
  repeatsEventId: z.boolean().optional(),
  /** In order; the value is UserIsRequestor. */
  participants: z.partialRecord(Participant, z.boolean()),
  /** Names of `objects`, in order. */
  objects: z.array(z.string()),
})

const EventIdRule = z.object({ code: z.string(), system: z.string(), text: z.string() })

const Table = z.object({
  version: z.string(),
  eventIds: z.record(z.string(), EventIdRule),
  roles: z.record(Participant, Code),
  objects: z.record(z.string(), ObjectRule),
  events: z.array(EventRule),
})

export type ParticipantKind = z.infer<typeof Participant>
export type ObjectRule = z.infer<typeof ObjectRule>
export type EventRule = z.infer<typeof EventRule>

export interface EventTable {
  readonly version: string
  readonly events: readonly EventRule[]
  event(id: string): EventRule
  eventId(name: string): { readonly code: string; readonly system: string; readonly text: string }
  role(kind: ParticipantKind): AuditCode
  objects(event: EventRule): readonly ObjectRule[]
}

const FILE = join(import.meta.dirname, '../../../data/audit/ehdsi-events.json')
let shipped: EventTable | undefined

/** The table that ships, read at the first use. */
export function eventTable(): EventTable {
  shipped ??= readEventTable(JSON.parse(readFileSync(FILE, 'utf8')))
  return shipped
}

/** Throws when the table is not whole: it is part of the program. */
export function readEventTable(json: unknown): EventTable {
  const table = Table.parse(json)
  const events = new Map(table.events.map((event) => [event.id, event] as const))
  const known = <T>(found: T | undefined, name: string): T => {
    if (found === undefined) throw new Error(`The table of audit events has no ${name}.`)
    return found
  }
  const objectsOf = (event: EventRule) => event.objects.map((name) => known(table.objects[name], name))
  const eventIdOf = (name: string) => known(table.eventIds[name], name)
  for (const event of table.events) {
    objectsOf(event)
    eventIdOf(event.eventId.A)
    eventIdOf(event.eventId.B)
  }
  return {
    version: table.version,
    events: table.events,
    event: (id) => known(events.get(id), id),
    eventId: eventIdOf,
    role: (kind) => table.roles[kind],
    objects: objectsOf,
  }
}

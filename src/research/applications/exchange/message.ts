/**
 * What travels between bodies about a case: events, numbered from one body to another, signed by the one that tells them.
 * No schema of HealthData@EU was public when this was written (Art. 75(12)): the message is ours, and has a format number.
 */
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { SignedKind } from '../../permits/signed-json.ts'
import { type CaseEvent, readEvent } from '../case/events.ts'
import { CountryCode } from '../rules/application.ts'

export interface CaseMessage {
  readonly format: 1
  readonly caseId: string
  /** The body that tells: its id on the list of trusted parties, and its country. */
  readonly body: string
  readonly from: string
  /** Country of the body that is told. */
  readonly to: string
  /** Counts from 1 for each case and each body that is told, without gaps. */
  readonly sequence: number
  /** ISO 8601. */
  readonly sent: string
  readonly events: readonly CaseEvent[]
}

const MessageSchema = z.strictObject({
  format: z.literal(1),
  caseId: z.uuid(),
  body: z.string().min(1).max(200),
  from: CountryCode,
  to: CountryCode,
  sequence: z.int().positive(),
  sent: z.iso.datetime(),
  events: z.array(z.unknown()).min(1).max(100),
})

/** Below what a server takes as a body by default. */
const LONGEST = 1_000_000

export const CASE_MESSAGE: SignedKind<CaseMessage> = {
  typ: 'tessera-case+jwt',
  noun: 'message about a case',
  right: 'cases',
  longest: LONGEST,
  read(content): Result<CaseMessage> {
    const read = MessageSchema.safeParse(content)
    if (!read.success) return malformed(read.error.issues[0]?.path.join('.') ?? '')
    const events: CaseEvent[] = []
    for (const [index, one] of read.data.events.entries()) {
      const event = readEvent(one)
      if (!event.ok) return malformed(`events.${index}.${event.problem.place?.path ?? ''}`)
      events.push(event.value)
    }
    return ok({ ...read.data, events })
  },
  signedBy: ({ body, from, sent }) => ({ party: body, country: from, issued: sent }),
}

function malformed(path: string): Result<never> {
  const sentence = 'The message about a case is not of the agreed form.'
  return failed('message-malformed', sentence, 'Compare the versions of both sides.', { path })
}

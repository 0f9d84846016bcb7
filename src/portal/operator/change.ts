/** Every change that an operator makes stands in the ledger before it is made: who, what, never a patient. */
import { type OperatorChange, operatorChangeEvent } from '#trust/ledger/audit-event.ts'
import type { OperatorVisit } from './visit.ts'

/** Durable when it resolves; rejects when the ledger did not take it: the change must then not be made. */
export async function recordChange(
  { options, person, now }: OperatorVisit,
  change: OperatorChange,
  /** Why the change that was recorded just before did not happen. */
  failure?: string,
): Promise<void> {
  const { identifier, organisation } = person.professional
  await options.ledger.append(
    operatorChangeEvent({
      recorded: now.toISOString(),
      node: options.node,
      person: {
        identifier,
        name: person.name,
        organisation: { identifier: organisation.identifier, name: organisation.name || organisation.identifier },
      },
      change,
      ...(failure === undefined ? {} : { outcome: { code: '8' as const, reason: failure } }),
    }),
  )
}

/** Events of the audit trail that are no access: assertions made, service metadata looked up, lists of countries renewed. */

import { cxOf } from '#care/context/audit-facts-of.ts'
import type { OpenBorderRecorder } from '#care/context/border-recorder.ts'
import type { NotedFacts } from '#care/context/transaction-facts.ts'
import type { IssuedAssertion } from '#care/country-b/channels/assertion-desk.ts'
import type { Log } from '#platform/log/log.ts'

const EVENTS: Readonly<Record<IssuedAssertion['kind'], NotedFacts['event']>> = {
  hcp: 'professional-authentication',
  trc: 'trc-assertion',
  'next-of-kin': 'nok-assertion',
}

export interface AuditNotes {
  /** EHDSI-91, 92, 96. */
  issued(assertion: IssuedAssertion): void
  /** EHDSI-193: `subject` names the country whose metadata were asked for. */
  lookedUp(subject: string, found: boolean): void
  /** EHDSI-194: own metadata of a service were published in an SMP. */
  published(subject: string, taken: boolean): Promise<void>
  /** EHDSI-93: the Union's directory, trust list or a search mask is there in a new version. */
  imported(subject: string): void
}

/** What is noted is durable a moment later; that it could not be is told to the log, and holds nothing up. */
export function auditNotes(
  recorder: Pick<OpenBorderRecorder, 'note'>,
  { node, log }: { readonly node: string; readonly log: Log },
): AuditNotes {
  const noted = async (facts: Omit<NotedFacts, 'recorded'>): Promise<void> => {
    try {
      await recorder.note({ recorded: new Date().toISOString(), ...facts })
    } catch (error) {
      log.failure('event-not-noted', error)
    }
  }
  const note = (facts: Omit<NotedFacts, 'side' | 'recorded'>): void => void noted({ side: 'B', ...facts })
  const own = { serviceConsumer: { userId: node } }
  return {
    issued({ kind, assertionId, issuer, caller, patient }) {
      const { professional, purpose } = caller
      note({
        event: EVENTS[kind],
        outcome: '0',
        purpose,
        pointOfCare: { userId: professional.organisation.name },
        humanRequestor: {
          userId: `<${professional.identifier.slice(professional.identifier.lastIndexOf('|') + 1)}@${issuer}>`,
          alternativeUserId: professional.name,
        },
        ...own,
        serviceProvider: { userId: node },
        ...(patient === undefined ? {} : { patients: [cxOf(patient)] }),
        targets: [assertionId],
      })
    },
    lookedUp(subject, found) {
      note({
        event: 'smp-query',
        outcome: found ? '0' : '4',
        ...own,
        serviceProvider: { userId: subject },
        targets: [subject],
      })
    },
    published(subject, taken) {
      return noted({
        side: 'A',
        event: 'smp-push',
        outcome: taken ? '0' : '8',
        ...own,
        serviceProvider: { userId: 'SMP' },
        targets: [subject],
      })
    },
    imported(subject) {
      note({
        event: 'configuration-import',
        outcome: '0',
        ...own,
        serviceProvider: { userId: 'central services' },
        targets: [subject],
      })
    },
  }
}

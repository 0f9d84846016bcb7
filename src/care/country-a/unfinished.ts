/** When a node starts: submissions that another country handed in and that were begun and not ended are ended, and recorded. */

import { ledgerRecorder } from '../context/recorder.ts'
import { deliverUnfinished } from '../dispensing/country-a/deliver.ts'
import type { CountryAOptions } from './country-a.ts'
import { delivering } from './submit-dispensation.ts'

/** The number that could be settled. To be run on start, and again from time to time; safe on every replica. */
export async function finishDispensations(options: CountryAOptions): Promise<number> {
  const { dispensations: journal, clock, log, country, homeCommunityId, base } = options
  if (!journal) return 0
  const recorder = options.recorder ?? ledgerRecorder(options.ledger)
  return deliverUnfinished(delivering(options, journal), async (entry, settlement) => {
    log.info('dispensation-finished', { country: entry.country, kind: entry.kind })
    await recorder.record({
      side: 'A',
      step: entry.kind === 'discard' ? 'discard' : 'dispense',
      recorded: clock(),
      client: { country: entry.country, address: 'finished after a stop' },
      server: { country, homeCommunityId, address: base },
      professional: undefined,
      purpose: 'TREATMENT',
      patient: entry.patient,
      requestId: undefined,
      service: 'edispensation',
      document: entry.dispensationId,
      prescription: entry.prescriptionId,
      submission: entry.submissionId,
      outcome: settlement.state === 'accepted' ? { kind: 'success' } : { kind: 'refused', detail: settlement.code },
    })
  })
}

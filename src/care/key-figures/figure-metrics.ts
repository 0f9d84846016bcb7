/** Key figures as metrics: how many transactions of which kind, how they ended and how long they took. */
import type { Metrics } from '#platform/health/metrics.ts'
import type { KeyFigure } from './key-figure.ts'

/** Countries of the certificates of peers: 27 and a few; `other` for whatever else a stranger says. */
const COUNTRY = /^[A-Z]{2}$/

/** Returns the function that counts one transaction. */
export function figureMetrics(metrics: Metrics): (figure: KeyFigure) => void {
  const labels = ['side', 'peer', 'step', 'service', 'wire', 'outcome'] as const
  const count = metrics.counter('border_transactions', 'Transactions with other countries.', labels)
  const time = metrics.histogram('border_transaction_seconds', 'From the question to its record.', [
    'side',
    'step',
    'wire',
  ])
  return ({ side, step, service, wire, outcome, asking, answering, durationMs }) => {
    const other = side === 'A' ? asking : answering
    count({ side, peer: COUNTRY.test(other) ? other : 'other', step, service, wire, outcome })
    time({ side, step, wire }, durationMs / 1000)
  }
}

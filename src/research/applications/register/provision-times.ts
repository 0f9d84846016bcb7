/**
 * How long it takes until data can be used: from the permit, or the approval of a request, to access or the answer. Measured
 * from the events; said in the label of the datasets (Art. 78(3)(e)).
 */
import type { CaseEvent } from '../case/events.ts'

export interface ProvisionTimes {
  readonly cases: number
  readonly medianDays: number
}

const DAY_MS = 86_400_000

/**
 * Dataset → its times, as far as the body of this country provided it.
 * @param events of all cases; those of one case in their order
 */
export async function provisionTimes(
  events: AsyncIterable<{ readonly caseId: string; readonly event: CaseEvent }>,
  country: string,
): Promise<ReadonlyMap<string, ProvisionTimes>> {
  const waiting = new Map<string, { readonly at: string; readonly datasets: readonly string[] }>()
  const days = new Map<string, number[]>()
  for await (const { caseId, event } of events) {
    if (!('memberState' in event) || event.memberState !== country) continue
    if (event.kind === 'granted') {
      waiting.set(caseId, { at: event.at, datasets: event.permit.datasets.map(({ dataset }) => dataset) })
    } else if (event.kind === 'made-available' || event.kind === 'responded') {
      const granted = waiting.get(caseId)
      waiting.delete(caseId)
      if (!granted) continue
      const took = (Date.parse(event.at) - Date.parse(granted.at)) / DAY_MS
      for (const dataset of new Set(granted.datasets)) days.set(dataset, [...(days.get(dataset) ?? []), took])
    }
  }
  return new Map([...days].map(([dataset, all]) => [dataset, { cases: all.length, medianDays: medianOf(all) }]))
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  const [low, high] = [sorted[(sorted.length - 1) >> 1] ?? 0, sorted[sorted.length >> 1] ?? 0]
  return (low + high) / 2
}

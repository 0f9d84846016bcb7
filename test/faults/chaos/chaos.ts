/** Dispenses everything while all goes wrong, then waits until it is quiet, stops the nodes and compares. */
import { join } from 'node:path'
import type { OutboxEntry } from '#care/dispensing/dispensing.ts'
import { until } from '../processes.ts'
import { type SenderBooks, type SentRow, senderBooks, type TakerBooks, takerBooks } from './books.ts'
import { violations } from './comparison.ts'
import { type Given, givenIn } from './given.ts'
import { type KillableNodes, killableNodes, WAYS, type WayName } from './killable-nodes.ts'
import { ledgerViolations } from './ledgers.ts'
import { dispenseEverything, type Pharmacist, type Told } from './pharmacies.ts'
import { type PrescribedLine, prescribe } from './prescribed.ts'
import { chance } from './random.ts'
import { wishesFor } from './wishes.ts'

export interface ChaosRequest {
  readonly way: WayName
  /** At least so many that country A takes. */
  readonly dispensations: number
  readonly seed: number
  /** How often each node may be killed. */
  readonly mostKills: number
  /** Milliseconds that a node is let alone after it came up. */
  readonly restMs: number
  readonly atOnce: number
  /** Milliseconds for everything. */
  readonly patienceMs: number
  onProgress?(line: string): void
}

export interface ChaosReport {
  readonly figures: Readonly<Record<string, number>>
  readonly kills: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<string, number>>
  /** Refused submissions by code. */
  readonly refusals: Readonly<Record<string, number>>
  readonly violations: readonly string[]
}

/** Some dispensations are of two packages. */
const PACKAGES_OF_ONE = 1.25

export async function chaos(request: ChaosRequest): Promise<ChaosReport> {
  const { way, dispensations, seed, mostKills, restMs, onProgress = () => undefined } = request
  const luck = chance(seed)
  let lines: readonly PrescribedLine[] = []
  const nodes = await killableNodes({
    way,
    chance: luck,
    mostKills,
    restMs,
    prepare: async (folder) => {
      lines = await prescribe(folder, WAYS[way].a, Math.ceil(dispensations * PACKAGES_OF_ONE), luck)
    },
  })
  try {
    onProgress(`${lines.length} prescribed lines; the nodes are up`)
    return await dispenseAndCompare(request, nodes, lines, wishesFor(lines, nodes.way.pharmacists.length, luck))
  } finally {
    await nodes.close()
  }
}

async function dispenseAndCompare(
  { atOnce, patienceMs, onProgress = () => undefined }: ChaosRequest,
  nodes: KillableNodes,
  lines: readonly PrescribedLine[],
  groups: ReturnType<typeof wishesFor>,
): Promise<ChaosReport> {
  const { home, way } = nodes
  const folder = join(home, way.a, 'folder')
  const askers = [...new Set(way.pharmacists.map(({ country }) => country))]
  const taker = await takerBooks(await nodes.configurationOf(way.a))
  const senders = await Promise.all(askers.map(async (name) => senderBooks(await nodes.configurationOf(name))))
  try {
    const phone = telephone(taker, senders)
    const { told, givenUp } = await dispenseEverything({
      home,
      pharmacists: way.pharmacists,
      country: way.a,
      groups,
      atOnce,
      patienceMs,
      left: (line) => line.packages - givenIn(folder).packagesOf(line),
      callThere: phone.call,
      onProgress: (now, waiting) =>
        onProgress(`accepted ${now.accepted.size}, refused ${now.refused.size}, waiting ${waiting}`),
    })
    await nodes.calm()
    await quiet(taker, senders, phone, patienceMs)
    await nodes.stop()
    const [taken, sent] = [await taker.rows(), (await Promise.all(senders.map((one) => one.rows()))).flat()]
    const given = givenIn(folder)
    const accepted = sent.filter(({ state }) => state === 'accepted').map(({ submission_id: id }) => id)
    const found = [
      ...givenUp.map(({ line }) => `given up: ${line.prescription}.${line.line + 1}`),
      ...violations({ lines, given, taken, sent, told }),
      ...(await ledgerViolations(await nodes.configurationOf(way.a), accepted)),
      ...(await ofAskers(nodes, askers, sent)),
    ]
    return { ...reportOf(nodes, told, given, sent, phone.calls()), violations: found }
  } finally {
    await Promise.all([taker, ...senders].map((books) => books.close()))
  }
}

async function ofAskers(nodes: KillableNodes, names: readonly string[], sent: readonly SentRow[]) {
  const found = names.map(async (name) => {
    const configuration = await nodes.configurationOf(name)
    const own = sent.filter(({ node, settled_at: at }) => node === configuration.country && at !== null)
    return ledgerViolations(
      configuration,
      own.map(({ submission_id: id }) => id),
    )
  })
  return (await Promise.all(found)).flat()
}

/** A person who calls country A, where the country cannot be asked over the wire what it did. */
function telephone(taker: TakerBooks, senders: readonly SenderBooks[]) {
  let calls = 0
  return {
    calls: () => calls,
    async call({ country }: Pick<Pharmacist, 'country'>, { submissionId }: Pick<OutboxEntry, 'submissionId'>) {
      const sender = senders.find((one) => one.country === country.toUpperCase())
      const state = await taker.settled(country.toUpperCase(), submissionId)
      if (!sender || !state) return
      calls += 1
      await sender.settleByHand(submissionId, state)
    },
  }
}

/** Everything is settled on both sides, and in the ledgers. */
async function quiet(
  taker: TakerBooks,
  senders: readonly SenderBooks[],
  phone: ReturnType<typeof telephone>,
  patienceMs: number,
): Promise<void> {
  const isQuiet = async (): Promise<boolean> => {
    for (const sender of senders) {
      const rows = await sender.rows()
      for (const row of rows.filter(({ needs_person: person }) => person === 1)) {
        await phone.call({ country: sender.country }, { submissionId: row.submission_id })
      }
      if (rows.some(({ settled_at: at, recorded }) => at === null || recorded === 0)) return false
    }
    return (await taker.rows()).every(({ settled }) => settled !== null)
  }
  // What is not quiet then is a violation, which the comparison names.
  await until('everything is settled', isQuiet, patienceMs).catch(() => undefined)
}

function reportOf(
  { kills, lines }: KillableNodes,
  told: Told,
  { events }: Given,
  sent: readonly SentRow[],
  settledByCalling: number,
): Omit<ChaosReport, 'violations'> {
  const dispensations = sent.filter(({ kind }) => kind === 'dispensation')
  const faults: Record<string, number> = {}
  for (const { struck } of lines) for (const [fault, times] of struck) faults[fault] = (faults[fault] ?? 0) + times
  return {
    figures: {
      dispensationsConfirmed: dispensations.length,
      accepted: dispensations.filter(({ state }) => state === 'accepted').length,
      refused: dispensations.filter(({ state }) => state === 'refused').length,
      takenBack: sent.filter(({ kind, state }) => kind === 'discard' && state === 'accepted').length,
      moreThanOneAttempt: sent.filter(({ attempts }) => attempts > 1).length,
      attempts: sent.reduce((sum, { attempts }) => sum + attempts, 0),
      unknownAtTheEnd: sent.filter(({ state }) => state === 'unknown' || state === 'sending').length,
      settledByCalling,
      cameTooLate: told.closed,
      requestsWithoutAnswer: told.failures,
      eventsInCountryA: events.length,
    },
    kills: Object.fromEntries(kills),
    faults,
    refusals: countedBy(
      sent.filter(({ state }) => state === 'refused'),
      ({ code }) => code ?? 'no code',
    ),
  }
}

function countedBy<T>(all: readonly T[], nameOf: (one: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const one of all) counts[nameOf(one)] = (counts[nameOf(one)] ?? 0) + 1
  return counts
}

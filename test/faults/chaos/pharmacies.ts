/** The pharmacists' software: confirms each wish, and repeats under the same confirmation what it does not know the fate of. */
import type { ListedDocument } from '#care/border/border-service.ts'
import type { OutboxEntry } from '#care/dispensing/dispensing.ts'
import type { Prescription } from '#documents/pharmacy/pharmacy.ts'
import { type Software, type SoftwareAnswer, signInSoftware } from '../../software.ts'
import type { PrescribedLine } from './prescribed.ts'
import type { Wish } from './wishes.ts'

export interface Pharmacist {
  readonly country: string
  readonly login: string
}

export interface PharmaciesOptions {
  readonly home: string
  readonly pharmacists: readonly Pharmacist[]
  /** That prescribed. */
  readonly country: string
  readonly groups: readonly (readonly Wish[])[]
  readonly atOnce: number
  /** Packages of a line that country A has not given out yet. */
  left(line: PrescribedLine): number
  /** Calls country A about a submission that asking again does not settle. */
  callThere(pharmacist: Pharmacist, entry: OutboxEntry): Promise<void>
  onProgress(told: Told, waiting: number): void
  /** Milliseconds after which what is still waiting is given up. */
  readonly patienceMs: number
}

/** What the software was told; country A must be able to confirm it. */
export interface Told {
  /** Ids of submissions. */
  readonly accepted: Set<string>
  readonly refused: Set<string>
  readonly takenBack: Set<string>
  /** Wishes that came too late: everything was given out. */
  closed: number
  /** Requests that got no answer, or none that says anything. */
  failures: number
}

const AGAIN_MS = 1000
/** While one of ours is on its way nothing else is dispensed of that prescription. */
const BLOCKED_MS = 4000
/** The door for software takes 120 requests of one token within a minute. */
const REQUESTS_OF_A_TOKEN = 100

/** Resolves with what was told, and with the wishes that patience did not suffice for. */
export async function dispenseEverything(
  options: PharmaciesOptions,
): Promise<{ readonly told: Told; readonly givenUp: readonly Wish[] }> {
  const told: Told = { accepted: new Set(), refused: new Set(), takenBack: new Set(), closed: 0, failures: 0 }
  const desks = options.pharmacists.map((pharmacist) => softwareOf(options.home, pharmacist, told))
  const known = new Map<string, KnownPrescription>()
  const queue: Wish[][] = options.groups.map((group) => [...group])
  const until = performance.now() + options.patienceMs
  const worker = async (): Promise<void> => {
    while (queue.length > 0 || busy > 0) {
      if (performance.now() > until) return
      const index = queue.findIndex((group) => group.every(({ notBefore }) => notBefore <= performance.now()))
      const [group] = index < 0 ? [] : queue.splice(index, 1)
      if (!group) {
        await pause(50)
        continue
      }
      busy += 1
      try {
        const results = await Promise.all(group.map((wish) => fulfil(options, desks, known, told, wish)))
        queue.push(...results.filter((wish) => wish !== undefined).map((wish) => [wish]))
      } finally {
        busy -= 1
      }
      options.onProgress(told, queue.length)
    }
  }
  let busy = 0
  await Promise.all(Array.from({ length: options.atOnce }, worker))
  return { told, givenUp: queue.flat() }
}

/** One try. The wish comes back when it is to be tried again. */
async function fulfil(
  options: PharmaciesOptions,
  desks: readonly Desk[],
  known: Map<string, KnownPrescription>,
  told: Told,
  wish: Wish,
): Promise<Wish | undefined> {
  const desk = desks[wish.pharmacist]
  const pharmacist = options.pharmacists[wish.pharmacist]
  if (!desk || !pharmacist) throw new Error('Nobody wants this.')
  const again = (afterMs = AGAIN_MS): Wish => Object.assign(wish, { notBefore: performance.now() + afterMs })
  const care = careOf(options.country, wish.line.patient)
  const prescription = await knownPrescription(desk, known, care, wish)
  if (!prescription) return again()
  const item = prescription.items[wish.line.line]
  if (!item) throw new Error(`${wish.line.prescription} has no line ${wish.line.line}.`)
  const answered = await desk.post('/dispense', {
    ...care,
    document: prescription.document,
    confirmation: wish.confirmation,
    items: [{ prescribedItem: item, product: { name: 'Generic' }, substituted: false, packages: wish.packages }],
  })
  if (!answered || answered.status >= 500 || answered.status === 401 || answered.status === 429) return again()
  if (answered.status !== 200) {
    // Nothing left, or one of ours is still on its way: country A's folder knows which of the two.
    const left = options.left(wish.line)
    if (left <= 0) {
      told.closed += 1
      return undefined
    }
    wish.packages = Math.min(left, wish.packages)
    return again(BLOCKED_MS)
  }
  const { entry } = answered.json<{ entry: OutboxEntry }>()
  if (entry.state === 'accepted') {
    told.accepted.add(entry.submissionId)
    return wish.takeBack ? takeBack(options, desk, pharmacist, told, wish, entry) : undefined
  }
  if (entry.state === 'refused') {
    told.refused.add(entry.submissionId)
    const left = options.left(wish.line)
    if (left <= 0) return undefined
    wish.packages = Math.min(left, wish.packages)
    return anew(again(), wish.takeBack)
  }
  if (entry.needsPerson) await options.callThere(pharmacist, entry)
  return again()
}

async function takeBack(
  options: PharmaciesOptions,
  desk: Desk,
  pharmacist: Pharmacist,
  told: Told,
  wish: Wish,
  { dispensationId }: OutboxEntry,
): Promise<Wish | undefined> {
  const care = careOf(options.country, wish.line.patient)
  const again = (): Wish => Object.assign(wish, { notBefore: performance.now() + AGAIN_MS })
  const answered = await desk.post('/discard', { ...care, dispensation: dispensationId })
  if (answered?.status !== 200) return again()
  const { entry } = answered.json<{ entry: OutboxEntry }>()
  if (entry.needsPerson) await options.callThere(pharmacist, entry)
  if (entry.state !== 'accepted') return again()
  told.takenBack.add(entry.submissionId)
  return anew(again(), false)
}

/** Wanted once more, as a wish of its own. */
function anew(wish: Wish, takeBackAgain: boolean): Wish {
  return Object.assign(wish, { confirmation: `chaos-${crypto.randomUUID()}`, takeBack: takeBackAgain })
}

interface KnownPrescription {
  readonly document: string
  readonly items: readonly string[]
}

/** What a list and the document say, asked once for each pharmacist's country. */
async function knownPrescription(
  desk: Desk,
  known: Map<string, KnownPrescription>,
  care: ReturnType<typeof careOf>,
  { line, pharmacist }: Wish,
): Promise<KnownPrescription | undefined> {
  const key = `${pharmacist} ${line.prescription}`
  const before = known.get(key)
  if (before) return before
  const listed = await desk.post('/prescriptions', care)
  if (listed?.status !== 200) return undefined
  const document = listed.json<ListedDocument[]>().find(({ title }) => title.endsWith(line.prescription))?.id
  if (document === undefined) return undefined
  const read = await desk.post('/prescription', { ...care, document })
  if (read?.status !== 200) return undefined
  const { prescription } = read.json<{ prescription: Prescription }>()
  const found = { document, items: prescription.items.map(({ id }) => id) }
  known.set(key, found)
  return found
}

function careOf(country: string, patient: string) {
  const now = new Date().toISOString()
  return {
    country: country.toUpperCase(),
    patient,
    purpose: 'TREATMENT',
    relationshipDeclaredAt: now,
    notice: { version: '2', languages: ['en'], recordedAt: now },
  }
}

interface Desk {
  /** Undefined when no answer came. */
  post(path: string, body: unknown): Promise<SoftwareAnswer | undefined>
}

/** Signed in as the pharmacist, and anew when a token was used enough or is not taken any more. */
function softwareOf(home: string, { country, login }: Pharmacist, told: Told): Desk {
  let software: Promise<Software> | undefined
  let used = 0
  return {
    async post(path, body) {
      try {
        if (!software || used >= REQUESTS_OF_A_TOKEN) {
          used = 0
          software = signInSoftware(home, country, login)
        }
        used += 1
        const answered = await (await software).post(path, body)
        if (answered.status === 401 || answered.status === 429) software = undefined
        if (answered.status >= 500) told.failures += 1
        return answered
      } catch {
        software = undefined
        told.failures += 1
        await pause(200)
        return undefined
      }
    },
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

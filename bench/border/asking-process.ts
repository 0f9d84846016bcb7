/**
 * The node of country B, started from its configuration like any other, that retrieves through its `CountryB` door when it
 * is told to. Arguments: the configuration, and a file with the patients.
 */
import { readFile } from 'node:fs/promises'
import type { CareContext } from '../../src/care/context/care-context.ts'
import type { CountryB } from '../../src/care/country-b/country-b.ts'
import { readConfiguration } from '../../src/node/configuration.ts'
import { startCountry } from '../../src/node/country.ts'
import { describeProblem } from '../../src/platform/result/result.ts'
import type { Professional } from '../../src/trust/people/professional.ts'
import type { Order, Outcome, Ready } from './orders.ts'

const DOCTOR: Professional = {
  identifier: 'urn:oid:1.2.250.1.71.4.2.1|889990001011',
  given: 'Claire',
  family: 'Martin',
  role: { code: '2211', display: 'Generalist medical practitioners' },
  profession: 'Médecin généraliste',
  organisation: {
    identifier: 'urn:oid:1.2.250.1.71.4.2.2|1990000101',
    name: 'Centre de santé du Lac',
    kind: 'Hospital',
  },
  country: 'FR',
  assurance: 'eidas1',
}

interface Target {
  readonly context: CareContext
  readonly document: string
}

const [file = '', patientsFile = ''] = process.argv.slice(2)
const configuration = await readConfiguration(file)
if (!configuration.ok || configuration.value.role !== 'country') throw new Error('This is no country.')
const node = await startCountry(configuration.value)
if (!node.ok) throw new Error(describeProblem(node.problem))
const { asking, stop } = node.value
const targets = await findTargets(asking, JSON.parse(await readFile(patientsFile, 'utf8')))
process.on('message', (order: Order) => {
  void work(asking, order).then((outcome) => process.send?.(outcome))
})
process.on('disconnect', () => void stop().then(() => process.exit(0)))
process.send?.({ documents: targets.length } satisfies Ready)

/** Every patient summary of every patient that country A gives: it withholds one whose codes it may not leave untranscoded. */
async function findTargets(door: CountryB, patients: readonly string[]): Promise<readonly Target[]> {
  const now = new Date().toISOString()
  const found: Target[] = []
  for (const patient of patients) {
    const context: CareContext = {
      professional: DOCTOR,
      patient,
      country: 'PT',
      purpose: 'TREATMENT',
      relationship: { declaredAt: now },
      notice: { version: '1', languages: ['fr'], recordedAt: now },
    }
    const listed = await door.documents(context)
    if (!listed.ok) throw new Error(`${listed.problem.code} ${listed.problem.sentence}`)
    for (const { id } of listed.value) {
      if ((await door.retrieve(context, id)).ok) found.push({ context, document: id })
    }
  }
  return found
}

async function work(door: CountryB, { retrieves, concurrency, listing }: Order): Promise<Outcome> {
  const milliseconds: number[] = []
  const failures: Record<string, number> = {}
  const cpu = process.cpuUsage()
  const began = performance.now()
  let next = 0
  const retrieveInTurn = async (): Promise<void> => {
    while (next < retrieves) {
      const target = targets[next % targets.length]
      next += 1
      if (!target) return
      const start = performance.now()
      const listed = listing ? await door.documents(target.context) : undefined
      const answer = listed?.ok === false ? listed : await door.retrieve(target.context, target.document)
      milliseconds.push(performance.now() - start)
      if (!answer.ok) failures[answer.problem.code] = (failures[answer.problem.code] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, retrieveInTurn))
  const { user, system } = process.cpuUsage(cpu)
  return {
    seconds: (performance.now() - began) / 1000,
    milliseconds: milliseconds.sort((a, b) => a - b),
    failures,
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
  }
}

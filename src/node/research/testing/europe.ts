/** For tests: bodies of four countries and the Union's central services, on real ports with mutual TLS, each stopped and started at will. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '#platform/http/serve.ts'
import { createLog } from '#platform/log/log.ts'
import { loadRelease } from '#research/omop/release/load.ts'
import { writePopulation } from '#research/population/write-population.ts'
import { freeBase } from '../../../../test/nodes.ts'
import { surroundings } from '../../answering.ts'
import { type CountryConfiguration, readConfiguration } from '../../configuration.ts'
import { planEurope } from '../../europe/plan.ts'
import { prepareEurope } from '../../europe/prepare.ts'
import { demoBodies, demoRelease } from '../../europe/research.ts'
import { openNetwork } from '../../network.ts'
import { openStores } from '../../stores.ts'
import { closeAll, startUnion } from '../../union.ts'
import { nationalCatalogue } from '../catalogue.ts'
import { openResearch, type Research } from '../open-research.ts'

export const DATA = join(import.meta.dirname, '..', '..', '..', '..', 'data')

export interface TestBody extends Research {
  readonly country: string
  stop(): Promise<void>
}

export interface TestEurope {
  readonly home: string
  /** The Union's public pages. */
  readonly union: string
  start(country: string): Promise<TestBody>
  /** Makes the dataset of a country. @param rareDiseaseFactor so many times more frequent than they are; default 60 */
  load(country: string, persons: number, rareDiseaseFactor?: number): Promise<void>
  /** Loads another release of it onto the shelf of its holder; the first persons are those of every release. */
  shelve(country: string, persons: number, release: string): Promise<void>
  close(): Promise<void>
}

/** So many times more frequent than they are. */
const RARE_DISEASES = 60

export async function testEurope(): Promise<TestEurope> {
  const home = mkdtempSync(join(tmpdir(), 'tessera-research-'))
  const nodes = await prepareEurope({ home, data: DATA, plan: planEurope(await freeBase()), research: true })
  const configurationOf = async (name: string) => {
    const read = await readConfiguration(nodes.find((node) => node.name === name)?.configuration ?? '')
    if (!read.ok) throw new Error(read.problem.sentence)
    return read.value
  }
  const central = await configurationOf('eu')
  if (central.role !== 'union') throw new Error('not the Union')
  const union = await startUnion(central)
  if (!union.ok) throw new Error(union.problem.sentence)
  const running = new Set<TestBody>()
  return {
    home,
    union: central.public.origin,
    async start(country) {
      const configuration = await configurationOf(country.toLowerCase())
      if (configuration.role !== 'country') throw new Error('not a country')
      const body = await startBody(configuration)
      const stopping = {
        ...body,
        async stop() {
          running.delete(stopping)
          await body.stop()
        },
      }
      running.add(stopping)
      return stopping
    },
    load: (country, persons, rareDiseaseFactor = RARE_DISEASES) => load(home, { country, persons, rareDiseaseFactor }),
    shelve: (country, persons, release) => load(home, { country, persons, rareDiseaseFactor: RARE_DISEASES, release }),
    async close() {
      await Promise.all([...running].map((body) => body.stop()))
      await union.value.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function startBody(configuration: CountryConfiguration): Promise<TestBody> {
  const { research: settings, country } = configuration
  if (!settings) throw new Error(`${country} takes no part in research.`)
  const around = { ...surroundings(country), log: createLog({ level: 'silent', name: country }) }
  const stores = await openStores(configuration)
  const network = openNetwork(configuration, stores.keys, around, { imported() {}, lookedUp() {} })
  const research = await openResearch({ configuration, stores, network, around }, { ...settings, waitSeconds: 1 })
  const border = await serve({
    handler: research.border,
    host: configuration.host,
    port: configuration.border.port,
    tls: { ...stores.keys.tls, requireClientCertificate: true },
    limits: { closeGraceMs: 100, bodyBytes: 32 * 1024 * 1024 },
  })
  if (!border.ok) throw new Error(border.problem.sentence)
  const { origin, port } = configuration.portal
  const dcat = nationalCatalogue({ store: research.catalogue, body: settings.body, country, origin })
  const portal = await serve({ handler: dcat.fetch, host: 'localhost', port })
  if (!portal.ok) throw new Error(portal.problem.sentence)
  return {
    ...research,
    country,
    async stop() {
      await closeAll([portal.value, border.value])
      await research.close()
      network.fetch.close()
      await stores.database.close()
    },
  }
}

interface Population {
  readonly country: string
  readonly persons: number
  readonly rareDiseaseFactor: number
  /** Absent: the one that the configuration names. */
  readonly release?: string
}

async function load(home: string, { country, persons, rareDiseaseFactor, ...named }: Population): Promise<void> {
  const demo = (await demoBodies(DATA)).find((one) => one.country === country)
  if (!demo) throw new Error(`No body of ${country} is described.`)
  const { id, release } = { ...demo.dataset, ...named }
  const folder = join(home, `people-${country}-${release}`)
  const written = writePopulation({ folder, country, persons, seed: 'journey', rareDiseaseFactor })
  const target = demoRelease(home, { ...demo, dataset: { id, release } })
  if (!written.ok) throw new Error(written.problem.sentence)
  const loaded = await loadRelease({ sources: [folder], target, dataset: id, release, threads: 2 })
  if (!loaded.ok) throw new Error(loaded.problem.sentence)
}

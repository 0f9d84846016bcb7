/** HealthData@EU in the demonstration: a health data access body in each country, with one dataset of a generated population. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { releaseFile } from '#research/omop/release/place.ts'
import type { Registration } from '#wire/discovery/participants-file.ts'
import { releaseFolder } from '../research/paths.ts'
import { registrationOf } from '../research/registration.ts'
import type { ResearchSettings } from '../research/settings.ts'
import type { CountryPlan } from './plan.ts'

const Named = z.object({ id: z.string(), name: z.string() })
const Bodies = z.object({
  countries: z.array(
    z.object({
      country: z.string(),
      body: Named,
      holder: Named,
      dataset: z.object({ id: z.string(), release: z.string() }),
    }),
  ),
})
export type DemoBody = z.infer<typeof Bodies>['countries'][number]

export async function demoBodies(data: string): Promise<readonly DemoBody[]> {
  return Bodies.parse(JSON.parse(await readFile(join(data, 'demo', 'research', 'bodies.json'), 'utf8'))).countries
}

/** Where the release of a country's dataset is put when it is made: on the shelf of its holder. */
export function demoRelease(home: string, { country, dataset }: DemoBody): string {
  return releaseFile(releaseFolder(join(home, country.toLowerCase())), dataset.id, dataset.release)
}

export function demoResearch(home: string, data: string, demo: DemoBody): ResearchSettings {
  const { country, body, holder, dataset } = demo
  return {
    body,
    datasets: [{ ...dataset, holder: holder.id, file: demoRelease(home, demo) }],
    descriptions: [join(data, 'demo', 'research', 'catalogue', `${country}.ttl`)],
    mostRejected: 0.05,
    memory: '1GB',
    threads: 2,
    waitSeconds: 20,
  }
}

export interface ResearchRegistration {
  readonly home: string
  readonly plan: CountryPlan
  readonly host: string
  readonly body: DemoBody
  /** Hex SHA-256 of the TLS certificate of the node. */
  readonly certificate: string
}

/** Makes the keys of the body once, and says how it stands on the Union's lists. */
export async function registerResearch(
  options: ResearchRegistration,
): Promise<Pick<Registration, 'research' | 'researchParties'>> {
  const { home, plan, host, body, certificate } = options
  const { id, name } = body.body
  const { country, border, portal } = plan
  const { address, party } = await registrationOf(
    {
      ...{ home: join(home, country.toLowerCase()), id, name, country, certificates: [certificate] },
      ...{ border: `https://${host}:${border}`, portal: `http://localhost:${portal}` },
    },
    new Date(),
  )
  return { research: address, researchParties: [{ ...party }] }
}

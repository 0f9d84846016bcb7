/** What the demonstration prints when it is ready: what runs where, whom to sign in as, which patients to try. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readCountry } from '#node/country-data.ts'
import type { EuropePlan } from '#node/europe/plan.ts'
import { demoProfessionals } from '#node/identity-provider.ts'

const Tour = z.array(z.object({ from: z.string(), patient: z.string(), type: z.array(z.string()), shows: z.string() }))

export interface DemoDescription {
  readonly readyAfterSeconds: number
  readonly portals: readonly {
    readonly country: string
    readonly name: string
    readonly url: string
    readonly border: string
    /** What the country speaks at its border. */
    readonly wires: readonly string[]
    /** Where its bridge answers, when it has one. */
    readonly bridge?: string
  }[]
  readonly union: string
  readonly identityProvider: string
  readonly professionals: readonly { readonly login: string; readonly country: string; readonly illustrates: string }[]
  readonly patients: z.infer<typeof Tour>
  /** Pages of HealthData@EU in France, and who works there; none without it. */
  readonly research: readonly { readonly url: string; readonly login?: string; readonly what: string }[]
}

/** First page of each part, the login of somebody who works there, and what it is. */
const RESEARCH = [
  ['/catalogue', undefined, 'datasets of Europe and the register of decisions, for everybody'],
  ['/research', 'ada.lemaire', 'researcher: applies, asks questions under a permit'],
  ['/access-body', 'ines.roy', 'health data access body: intake (decides: remi.girard, celine.moreau)'],
  ['/holder', 'ana.blanc', 'data holder: describes and delivers its dataset'],
] as const

export async function describeDemo(
  plan: EuropePlan,
  data: string,
  { readyAfterSeconds, research }: { readonly readyAfterSeconds: number; readonly research: boolean },
): Promise<DemoDescription> {
  const portals = await Promise.all(
    plan.countries.map(async ({ country, portal, border, wires, bridge }) => ({
      country,
      name: (await readCountry(data, country)).name.en ?? country,
      url: `http://localhost:${portal}`,
      border: `https://127.0.0.1:${border}`,
      wires: wires.map((wire) => wire.toUpperCase()),
      ...(bridge === undefined ? {} : { bridge: `https://127.0.0.1:${bridge}` }),
    })),
  )
  const professionals = await demoProfessionals(data)
  return {
    readyAfterSeconds: Math.round(readyAfterSeconds * 10) / 10,
    portals,
    union: `http://localhost:${plan.union.public}`,
    identityProvider: `http://127.0.0.1:${plan.identityProvider}`,
    professionals: professionals.map(({ login, country, illustrates }) => ({ login, country, illustrates })),
    research: research
      ? RESEARCH.map(([path, login, what]) => ({ url: `${portals[0]?.url}${path}`, ...(login ? { login } : {}), what }))
      : [],
    patients: Tour.parse(JSON.parse(await readFile(join(data, 'demo', 'tour.json'), 'utf8'))),
  }
}

/** A short table for a terminal of 100 columns. */
export function printTable(demo: DemoDescription): string {
  const french = demo.professionals.filter(({ country }) => country === 'FR').slice(0, 4)
  return [
    '',
    `Tessera: Europe on one machine, ready after ${demo.readyAfterSeconds} s. Ctrl-C stops it.`,
    '',
    'What runs where',
    ...columns([
      ...demo.portals.map(({ name, url, border, wires, bridge }) => [
        name,
        url,
        `border ${border}, speaks ${wires.join(' and ')}${bridge ? `, bridge ${bridge}` : ''}`,
      ]),
      ['Central services', demo.union, 'directory, search masks, trust list'],
      ['Test identity provider', demo.identityProvider, 'signs in the people below, and nobody real'],
    ]),
    '',
    `Sign in at ${demo.portals[0]?.url ?? ''} as`,
    ...columns(french.map(({ login, illustrates }) => [login, illustrates])),
    '',
    ...(demo.research.length === 0
      ? []
      : [
          'Data for research; datasets are made in the background',
          ...columns(demo.research.map(({ url, login = '', what }) => [url, login, what])),
          '',
        ]),
    'Patients to try',
    ...columns(demo.patients.map(({ from, patient, type, shows }) => [from, type.join(', '), patient, shows])),
    '',
  ].join('\n')
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<number[]>(
    (all, row) => row.map((cell, index) => Math.max(all[index] ?? 0, cell.length)),
    [],
  )
  return rows.map(
    (row) =>
      `  ${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd((widths[index] ?? 0) + 2))).join('')}`,
  )
}

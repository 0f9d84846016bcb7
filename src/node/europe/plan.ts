/** Europe on one machine: which nodes there are, which wires each speaks, and which port each one takes. Pure. */
export const COUNTRIES = ['FR', 'PT', 'EE', 'GR'] as const
export type DemoCountry = (typeof COUNTRIES)[number]

export type DemoWire = 'fhir' | 'ihe'
export type Wires = Readonly<Record<DemoCountry, readonly DemoWire[]>>

/** One of each kind: a country with both wires, two that speak IHE only, one that speaks FHIR only. */
export const WIRES: Wires = { FR: ['fhir', 'ihe'], PT: ['ihe'], EE: ['fhir'], GR: ['ihe'] }
export const FHIR_EVERYWHERE: Wires = { FR: ['fhir'], PT: ['fhir'], EE: ['fhir'], GR: ['fhir'] }

export interface CountryPlan {
  readonly country: DemoCountry
  readonly portal: number
  readonly border: number
  readonly wires: readonly DemoWire[]
  /** Port of the bridge that a country without IHE keeps beside its node, when another country speaks nothing else. */
  readonly bridge?: number
}

export interface EuropePlan {
  readonly countries: readonly CountryPlan[]
  /** `audit`: the repository to which every node sends its audit messages. */
  readonly union: { readonly public: number; readonly border: number; readonly audit: number }
  readonly identityProvider: number
}

/** Portals take the first ports from `base` on, borders the tenth ones: 4000 FR, 4001 PT, … 4010 FR border, …; bridges follow at 4015. */
export function planEurope(base: number, wires: Wires = WIRES): EuropePlan {
  const ihe = COUNTRIES.some((country) => !wires[country].includes('fhir'))
  return {
    countries: COUNTRIES.map((country, index) => ({
      country,
      portal: base + index,
      border: base + 10 + index,
      wires: wires[country],
      ...(ihe && !wires[country].includes('ihe') ? { bridge: base + 15 + index } : {}),
    })),
    union: { public: base + 4, border: base + 14, audit: base + 6 },
    identityProvider: base + 5,
  }
}

/** Every port of the plan with the words for it, to tell which one is taken. */
export function portsOf(plan: EuropePlan): readonly { readonly port: number; readonly what: string }[] {
  return [
    ...plan.countries.flatMap(({ country, portal, border, bridge }) => [
      { port: portal, what: `portal of ${country}` },
      { port: border, what: `border of ${country}` },
      ...(bridge === undefined ? [] : [{ port: bridge, what: `bridge of ${country}` }]),
    ]),
    { port: plan.union.public, what: 'central services, public page' },
    { port: plan.union.border, what: 'central services' },
    { port: plan.union.audit, what: 'audit repository' },
    { port: plan.identityProvider, what: 'test identity provider' },
  ]
}

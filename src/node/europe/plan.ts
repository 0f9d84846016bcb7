/** Europe on one machine: which nodes there are, and which port each one takes. Pure. */
export const COUNTRIES = ['FR', 'PT', 'EE', 'GR'] as const
export type DemoCountry = (typeof COUNTRIES)[number]

export interface CountryPlan {
  readonly country: DemoCountry
  readonly portal: number
  readonly border: number
}

export interface EuropePlan {
  readonly countries: readonly CountryPlan[]
  readonly union: { readonly public: number; readonly border: number }
  readonly identityProvider: number
}

/** Portals take the first ports from `base` on, borders the tenth ones: 4000 FR, 4001 PT, … 4010 FR border, … */
export function planEurope(base: number): EuropePlan {
  return {
    countries: COUNTRIES.map((country, index) => ({ country, portal: base + index, border: base + 10 + index })),
    union: { public: base + 4, border: base + 14 },
    identityProvider: base + 5,
  }
}

/** Every port of the plan with the words for it, to tell which one is taken. */
export function portsOf(plan: EuropePlan): readonly { readonly port: number; readonly what: string }[] {
  return [
    ...plan.countries.flatMap(({ country, portal, border }) => [
      { port: portal, what: `portal of ${country}` },
      { port: border, what: `border of ${country}` },
    ]),
    { port: plan.union.public, what: 'central services, public page' },
    { port: plan.union.border, what: 'central services' },
    { port: plan.identityProvider, what: 'test identity provider' },
  ]
}

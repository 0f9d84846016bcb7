/** What ships about a country: `data/countries/<CC>.json`, parsed once. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConsentDefaultForm } from '#trust/consent/consent-default.ts'
import { SERVICES } from '#wire/discovery/directory.ts'

const Country = z.object({
  country: z.string().length(2),
  name: z.record(z.string(), z.string()),
  languages: z.array(z.string()).min(1),
  portalLanguage: z.string(),
  homeCommunityId: z.string(),
  patientIdentifiers: z.array(
    z.object({
      system: z.string(),
      name: z.record(z.string(), z.string()),
      /** A regular expression. */
      format: z.string().optional(),
      example: z.string().optional(),
    }),
  ),
  consentDefault: ConsentDefaultForm,
  helpLine: z.object({ phone: z.string(), hours: z.string(), email: z.string().optional() }),
  services: z.array(z.enum(SERVICES)),
  professionalRoles: z.string(),
  searchMask: z.string(),
})

export type CountryData = z.infer<typeof Country>

/** Rejects when the file is absent or wrong: it ships with the program. */
export async function readCountry(data: string, country: string): Promise<CountryData> {
  return Country.parse(JSON.parse(await readFile(join(data, 'countries', `${country}.json`), 'utf8')))
}

/**
 * National professions to European roles, as data (`data/roles/*.json`). A profession without a European role is a
 * legitimate answer (`role: null`): the person may sign in, but nothing leaves the country for him.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { OFFICES, type Office, type Professional } from './professional.ts'

const words = z.record(z.string(), z.string())
const kind = z.enum(['Hospital', 'Resident Physician', 'Pharmacy', 'Other'])

const nationalSchema = z.object({
  /** The national code system of the professions. */
  system: z.string(),
  professions: z.record(
    z.string(),
    z.object({
      display: words,
      /** ISCO code of eHDSIHealthcareProfessionalRole, or null. */
      role: z.string().nullable(),
      /** Specialities (French: savoir-faire) that have a role of their own, or none. */
      specialities: z.record(z.string(), z.string().nullable()).optional(),
      /** How someone of this speciality is called (« Médecin généraliste »), where that says more than the profession. */
      specialityNames: z.record(z.string(), words).optional(),
    }),
  ),
  facilityKinds: z.object({ default: kind, codes: z.record(z.string(), kind) }),
})

/** Offices that this program knows: what a person may do here that is no profession. */
const officesSchema = z.object({ offices: z.record(z.enum(OFFICES), words) })

const europeanSchema = z.object({ roles: z.record(z.string(), words) })

export interface RoleMap extends z.infer<typeof nationalSchema> {
  /** The names of the European roles by ISCO code and language. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The names of the offices by language. */
  readonly offices: Readonly<Record<Office, Readonly<Record<string, string>>>>
}

/** @param directory the folder `data/roles` @param country ISO 3166-1 alpha-2 */
export function openRoleMap(directory: string, country: string): RoleMap {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8'))
  const { roles } = europeanSchema.parse(read('european'))
  const { offices } = officesSchema.parse(read('offices'))
  return { ...nationalSchema.parse(read(country)), roles, offices }
}

export interface MappedProfession {
  /** The profession in words, named after the speciality when it has a name; the bare code when the map knows none. */
  readonly words: string
  readonly role: Professional['role']
  readonly office?: Office
}

/** An unknown profession has no role: nothing is guessed. A code outside the European set is no role either. */
export function mapProfession(
  map: RoleMap,
  asked: {
    readonly profession?: string | undefined
    readonly speciality?: string | undefined
    readonly language: string
  },
): MappedProfession {
  const known = asked.profession === undefined ? undefined : map.professions[asked.profession]
  if (!known) {
    const office = OFFICES.find((one) => one === asked.profession)
    const named = office && (map.offices[office][asked.language] ?? map.offices[office].en)
    return { words: named ?? asked.profession ?? '', role: undefined, ...(office && { office }) }
  }
  const special = asked.speciality === undefined ? undefined : known.specialities?.[asked.speciality]
  const code = special === undefined ? known.role : special
  const european = code === null ? undefined : map.roles[code]
  const named =
    (asked.speciality === undefined ? undefined : known.specialityNames?.[asked.speciality]) ?? known.display
  const national = named[asked.language] ?? named.en ?? known.display[asked.language] ?? asked.profession ?? ''
  return { words: national, role: code && european ? { code, display: european.en ?? national } : undefined }
}

export function facilityKind(map: RoleMap, sector: string | undefined): Professional['organisation']['kind'] {
  return map.facilityKinds.codes[sector ?? ''] ?? map.facilityKinds.default
}

/** The shapes of a release and its access rights, loaded once, and the validators made of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'n3'
import Validator from 'shacl-engine/Validator.js'
import { CATALOGUE_DATA, DataFactory, Store } from '../rdf/graph.ts'

export const RELEASES = ['r8', 'r5'] as const
export type Release = (typeof RELEASES)[number]

export const ACCESS_RIGHTS = ['NON_PUBLIC', 'RESTRICTED', 'PUBLIC'] as const
export type AccessRights = (typeof ACCESS_RIGHTS)[number]

export interface Profile {
  readonly release: Release
  readonly access: AccessRights
}

function filesOf({ release, access }: Profile): readonly string[] {
  const own = release === 'r8' ? ['health-r8.ttl', 'recommended-r8.ttl', 'ranges-r8.ttl'] : ['health-r5.ttl']
  return ['dcat-ap-3.0.1.ttl', 'health-common.ttl', ...own, `access-${access.toLowerCase().replace('_', '-')}.ttl`]
}

function once<T>(make: (profile: Profile) => T): (profile: Profile) => T {
  const made = new Map<string, T>()
  return (profile) => {
    const key = `${profile.release} ${profile.access}`
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(profile)
    made.set(key, value)
    return value
  }
}

/** All shapes of a profile in one graph. */
export const shapesOf = once((profile: Profile): Store => {
  const texts = filesOf(profile).map((file) => readFileSync(join(CATALOGUE_DATA, 'shapes', file), 'utf8'))
  // Each parse gives nodes without a name other names, so that the files do not meet in one.
  return new Store(texts.flatMap((text) => new Parser().parse(text)))
})

export const validatorOf = once(
  (profile: Profile) => new Validator(shapesOf(profile), { factory: DataFactory, details: true }),
)

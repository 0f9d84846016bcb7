/** The node's side of signing in: its identity provider, with how that provider's claims are read. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { claimsMappingSchema } from '#trust/people/claims-mapping.ts'
import { type RelyingParty, relyingParty } from '#trust/people/relying-party.ts'
import { openRoleMap } from '#trust/people/role-map.ts'
import type { CountryConfiguration } from './configuration.ts'
import type { CountryData } from './country-data.ts'

export async function openRelyingParty(
  configuration: CountryConfiguration,
  description: CountryData,
): Promise<RelyingParty> {
  const { identityProvider, portal, data, country } = configuration
  const mapping = join(data, 'identity-providers', `${identityProvider.mapping}.json`)
  return relyingParty({
    mapping: claimsMappingSchema.parse(JSON.parse(await readFile(mapping, 'utf8'))),
    roles: openRoleMap(join(data, 'roles'), country),
    country,
    language: description.portalLanguage,
    discovery: identityProvider.discovery,
    issuer: identityProvider.issuer,
    clientId: identityProvider.clientId,
    clientSecret: identityProvider.clientSecret,
    redirectUri: `${portal.origin}/sign-in/callback`,
    postLogoutRedirectUri: `${portal.origin}/signed-out`,
  })
}

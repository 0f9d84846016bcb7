/** The pages of a country's node, with how documents look in it. */
import { Hono } from 'hono'
import type { CountryB } from '#care/country-b/country-b.ts'
import { decide, policyFor, type ServicePolicy } from '#care/policy/policy.ts'
import type { Messages } from '#platform/i18n/messages.ts'
import { professionalPortal } from '#portal/professional/portal.ts'
import { documentRendering } from '#portal/professional/rendering.ts'
import type { Terminology } from '#terminology/index.ts'
import { readReleases } from '#terminology/releases/published.ts'
import type { RelyingParty } from '#trust/people/relying-party.ts'
import type { Surroundings } from './answering.ts'
import type { CountryConfiguration } from './configuration.ts'
import { countryAuthority } from './country-authority.ts'
import type { CountryData } from './country-data.ts'
import { countryTerminology } from './country-terminology.ts'
import type { PortalWords } from './portal-words.ts'
import { openPublicReleases } from './releases/public-releases.ts'
import type { Stores } from './stores.ts'

interface PortalParts {
  readonly configuration: CountryConfiguration
  readonly description: CountryData
  readonly stores: Stores
  readonly asking: CountryB
  readonly policies: readonly ServicePolicy[]
  readonly people: RelyingParty
  readonly words: PortalWords
  readonly terminology: Terminology
  readonly around: Surroundings
}

export function countryPortal({
  configuration,
  description,
  stores,
  asking,
  policies,
  people,
  words,
  terminology,
  around,
}: PortalParts): Hono {
  const { languages, messages } = words
  const app = new Hono()
  const onError = (error: unknown) => around.log.failure('page-failed', error)
  const shared = { home: configuration.terms, cache: configuration.cache, languages, messages, onError }
  const { country } = configuration
  const authority = countryAuthority({
    ...shared,
    country,
    origin: configuration.portal.origin,
    database: stores.database,
    documents: configuration.folder,
    people,
  })
  app.route('/authority/terminology', authority)
  const pages = countryTerminology({
    ...shared,
    house: { href: '/', name: (said) => portalName(said, country) },
    releases: openPublicReleases(configuration.terms, readReleases(stores.database, country)).entries,
  })
  app.route('/terminology', pages)
  const professional = professionalPortal({
    country,
    origin: configuration.portal.origin,
    languages,
    helpLine: description.helpLine,
    countryB: asking,
    mayUse: (service, { role }) =>
      role !== undefined &&
      decide({ service, role: role.code, purpose: 'TREATMENT' }, policyFor(policies, service, undefined), true).permit,
    people,
    database: stores.database,
    ledger: stores.ledger,
    messages,
    rendering: documentRendering({ terminology, now: () => new Date() }),
    data: configuration.data,
    now: () => new Date(),
    onSignInRefused: (code) => around.log.warn('sign-in-refused', { code }),
    onError,
  })
  return app.route('/', professional)
}

function portalName(messages: Messages, country: string): string {
  return messages.text('portal.name', { country: messages.formats.countryName(country) ?? country })
}

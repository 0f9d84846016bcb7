/** The configurations of the demonstration's nodes, from the plan and what was made for it. Pure. */
import { join } from 'node:path'
import type { JWK } from 'jose'
import type { NodeKeys } from '#trust/keys/node-keys.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import type { Registration } from '#wire/discovery/participants-file.ts'
import type {
  BridgeConfiguration,
  CountryConfiguration,
  IdentityProviderConfiguration,
  NodeConfiguration,
} from '../configuration.ts'
import type { CountryPlan, EuropePlan } from './plan.ts'
import { type DemoBody, demoResearch } from './research.ts'

export const HOST = '127.0.0.1'

/** A country of the plan, with its folder under the home and the secret that it shares with the identity provider. */
export interface PreparedCountry extends CountryPlan {
  readonly name: string
  readonly clientSecret: string
  readonly bridgeKeys?: NodeKeys
}

/** Where a country answers on each wire: itself, or its bridge on the one that it does not speak. */
export function endpointsOf({ border, bridge, wires }: CountryPlan): Pick<Registration, 'fhirBase' | 'ihe'> {
  const iheAt = wires.includes('ihe') ? border : bridge
  return {
    ...(wires.includes('fhir') ? { fhirBase: `https://${HOST}:${border}/fhir` } : {}),
    ...(iheAt === undefined ? {} : { ihe: iheEndpoints(`https://${HOST}:${iheAt}/openncp-ws-server/services`) }),
  }
}

export interface Prepared {
  readonly home: string
  readonly data: string
  readonly plan: EuropePlan
  readonly databases?: Readonly<Partial<Record<string, string>>>
  /** Signs what the central services publish. */
  readonly unionKey: JWK
  readonly countries: readonly PreparedCountry[]
  /** Health data access bodies; none without HealthData@EU. */
  readonly bodies?: readonly DemoBody[]
}

/** By the name of the node's folder: `eu`, `identity-provider`, `fr`, … */
export function europeConfigurations(prepared: Prepared): readonly (readonly [string, NodeConfiguration])[] {
  const { home, plan, countries } = prepared
  return [
    [
      'eu',
      {
        role: 'union',
        ...common(prepared, 'eu'),
        border: { port: plan.union.border, origin: unionOrigin(plan) },
        public: { port: plan.union.public, origin: `http://localhost:${plan.union.public}` },
        authority: authorityFile(home),
        auditRepository: { port: plan.union.audit, folder: join(home, 'eu', 'audit') },
        participants: join(home, 'eu', 'participants.json'),
        ...((prepared.bodies ?? []).length > 0
          ? { catalogue: { database: `sqlite:${join(home, 'eu', 'catalogue.sqlite')}` } }
          : {}),
      },
    ],
    ['identity-provider', identityProvider(prepared)],
    ...countries.map((country) => [country.name, countryNode(prepared, country)] as const),
    ...countries.flatMap((country) =>
      country.bridge === undefined
        ? []
        : [[`${country.name}-bridge`, bridgeNode(prepared, country, country.bridge)] as const],
    ),
  ]
}

function identityProvider(prepared: Prepared): IdentityProviderConfiguration {
  return {
    role: 'identity-provider',
    ...common(prepared, 'identity-provider'),
    port: prepared.plan.identityProvider,
    issuer: issuerOf(prepared.plan),
    clients: prepared.countries.map((country) => ({
      clientId: `tessera-${country.name}`,
      clientSecret: country.clientSecret,
      country: country.country,
      redirectUris: [`${portalOrigin(country)}/sign-in/callback`],
      postLogoutRedirectUris: [`${portalOrigin(country)}/signed-out`],
    })),
  }
}

function countryNode(prepared: Prepared, country: PreparedCountry): CountryConfiguration {
  const { home, data, plan, databases, unionKey, bodies = [] } = prepared
  const issuer = issuerOf(plan)
  const body = bodies.find((one) => one.country === country.country)
  return {
    role: 'country',
    ...common(prepared, country.name),
    country: country.country,
    database: databases?.[country.country] ?? `sqlite:${join(home, country.name, 'node.sqlite')}`,
    portal: { port: country.portal, origin: portalOrigin(country) },
    border: { port: country.border, origin: `https://${HOST}:${country.border}`, wires: [...country.wires] },
    ...(country.bridge === undefined ? {} : { bridge: ownBridge(home, country, country.bridge) }),
    audit: { evidences: 'signed', repository: { host: HOST, port: plan.union.audit } },
    union: { origin: unionOrigin(plan), publicKey: { ...unionKey } },
    identityProvider: {
      mapping: country.country === 'FR' ? 'pro-sante-connect' : 'demonstration',
      discovery: `${issuer}/.well-known/wallet-openid-configuration`,
      issuer,
      clientId: `tessera-${country.name}`,
      clientSecret: country.clientSecret,
    },
    authority: authorityFile(home),
    terms: home,
    folder: join(home, country.name, 'folder'),
    timeoutSeconds: 10,
    dispensing: { lookEvery: 15, pause: 30, lease: 120 },
    ...(body ? { research: demoResearch(home, data, body) } : {}),
  }
}

function ownBridge(home: string, { name, bridgeKeys }: PreparedCountry, port: number): CountryConfiguration['bridge'] {
  const keys = join(home, `${name}-bridge`, 'keys')
  return {
    origin: `https://${HOST}:${port}`,
    certificate: join(keys, 'tls.certificate.pem'),
    sealCertificate: join(keys, 'signature.certificate.pem'),
    tokenKeys: bridgeKeys ? [{ ...bridgeKeys.token.publicJwk }] : [],
  }
}

function bridgeNode(prepared: Prepared, country: PreparedCountry, port: number): BridgeConfiguration {
  const { home, plan, unionKey } = prepared
  const name = `${country.name}-bridge`
  return {
    role: 'bridge',
    ...common(prepared, name),
    country: country.country,
    wire: country.wires.includes('fhir') ? 'fhir' : 'ihe',
    database: `sqlite:${join(home, name, 'node.sqlite')}`,
    border: { port, origin: `https://${HOST}:${port}` },
    union: { origin: unionOrigin(plan), publicKey: { ...unionKey } },
    authority: authorityFile(home),
    terms: home,
    audit: { evidences: 'signed', repository: { host: HOST, port: plan.union.audit } },
    timeoutSeconds: 10,
  }
}

function common({ home, data }: Prepared, name: string) {
  return { home: join(home, name), host: HOST, data, cache: join(home, 'cache') }
}

const portalOrigin = ({ portal }: CountryPlan): string => `http://localhost:${portal}`
const unionOrigin = ({ union }: EuropePlan): string => `https://${HOST}:${union.border}`
const issuerOf = (plan: EuropePlan): string => `http://${HOST}:${plan.identityProvider}/auth/realms/esante-wallet`
const authorityFile = (home: string): string => join(home, 'authority', 'authority.certificate.pem')

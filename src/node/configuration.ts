/** The configuration of one node: a JSON file, parsed once, with the place of anything wrong. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { ResearchSettings } from './research/settings.ts'

const Port = z.number().int().min(0).max(65535)
const Origin = z.url()
const Jwk = z.record(z.string(), z.unknown())

const Common = {
  /** Folder of everything this node writes. */
  home: z.string(),
  host: z.string().default('127.0.0.1'),
  /** Folder of the data that ships with Tessera. */
  data: z.string(),
  /** Folder of compiled terminology and definitions, shared by the nodes of one machine. */
  cache: z.string(),
}

const OwnBridge = z.object({
  /** Below it, `/countries/XX/fhir` and `/countries/XX/openncp-ws-server/services`. */
  origin: Origin,
  /** PEM file of its TLS certificate, and of the certificate with which it signs assertions. */
  certificate: z.string(),
  sealCertificate: z.string(),
  tokenKeys: z.array(Jwk).default([]),
})

const Audit = z.object({
  /** Audit record repository that takes DICOM messages over TLS syslog. */
  repository: z.object({ host: z.string(), port: Port }).optional(),
  /** Evidences of non-repudiation (ETSI REM). */
  evidences: z.enum(['off', 'signed']).default('signed'),
})

/** Dispensations in other countries whose fate is not known yet. */
const Dispensing = z.object({
  /** Seconds between two looks at what is due. */
  lookEvery: z.number().positive().default(15),
  /** Seconds before an attempt that told nothing is repeated for the first time; doubles up to an hour. */
  pause: z.number().positive().default(30),
  /** Seconds after which an attempt counts as cut off: longer than any can last, which is a few times `timeoutSeconds`. */
  lease: z.number().positive().default(120),
})

const Country = z.object({
  role: z.literal('country'),
  ...Common,
  /** ISO 3166-1 alpha-2. */
  country: z.string().length(2),
  /** `sqlite:PATH` or `postgres://…`. */
  database: z.string(),
  portal: z.object({ port: Port, origin: Origin }),
  border: z.object({
    port: Port,
    origin: Origin,
    /** The wires that this node answers on. */
    wires: z
      .array(z.enum(['fhir', 'ihe']))
      .min(1)
      .default(['fhir']),
  }),
  /** The own bridge to countries that speak another wire: where, and the keys by which it is known. */
  bridge: OwnBridge.optional(),
  audit: Audit.default({ evidences: 'signed' }),
  /** Central services of the Union: where, and the public key that signs what they publish. */
  union: z.object({ origin: Origin, publicKey: Jwk }),
  identityProvider: z.object({
    /** Name of a file in `data/identity-providers`: how this provider's claims are read. */
    mapping: z.string(),
    discovery: Origin,
    issuer: Origin,
    clientId: z.string(),
    clientSecret: z.string(),
  }),
  /** The certificate authority that peers are checked against (PEM file). */
  authority: z.string(),
  /** Folder under which the operator's imported terminology lies (`terminology/`). */
  terms: z.string(),
  /** The country's own folder of patients and documents. */
  folder: z.string(),
  /** Seconds after which another country is taken to hang. */
  timeoutSeconds: z.number().positive().default(10),
  dispensing: Dispensing.default({ lookEvery: 15, pause: 30, lease: 120 }),
  /** Absent: the country takes no part in HealthData@EU here. */
  research: ResearchSettings.optional(),
})

const Bridge = z.object({
  role: z.literal('bridge'),
  ...Common,
  /** The country that the bridge belongs to, and the one wire that its node speaks. */
  country: z.string().length(2),
  wire: z.enum(['fhir', 'ihe']),
  database: z.string(),
  border: z.object({ port: Port, origin: Origin }),
  union: z.object({ origin: Origin, publicKey: Jwk }),
  authority: z.string(),
  terms: z.string(),
  audit: Audit.default({ evidences: 'signed' }),
  timeoutSeconds: z.number().positive().default(10),
})

const Union = z.object({
  role: z.literal('union'),
  ...Common,
  border: z.object({ port: Port, origin: Origin }),
  public: z.object({ port: Port, origin: Origin }),
  authority: z.string(),
  /** Port of an audit record repository, when one runs beside the central services. */
  auditRepository: z.object({ port: Port, folder: z.string() }).optional(),
  /** File that lists the participating countries; read again when it changes. */
  participants: z.string(),
  /** The European catalogue of health datasets: where it is kept. Absent: there is none here. */
  catalogue: z.object({ database: z.string() }).optional(),
})

const IdentityProvider = z.object({
  role: z.literal('identity-provider'),
  ...Common,
  port: Port,
  issuer: Origin,
  clients: z.array(
    z.object({
      clientId: z.string(),
      clientSecret: z.string(),
      country: z.string(),
      redirectUris: z.array(z.string()),
      postLogoutRedirectUris: z.array(z.string()),
    }),
  ),
})

const Configuration = z.discriminatedUnion('role', [Country, Bridge, Union, IdentityProvider])

export type CountryConfiguration = z.infer<typeof Country>
export type BridgeConfiguration = z.infer<typeof Bridge>
export type UnionConfiguration = z.infer<typeof Union>
export type IdentityProviderConfiguration = z.infer<typeof IdentityProvider>
export type NodeConfiguration = z.infer<typeof Configuration>

export type ConfigurationProblemCode = 'configuration-unreadable' | 'configuration-not-json' | 'configuration-invalid'

export async function readConfiguration(path: string): Promise<Result<NodeConfiguration, ConfigurationProblemCode>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch {
    return failed(
      'configuration-unreadable',
      'The configuration cannot be read.',
      'Check the path given with --config.',
      { file: path },
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return failed('configuration-not-json', 'The configuration is not JSON.', 'Correct the file.', { file: path })
  }
  const parsed = Configuration.safeParse(json)
  if (parsed.success) return ok(parsed.data)
  const issue = parsed.error.issues[0]
  return failed(
    'configuration-invalid',
    `The configuration is not complete: ${issue?.message ?? 'unknown'}.`,
    'Correct this setting.',
    {
      file: path,
      path: issue?.path.join('.') ?? '',
    },
  )
}

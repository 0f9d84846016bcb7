/** Country B of a node: asks other countries on the wires that it speaks, or through its own bridge. */

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { idSecretOf } from '#care/country-a/opaque-id.ts'
import { type CountryB, type CountryBOptions, countryB, dispensingJob } from '#care/country-b/country-b.ts'
import { type Outbox, openOutbox } from '#care/dispensing/outbox.ts'
import { plainFingerprint } from '#platform/http/connection.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import type { CountryParts } from './country-parts.ts'
import { openDispensingPolicy } from './policies.ts'

export interface AskingNode {
  readonly asking: CountryB
  /** Stops taking up dispensations whose outcome is not known. */
  stop(): void
}

/** How professionals sign in, as a SAML class: the card or two factors that OpenID Connect demanded. */
export const AUTHENTICATION = 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI'

export async function openAsking(parts: CountryParts): Promise<AskingNode> {
  const options = await optionsOf(parts)
  const reconcile = dispensingJob(options)
  const tick = () => {
    reconcile().catch((error: unknown) => parts.around.log.failure('dispensing-not-reconciled', error))
  }
  tick()
  const timer = setInterval(tick, parts.configuration.dispensing.lookEvery * 1000)
  timer.unref()
  return { asking: countryB(options), stop: () => clearInterval(timer) }
}

async function optionsOf(parts: CountryParts): Promise<CountryBOptions> {
  const { configuration, description, stores, around, network, forms, recorder } = parts
  const { signature, token, tls } = stores.keys
  return {
    country: configuration.country,
    homeCommunityId: description.homeCommunityId,
    address: configuration.border.origin,
    directory: network.directory,
    fetch: network.fetch,
    signer: {
      ...token,
      // Of the certificate of now: tokens are bound to it (RFC 8705).
      get certificateFingerprint() {
        return tls.fingerprint
      },
    },
    wires: configuration.border.wires,
    ...(signature ? { ihe: { signer: signature, authnContext: AUTHENTICATION, onIssued: parts.notes.issued } } : {}),
    ...(await bridgeOf(parts)),
    dispensing: await dispensingOf(parts),
    policies: parts.policies,
    ledger: stores.ledger,
    recorder,
    readDocument: forms.readDocument,
    clock: () => new Date(),
    log: around.log,
    timeoutMs: network.timeoutMs,
  }
}

async function bridgeOf({ configuration: { bridge } }: CountryParts): Promise<Pick<CountryBOptions, 'bridge'>> {
  if (!bridge) return {}
  const certificate = new X509Certificate(await readFile(bridge.certificate))
  return {
    bridge: {
      fhirBase: bridge.origin,
      ihe: iheEndpoints(`${bridge.origin}/openncp-ws-server/services`),
      fingerprints: [plainFingerprint(certificate.fingerprint256)],
    },
  }
}

async function dispensingOf(parts: CountryParts): Promise<NonNullable<CountryBOptions['dispensing']>> {
  const { configuration, description, forms } = parts
  return {
    outbox: outboxOf(parts),
    rules: await openDispensingPolicy(configuration.data),
    words: { language: description.portalLanguage },
    writeCda: (document) => forms.cdaOf(document),
  }
}

/** Dispensations on their way, in the node's database. */
export function outboxOf({ configuration, stores }: Pick<CountryParts, 'configuration' | 'stores'>): Outbox {
  const secret = Buffer.from(idSecretOf(stores.keys.token.privateKey)).toString('base64url')
  const { lease, pause } = configuration.dispensing
  const times = { leaseMs: lease * 1000, pauseMs: pause * 1000 }
  return openOutbox(stores.database, { node: configuration.country, secret, ...times })
}

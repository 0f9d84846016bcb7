/** A bridge as a node: doors and channels of care/bridge behind one socket, with keys and a ledger of its own (docs/BORDER.md). */

import { join } from 'node:path'
import { openBridge } from '#care/bridge/bridge.ts'
import { recordRefused } from '#care/context/record-refused.ts'
import { idSecretOf } from '#care/country-a/opaque-id.ts'
import { serve } from '#platform/http/serve.ts'
import { openMessages } from '#platform/i18n/messages.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { openNotices } from '#portal/professional/notices.ts'
import { followTerminology } from '#terminology/follow.ts'
import { createReplayStore } from '#trust/tokens/replay.ts'
import { measured, surroundings } from './answering.ts'
import { AUTHENTICATION } from './asking.ts'
import { auditNotes } from './audit-notes.ts'
import type { BridgeConfiguration } from './configuration.ts'
import { readCountry } from './country-data.ts'
import { documentForms } from './document-forms.ts'
import { followKeys, watchedStores } from './follow-keys.ts'
import { openNetwork } from './network.ts'
import { openPolicies } from './policies.ts'
import { openRecorder } from './recorder.ts'
import { RELEASED, VERSION } from './release.ts'
import type { RunningNode } from './running.ts'
import { openStores } from './stores.ts'

const BORDER_LIMITS = { bodyBytes: 32 * 1024 * 1024 }

/** Starts the bridge. Problems: a taken port, unusable policies, no key that signs assertions. */
export async function startBridge(configuration: BridgeConfiguration): Promise<Result<RunningNode>> {
  const around = surroundings(`${configuration.country}-bridge`)
  const [opened, policies, terminology] = await Promise.all([
    openStores(configuration),
    openPolicies(configuration.data),
    followTerminology({ cache: configuration.cache, home: configuration.terms }),
  ])
  if (!policies.ok) return policies
  const { stores, watchedKeys } = watchedStores(configuration, opened, around.log)
  const recorder = await openRecorder(configuration, stores, around)
  const notes = auditNotes(recorder, { node: `${configuration.country}-bridge`, log: around.log })
  const network = openNetwork(configuration, stores.keys, around, notes)
  const description = await readCountry(configuration.data, configuration.country)
  const forms = documentForms(terminology.current, {
    messages: openMessages(join(configuration.data, 'messages'), description.portalLanguage),
    now: () => new Date(),
  })
  const { renderPdf } = forms.cda
  const { signature, token, tls } = stores.keys
  if (!signature)
    return failed('keys-missing', 'A bridge signs assertions and has no key for it.', 'Add the signature key.')
  const { homeCommunityId } = description
  const refused = recordRefused({
    node: { country: configuration.country, homeCommunityId, address: configuration.border.origin },
    ledger: stores.ledger,
    recorder,
    clock: () => new Date(),
    log: around.log,
  })
  const line = {
    homeCommunityId,
    fetch: network.fetch,
    clock: () => new Date(),
    log: around.log,
    timeoutMs: network.timeoutMs,
  }
  const bridge = openBridge({
    owner: { country: configuration.country, homeCommunityId, wire: configuration.wire },
    origin: configuration.border.origin,
    directory: network.directory,
    policies: policies.value,
    ledger: stores.ledger,
    recorder,
    refused,
    fhir: {
      ...line,
      signer: {
        ...token,
        // Of the certificate of now: tokens are bound to it (RFC 8705).
        get certificateFingerprint() {
          return tls.fingerprint
        },
      },
    },
    ihe: { ...line, signer: signature, authnContext: AUTHENTICATION, onIssued: notes.issued },
    replay: createReplayStore(),
    idSecret: idSecretOf(token.privateKey),
    // What the country's own pages give each patient before treatment is confirmed; assertions cannot say it.
    notice: { version: openNotices(configuration.data).version, languages: [description.portalLanguage] },
    conversions: { readDocument: forms.readDocument, writeCda: forms.cdaOf, ...(renderPdf ? { renderPdf } : {}) },
    clock: line.clock,
    log: around.log,
    name: `Bridge of ${configuration.country}`,
    softwareVersion: VERSION,
    released: RELEASED,
  })
  const border = await serve({
    handler: (request, connection) => measured(around, 'border', request, () => bridge.answer(request, connection)),
    host: configuration.host,
    port: configuration.border.port,
    tls: { ...tls, requireClientCertificate: true },
    limits: BORDER_LIMITS,
    onRefused: (code, connection) => void refused.record(code, connection),
    onError: (error) => around.log.failure('answer-failed', error),
  })
  if (!border.ok) return border
  followKeys(watchedKeys, { server: border.value, fetch: network.fetch, log: around.log })
  around.log.info('node-started')
  return ok({
    stop: async () => {
      watchedKeys.stop()
      await border.value.close()
      network.fetch.close()
      terminology.stop()
      await refused.close()
      await recorder.close()
      await stores.database.close()
    },
  })
}

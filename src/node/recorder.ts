/** Where a node writes what happens on its border: ledger, audit messages, evidences, key figures (docs/AUDIT.md). */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { borderRecorder, type OpenBorderRecorder } from '#care/context/border-recorder.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import { failed } from '#platform/result/result.ts'
import type { Surroundings } from './answering.ts'
import type { BridgeConfiguration, CountryConfiguration } from './configuration.ts'
import type { Stores } from './stores.ts'

/** Rejects with a `ProblemError` when the node has no key that signs: nothing could be audited as it must be. */
export async function openRecorder(
  configuration: CountryConfiguration | BridgeConfiguration,
  { keys, ledger, database }: Stores,
  around: Surroundings,
): Promise<OpenBorderRecorder> {
  if (!keys.records) {
    const sentence = 'This node has no key that signs assertions and audit messages.'
    const next = 'Add signature.key.pem and signature.certificate.pem to its folder of keys.'
    throw new ProblemError(failed('keys-missing', sentence, next, { file: join(configuration.home, 'keys') }).problem)
  }
  const { repository, evidences } = configuration.audit
  const recorder = await borderRecorder({
    ledger,
    database,
    node: configuration.country,
    signer: keys.records,
    log: around.log,
    metrics: around.metrics,
    audit: {
      site: configuration.country,
      host: hostname(),
      profile: 'openncp',
      ...(repository
        ? { repository: { ...repository, tls: keys.tls, spool: { folder: join(configuration.home, 'audit-spool') } } }
        : {}),
    },
    evidence: evidences,
  })
  around.health.part('audit', () => recorder.ready())
  return recorder
}

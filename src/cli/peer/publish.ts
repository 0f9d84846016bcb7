/** Publishes what a node offers in an SMP: one signed entry for each service, and its search mask. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outboxNotes } from '#care/context/border-recorder.ts'
import { auditNotes } from '#node/audit-notes.ts'
import { openStores } from '#node/stores.ts'
import { createLog } from '#platform/log/log.ts'
import { describeProblem } from '#platform/result/result.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import type { SmpServiceKind } from '#wire/discovery/smp/service-identifiers.ts'
import type { ServiceMetadata } from '#wire/discovery/smp/service-metadata.ts'
import { push } from '#wire/discovery/smp/smp-client.ts'
import type { PublishOptions } from '../commands/peer.ts'
import { EXIT } from '../program.ts'
import { type Known, withDirectory } from './known.ts'

export function publishOf(options: PublishOptions): Promise<number> {
  return withDirectory(options, async (known) => {
    const { configuration, keys, fetch, directory } = known
    const own = await directory.participant(configuration.country)
    if (!own.ok) return told(describeProblem(own.problem))
    if (!keys.signature)
      return told('This node has no key that signs metadata. Add signature.key.pem and its certificate.')
    const { database } = await openStores(configuration)
    const node = configuration.country
    const notes = auditNotes(outboxNotes(database, { node, now: () => new Date() }), {
      node,
      log: createLog({ level: 'warn', name: node }),
    })
    try {
      for (const metadata of await entriesOf(known, own.value)) {
        const pushed = await push({ fetch, clock: () => new Date() }, options.smp, metadata, keys.signature)
        await notes.published(`${node} ${metadata.service}`, pushed.ok)
        if (!pushed.ok) return told(`${metadata.service}: ${describeProblem(pushed.problem)}`)
        console.log(options.json ? JSON.stringify({ published: metadata.service }) : `Published ${metadata.service}.`)
      }
      return EXIT.fine
    } finally {
      await database.close()
    }
  })
}

async function entriesOf({ configuration, keys }: Known, own: Participant): Promise<readonly ServiceMetadata[]> {
  const certificate = Buffer.from(keys.tls.cert.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  const addresses: readonly (readonly [SmpServiceKind, string | undefined])[] = [
    ['patient-discovery', own.ihe?.patientDiscovery],
    ['query', own.ihe?.query],
    ['retrieve', own.ihe?.retrieve],
    ['submission', own.ihe?.submission],
    ['fhir', own.fhirBase],
  ]
  const entry = (service: SmpServiceKind, address: string): ServiceMetadata => ({
    country: configuration.country,
    service,
    endpoint: {
      address,
      certificate,
      description: `${service}, ${configuration.country}`,
      technicalContact: configuration.border.origin,
    },
  })
  const mask = await readFile(
    join(configuration.data, 'search-masks', `InternationalSearch_${configuration.country}.xml`),
    'utf8',
  ).catch(() => undefined)
  return [
    ...addresses.flatMap(([service, address]) => (address === undefined ? [] : [entry(service, address)])),
    ...(mask === undefined
      ? []
      : [{ ...entry('search-mask', `${configuration.border.origin}/search-mask`), searchMask: mask }]),
  ]
}

function told(sentence: string): number {
  console.error(sentence)
  return EXIT.failed
}

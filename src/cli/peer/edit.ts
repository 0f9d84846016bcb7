/** Enters a country into the operator's own list, or takes it off. Certificates are read from files and kept as what they are. */
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describeProblem, failed, ok, type Result } from '#platform/result/result.ts'
import { iheEndpoints } from '#wire/discovery/ihe-endpoints.ts'
import { peerOf } from '#wire/discovery/peer-entry.ts'
import { type Peer, removePeer, writePeer } from '#wire/discovery/peers-file.ts'
import type { PeerEntryOptions, PeerOptions } from '../commands/peer.ts'
import { countryConfiguration } from '../ledger/ledger.ts'
import { EXIT } from '../program.ts'

export async function addPeerOf(country: string, options: PeerEntryOptions): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) return told(configuration)
  const peers = join(configuration.value.home, 'peers.json')
  const peer = await entryOf(country.toUpperCase(), options, configuration.value.home)
  if (!peer.ok) return told(peer)
  const written = await writePeer(peers, peer.value)
  if (!written.ok) return told(written)
  const said = `${peer.value.country} is on the list of ${configuration.value.country} (version ${written.value.version}).`
  console.log(options.json ? JSON.stringify(peer.value) : said)
  return EXIT.fine
}

export async function removePeerOf(country: string, options: PeerOptions): Promise<number> {
  const configuration = await countryConfiguration(options)
  if (!configuration.ok) return told(configuration)
  const written = await removePeer(join(configuration.value.home, 'peers.json'), country.toUpperCase())
  if (!written.ok) return told(written)
  console.log(
    `${country.toUpperCase()} is not on the own list any more; what the Union publishes about it counts again.`,
  )
  return EXIT.fine
}

async function entryOf(country: string, options: PeerEntryOptions, home: string): Promise<Result<Peer>> {
  const certificates = await textsOf(options.certificate)
  if (!certificates.ok) return certificates
  const seals = await textsOf(options.seal ?? [])
  if (!seals.ok) return seals
  const profile = options.profile ?? 'openncp'
  if (profile !== 'openncp' && profile !== 'standard') {
    return failed('peer-invalid', 'There is no such profile.', 'Give openncp or standard.', { path: '--profile' })
  }
  const entry = {
    country,
    homeCommunityId: options.oid,
    services: options.services,
    certificates: certificates.value,
    sealCertificates: seals.value,
    fhirBase: options.fhir,
    ihe: options.ihe === undefined ? undefined : iheEndpoints(options.ihe, profile),
    smp: options.smp,
    searchMask: options.mask === undefined ? undefined : relative(home, options.mask),
    reviewedBy: options.by,
  }
  return peerOf(entry, new Date())
}

async function textsOf(files: readonly string[]): Promise<Result<readonly string[]>> {
  const texts: string[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined)
      return failed('certificate-unreadable', 'The certificate cannot be read.', 'Check the path.', { file })
    texts.push(text)
  }
  return ok(texts)
}

function told(result: Result<unknown>): number {
  if (!result.ok) console.error(describeProblem(result.problem))
  return EXIT.failed
}

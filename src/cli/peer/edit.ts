/** Enters a country into the operator's own list, or takes it off. Certificates are read from files and kept as what they are. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describeProblem, failed, ok, type Result } from '#platform/result/result.ts'
import { SERVICES, type ServiceKind } from '#wire/discovery/directory.ts'
import { Peer, removePeer, writePeer } from '#wire/discovery/peers-file.ts'
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
  if (options.fhir === undefined && options.ihe === undefined && options.smp === undefined) {
    return failed('peer-incomplete', 'The entry names no way to the country.', 'Give --fhir, --ihe or --smp.')
  }
  const certificates = await pemsOf(options.certificate)
  if (!certificates.ok) return certificates
  const seals = await pemsOf(options.seal ?? [])
  if (!seals.ok) return seals
  const parsed = Peer.safeParse({
    country,
    homeCommunityId: options.oid.replace(/^urn:oid:/, ''),
    services: options.services ?? (['patient-identification', 'patient-summary'] satisfies ServiceKind[]),
    certificates: certificates.value.map(({ fingerprint }) => fingerprint),
    tokenKeys: [],
    sealCertificates: seals.value.map(({ pem }) => pem),
    ...(options.fhir === undefined ? {} : { fhirBase: options.fhir.replace(/\/$/, '') }),
    ...(options.ihe === undefined ? {} : { ihe: endpointsBelow(options.ihe, options.profile) }),
    ...(options.smp === undefined ? {} : { smp: options.smp.replace(/\/$/, '') }),
    ...(options.mask === undefined ? {} : { searchMask: relative(home, options.mask) }),
    reviewed: { by: options.by, at: new Date().toISOString() },
  })
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  const allowed = issue?.path[0] === 'services' ? ` Services are: ${SERVICES.join(', ')}.` : ''
  return failed(
    'peer-invalid',
    `The entry is not right: ${issue?.message ?? 'unknown'}.${allowed}`,
    'Correct this value.',
    {
      path: issue?.path.join('.') ?? '',
    },
  )
}

/** Where OpenNCP has its services below one base. */
function endpointsBelow(base: string, profile: string | undefined) {
  const at = (service: string) => `${base.replace(/\/$/, '')}/${service}`
  return {
    patientDiscovery: at('XCPD_Service'),
    query: at('XCA_Service'),
    retrieve: at('XCA_Service'),
    submission: at('XDR_Service'),
    profile,
  }
}

async function pemsOf(
  files: readonly string[],
): Promise<Result<readonly { readonly pem: string; readonly fingerprint: string }[]>> {
  const read: { pem: string; fingerprint: string }[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined)
      return failed('certificate-unreadable', 'The certificate cannot be read.', 'Check the path.', { file })
    try {
      const certificate = new X509Certificate(text)
      const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
      read.push({ pem: certificate.toString(), fingerprint })
    } catch {
      return failed(
        'certificate-invalid',
        'The file is no certificate in PEM.',
        'Ask the country for its certificate.',
        { file },
      )
    }
  }
  return ok(read)
}

function told(result: Result<unknown>): number {
  if (!result.ok) console.error(describeProblem(result.problem))
  return EXIT.failed
}

/** Service metadata over a real mutual-TLS server: published, looked up, refused when anything about them is wrong. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs'
import { createPeerFetch, type PeerFetch } from '#platform/http/peer-fetch.ts'
import { type HttpServer, serve } from '#platform/http/serve.ts'
import { describeProblem } from '#platform/result/result.ts'
import type { SealSigner } from '#trust/assertions/assertions.ts'
import { createAuthority } from '#trust/keys/authority.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { Participant } from '../directory.ts'
import { participantOf } from '../participants-file.ts'
import { writePeer } from '../peers-file.ts'
import { reviewedDirectory } from '../reviewed-directory.ts'
import { metadataFolder } from './metadata-folder.ts'
import { readServiceMetadata } from './read-metadata.ts'
import type { ServiceMetadata } from './service-metadata.ts'
import { lookUp, push, signedMetadata } from './smp-client.ts'
import { smpServer } from './smp-server.ts'

const corpus = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus', 'openncp')
const NOW = new Date()
const clock = () => NOW

let directory = ''
let server: HttpServer
let base = ''
let portugal: NodeKeys
let france: NodeKeys
let participant: Participant
const fetches: PeerFetch[] = []

function seal({ signature }: NodeKeys): SealSigner {
  assert.ok(signature)
  return signature
}

function fetchOf(keys: NodeKeys): PeerFetch {
  const fetch = createPeerFetch({ ...keys.tls, timeoutMs: 3000, maxBytes: 1_000_000 })
  fetches.push(fetch)
  return fetch
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tessera-smp-'))
  const authority = await createAuthority(join(directory, 'authority'))
  const keys = (country: string) =>
    openNodeKeys(join(directory, country), {
      create: { authority, subject: { country, organisation: 'Test', commonName: `NCP ${country}` } },
    })
  const [union, pt, fr] = await Promise.all([keys('EU'), keys('PT'), keys('FR')])
  portugal = pt
  france = fr
  participant = participantOf({
    country: 'PT',
    homeCommunityId: '2.16.17.710.820.1000.990.1',
    services: ['patient-identification', 'patient-summary'],
    certificates: [pt.tls.cert],
    tokenKeys: [pt.token.publicJwk],
    sealCertificates: [seal(pt).certificate],
  })
  const started = await serve({
    handler: (request, connection) => app.fetch(request, { connection }),
    host: '127.0.0.1',
    port: 0,
    tls: { ...union.tls, requireClientCertificate: true },
  })
  if (!started.ok) throw new Error(describeProblem(started.problem))
  server = started.value
  base = `https://127.0.0.1:${server.port}/smp`
  const app = smpServer({
    base,
    store: metadataFolder(join(directory, 'published')),
    participants: async () => [participant],
    clock,
  })
})

after(async () => {
  for (const fetch of fetches) fetch.close()
  await server.close()
  await rm(directory, { recursive: true })
})

function metadata(changes: Partial<ServiceMetadata> = {}): ServiceMetadata {
  return {
    country: 'PT',
    service: 'query',
    endpoint: {
      address: 'https://127.0.0.1:4999/openncp-ws-server/services/XCA_Service',
      certificate: Buffer.from(portugal.tls.cert.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64'),
      description: 'XCA & query',
      technicalContact: 'https://ncp.example.pt',
    },
    ...changes,
  }
}

const MASK = readFileSync(
  join(import.meta.dirname, '..', '..', '..', '..', 'data', 'search-masks', 'InternationalSearch_PT.xml'),
  'utf8',
)

test('what a country publishes is what others look up', async () => {
  const own = { fetch: fetchOf(portugal), clock }
  const pushed = await push(own, base, metadata(), seal(portugal))
  assert.ok(pushed.ok, pushed.ok ? '' : describeProblem(pushed.problem))
  const found = await lookUp({ fetch: fetchOf(france), clock }, base, participant, 'query')
  assert.ok(found.ok, found.ok ? '' : describeProblem(found.problem))
  assert.deepEqual(
    { ...found.value.endpoint, certificate: undefined },
    { ...metadata().endpoint, certificate: undefined },
  )
  assert.ok(Buffer.from(found.value.endpoint.certificate).equals(metadata().endpoint.certificate))
  const absent = await lookUp(own, base, participant, 'retrieve')
  assert.equal(absent.ok ? '' : absent.problem.code, 'smp-not-published')
})

test('only the country itself publishes, and only what it signed', async () => {
  const own = { fetch: fetchOf(portugal), clock }
  const refusal = async (pushing: ReturnType<typeof push>) => {
    const pushed = await pushing
    return pushed.ok ? 'taken' : pushed.problem.sentence
  }
  const foreign = { fetch: fetchOf(france), clock }
  assert.match(await refusal(push(foreign, base, metadata(), seal(portugal))), /Only the country itself/)
  assert.match(await refusal(push(own, base, metadata(), seal(france))), /signed by another/)
  assert.match(await refusal(push(own, base, metadata({ country: 'FR' }), seal(portugal))), /Only the country/)
  const past = { ...metadata().endpoint, expires: '2020-01-01T00:00:00Z' }
  assert.match(await refusal(push(own, base, metadata({ endpoint: past }), seal(portugal))), /not active/)
})

test('altered, wrapped and foreign metadata are refused with a code', () => {
  const signed = signedMetadata(metadata(), seal(portugal))
  const code = (text: string) => {
    const read = readServiceMetadata(new TextEncoder().encode(text), NOW)
    return read.ok ? 'read' : read.problem.code
  }
  assert.equal(code(signed), 'read')
  assert.equal(code(signed.replace(':4999/', ':4998/')), 'metadata-signature')
  assert.equal(code(signed.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')), 'metadata-signature')
  const inner = signed.replace(/^<\?xml[^>]*>\s*/, '')
  assert.equal(
    code(`<SignedServiceMetadata xmlns="${NAMESPACE}">${inner}</SignedServiceMetadata>`),
    'metadata-signature',
  )
  assert.equal(code('<a/>'), 'metadata-not-smp')
  assert.equal(code('<a'), 'metadata-not-xml')
  assert.equal(code(signedMetadata(metadata({ service: 'search-mask' }), seal(portugal))), 'metadata-incomplete')
})

const NAMESPACE = 'http://docs.oasis-open.org/bdxr/ns/SMP/2016/05'

test('metadata with a search mask are valid against the schema', {
  skip: !existsSync(corpus) && 'the schema lies in ../shared/corpus, which is absent',
}, () => {
  xmlRegisterFsInputProviders()
  const path = join(corpus, 'schema', 'smp', 'bdx-smp-201605.xsd')
  using schema = XmlDocument.fromBuffer(readFileSync(path), { url: path })
  using validator = XsdValidator.fromDoc(schema)
  for (const entry of [metadata(), metadata({ service: 'search-mask', searchMask: MASK })]) {
    using document = XmlDocument.fromString(signedMetadata(entry, seal(portugal)))
    validator.validate(document)
  }
})

test('a peer’s endpoints come from its SMP, its certificates only from the reviewed list', async () => {
  const own = { fetch: fetchOf(portugal), clock }
  const services = ['patient-discovery', 'query', 'retrieve', 'submission'] as const
  for (const service of services) await push(own, base, metadata({ service }), seal(portugal))
  await push(own, base, metadata({ service: 'search-mask', searchMask: MASK }), seal(portugal))
  const peers = join(directory, 'peers.json')
  const problems: string[] = []
  const directoryOf = () =>
    reviewedDirectory({ fetch: fetchOf(france), clock, peers, onProblem: (_, code) => problems.push(code) })
  const peer = { ...participant, services: [...participant.services], smp: base }
  const reviewed = { by: 'operator', at: NOW.toISOString() }
  await writePeer(peers, {
    ...peer,
    certificates: [...participant.certificates],
    tokenKeys: [],
    sealCertificates: [...participant.sealCertificates],
    reviewed,
  })
  const found = await directoryOf().participant('PT')
  assert.ok(found.ok)
  assert.equal(found.value.ihe?.query, metadata().endpoint.address)
  assert.equal(found.value.ihe?.profile, 'openncp')
  const mask = await directoryOf().searchMask('PT')
  assert.equal(mask.ok && mask.value.alternatives[0]?.[0]?.domain, '2.16.17.710.820.1000.990.1.1')
  assert.equal(problems.length, 0)

  // The same metadata, but the operator has reviewed another certificate: the endpoint is not taken.
  await writePeer(peers, {
    ...peer,
    certificates: ['ab'.repeat(32)],
    tokenKeys: [],
    sealCertificates: [...participant.sealCertificates],
    reviewed,
  })
  const other = await directoryOf().participant('PT')
  assert.equal(other.ok && other.value.ihe, undefined)
  assert.ok(problems.some((code) => code === 'metadata-certificate'))
  const unknown = await directoryOf().participant('DE')
  assert.equal(unknown.ok ? '' : unknown.problem.code, 'country-unknown')
})

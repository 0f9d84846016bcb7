/** The readers of the border, each with what it starts from and how an input for it is made. */
import { readFileSync } from 'node:fs'
import { TERMINOLOGY } from '#documents/cda/testing/documents.ts'
import { originalContentOf } from '#documents/originals/original-content.ts'
import { dispensationFactsOf } from '#documents/pharmacy/dispensation-facts.ts'
import { prescriptionOf } from '#documents/pharmacy/prescription.ts'
import { readDocument } from '#documents/read.ts'
import { NO_CONNECTION } from '#platform/http/connection.ts'
import { child, elements } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readAssertion } from '#trust/assertions/read-assertion.ts'
import { readHcp, readNextOfKin, readTrc } from '#trust/assertions/read-statements.ts'
import { envelope, expectation, signedScene } from '#trust/assertions/testing/scene.ts'
import { verifyAssertions } from '#trust/assertions/verify-assertions.ts'
import { iheServer } from '#wire/ihe/server.ts'
import { readMessage } from '#wire/ihe/soap/message.ts'
import { readEverything } from '#wire/ihe/testing/fuzz.ts'
import { corpusMessages, ownMessages, type WireMessage } from '#wire/ihe/testing/messages.ts'
import { PORTUGAL, type RecordedRequest, recordedRequests } from '#wire/ihe/testing/scene.ts'
import type { Chance } from './chance.ts'
import { mutateMultipart } from './multipart-mutations.ts'
import { type Anatomy, anatomyOf } from './xml-anatomy.ts'
import { mutateXml } from './xml-mutations.ts'

export interface Reader {
  /** Of all inputs, how many are for this reader: the dearer one input, the fewer. */
  readonly share: number
  /** Makes one input, and gives what reads it and says whether it was understood. */
  input(chance: Chance): () => boolean | Promise<boolean>
}

export const READERS = ['soap', 'mtom', 'service', 'saml', 'cda'] as const
export type ReaderName = (typeof READERS)[number]

export async function openReaders(): Promise<Readonly<Record<ReaderName, Reader>>> {
  const requests = [...(await recordedRequests('openncp')), ...(await recordedRequests('standard'))]
  const messages: readonly WireMessage[] = [...ownMessages(), ...corpusMessages(), ...requests]
  return {
    soap: soapReader(messages.filter((message) => !isMultipart(message))),
    mtom: mtomReader(messages.filter(isMultipart)),
    service: serviceReader(requests),
    saml: samlReader(),
    cda: cdaReader(),
  }
}

const isMultipart = ({ contentType }: WireMessage): boolean => contentType.startsWith('multipart/')

/** Envelopes and the bodies of all transactions in them. */
function soapReader(seeds: readonly WireMessage[]): Reader {
  const sources = seeds.map(({ contentType, body }) => ({ contentType, anatomy: anatomyOf(body) }))
  const all = sources.map(({ anatomy }) => anatomy)
  return {
    share: 0.3,
    input(chance) {
      const { contentType, anatomy } = chance.pick(sources)
      const body = mutateXml(anatomy, [chance.pick(all)], chance)
      return () => readEverything({ contentType, body })
    },
  }
}

/** Packages of an envelope and documents. */
function mtomReader(seeds: readonly WireMessage[]): Reader {
  const sources = seeds.map((message) => ({ message, anatomy: rootOf(message) }))
  return {
    share: 0.2,
    input(chance) {
      const { message, anatomy } = chance.pick(sources)
      const changed = mutateMultipart(message, (turn) => mutateXml(anatomy, [], turn), chance)
      return () => readEverything(changed)
    },
  }
}

function rootOf({ body }: WireMessage): Anatomy {
  const text = Buffer.from(body).toString('latin1')
  const from = text.indexOf('\r\n\r\n') + 4
  return anatomyOf(Buffer.from(text.slice(from, text.indexOf('\r\n--', from)), 'latin1'))
}

/** The whole answering side: whatever comes, it answers with a message that can be read, and never by an error of its own. */
function serviceReader(seeds: readonly RecordedRequest[]): Reader {
  const sources = seeds.map((request) => ({
    request,
    anatomy: isMultipart(request) ? rootOf(request) : anatomyOf(request.body),
  }))
  const errors: unknown[] = []
  const fail = () => Promise.resolve({ documents: [], patients: [], errors: [], status: 'failure' } as const)
  const app = iheServer({
    homeCommunityId: PORTUGAL,
    onError: (error) => errors.push(error),
    handlers: { discoverPatients: fail, queryDocuments: fail, retrieveDocuments: fail, submitDocument: fail },
  })
  return {
    share: 0.15,
    input(chance) {
      const { request, anatomy } = chance.pick(sources)
      const { contentType, body } = isMultipart(request)
        ? mutateMultipart(request, (turn) => mutateXml(anatomy, [], turn), chance)
        : { ...request, body: mutateXml(anatomy, [], chance) }
      return async () => {
        const headers = { 'content-type': contentType.replace(/[^ -~]/g, '?').trim() }
        const sent = new Request(`https://a.example${request.path}`, {
          method: 'POST',
          headers,
          body: Buffer.from(body),
        })
        const response = await app.fetch(sent, { connection: NO_CONNECTION })
        const answer = new Uint8Array(await response.arrayBuffer())
        const [error] = errors.splice(0)
        if (error !== undefined) throw error
        if (!readMessage(response.headers.get('content-type') ?? '', answer).ok) {
          throw new Error('the answer is no message')
        }
        return response.status === 200
      }
    },
  }
}

/** Security headers: their signatures first, and what assertions say also where the signature does not let them come so far. */
function samlReader(): Reader {
  const { hcp, trc, kin } = signedScene()
  const own = [envelope(hcp, trc), envelope(kin, hcp, trc), envelope(hcp)].map((text) => Buffer.from(text))
  const others = corpusFiles('openncp/saml/*.xml').map((file) => {
    const bytes = readFileSync(file)
    const xml = bytes.toString('utf8').replace(/^\uFEFF?\s*<\?xml[^>]*\?>/, '')
    return /<[\w:]*(?:Envelope|Security)\b/.test(xml) ? bytes : Buffer.from(envelope(xml))
  })
  const sources = [...own, ...own, ...others].map(anatomyOf)
  return {
    share: 0.2,
    input(chance) {
      const bytes = mutateXml(chance.pick(sources), [chance.pick(sources)], chance)
      const profile = chance.pick(['strict', 'openncp'] as const)
      return async () => {
        const parsed = parseXml(bytes)
        if (!parsed.ok) return false
        const message = parsed.value.root
        const security = child(message, 'Security') ?? child(child(message, 'Header'), 'Security')
        if (!security) return false
        const verdict = await verifyAssertions(security, expectation({ message, profile }))
        const said = elements(security).map((assertion) => readUnsigned(assertion, profile))
        return verdict.ok || said.some(Boolean)
      }
    },
  }
}

function readUnsigned(assertion: XmlElement, profile: 'strict' | 'openncp'): boolean {
  const read = readAssertion(assertion, profile)
  if (!read.ok) return false
  return [readHcp, readTrc, readNextOfKin].map((statement) => statement(read.value, profile).ok).some(Boolean)
}

/** Clinical documents, with their account and what pharmacies and originals read of them. */
function cdaReader(): Reader {
  const files = corpusFiles('openncp/cda/**/*.xml')
  const shipped = ['maria-joao-ferreira.L3.xml', 'maria-joao-ferreira.prescription-2.L3.xml'].map(
    (name) => `${import.meta.dirname}/../../data/demo/PT/documents/${name}`,
  )
  // Documents with a picture inside are long for one value alone: chance would meet nothing else.
  const sources = [...files, ...shipped]
    .map((file) => readFileSync(file, 'latin1').replace(/[A-Za-z0-9+/=\s]{4000,}/g, 'JVBERi0xLjQK'))
    .map((text) => anatomyOf(Buffer.from(text, 'latin1')))
  return {
    share: 0.15,
    input(chance) {
      const bytes = mutateXml(chance.pick(sources), [chance.pick(sources)], chance)
      return () => {
        const read = readDocument(bytes, { terminology: TERMINOLOGY })
        if (!read.ok) return false
        prescriptionOf(read.value)
        dispensationFactsOf(read.value)
        originalContentOf(read.value, { maximumBytes: 1_000_000 })
        return true
      }
    },
  }
}

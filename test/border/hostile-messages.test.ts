/**
 * Messages made to hurt, from a country that takes part and holds a genuine certificate: none is answered with more than a
 * refusal, none is loaded from elsewhere, and the node answers the next question as if nothing had been.
 */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { AuditEventName } from '#trust/audit/audit-facts.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { type Asker, type Border, type Reply, startBorder } from './support/border.ts'
import { assertionsOf, LUC } from './support/credentials.ts'
import { assertSaysNothing } from './support/judging.ts'
import { askPortugal, bodyFor, FERREIRA, submit } from './support/requests.ts'
import { codesOf, envelope, posted, TRANSACTIONS } from './support/soap.ts'

const MEBIBYTE = 1024 * 1024

describe('messages made to hurt', () => {
  let border: Border
  let france: Asker
  /** Nobody may be sent here by anything that stands in a message. */
  const elsewhere = createServer((_, response) => {
    visits += 1
    response.end('secret')
  })
  let visits = 0
  let lure = ''

  before(async () => {
    border = await startBorder({ nodes: ['PT'] })
    france = await border.asker('FR')
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    lure = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/x`
  })
  after(async () => {
    await border?.close()
    elsewhere.close()
  })

  function whole(): string {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    return envelope('ITI-38', bodyFor(border, france, 'ITI-38'), [hcp, trc])
  }

  /** The next question of an honest asker is answered, and no error of the program was met. */
  async function unharmed(): Promise<void> {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    assert.deepEqual(codesOf(await askPortugal(border, france, 'ITI-38', [hcp, trc])), [])
    assert.doesNotMatch(border.log('PT'), /answer-failed|stray-/)
    assert.equal(visits, 0, 'nothing was fetched')
  }

  async function refused(ask: () => Promise<Reply>, status: RegExp): Promise<Reply> {
    const before = await border.entries('PT')
    const answer = await ask()
    assert.match(String(answer.status), status)
    assertSaysNothing(answer.text)
    assert.equal(await border.entries('PT'), before + 1, 'the refusal is in the ledger')
    const [event] = await border.ledger('PT')
    assert.notEqual(event?.outcome, '0')
    await unharmed()
    return answer
  }

  const laughs = (): string => {
    const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`)
    return `<!DOCTYPE x [<!ENTITY l0 "ha">${levels.join('')}]>${whole().replace('60591-5', '&l9;')}`
  }

  const xml: Readonly<Record<string, () => string>> = {
    'a document type': () => `<!DOCTYPE x>${whole()}`,
    'a billion laughs': laughs,
    'an external entity of a file': () => `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${whole().replace('60591-5', '&e;')}`,
    'an external entity of the network': () => `<!DOCTYPE x [<!ENTITY e SYSTEM "${lure}">]>${whole().replace('60591-5', '&e;')}`,
    'a parameter entity': () => `<!DOCTYPE x [<!ENTITY % p SYSTEM "${lure}"> %p;]>${whole()}`,
    'an entity that is not declared': () => whole().replace('60591-5', '&passwd;'),
    'a hundred thousand elements in each other': () => whole().replace('<q:ResponseOption', `${'<d>'.repeat(100_000)}${'</d>'.repeat(100_000)}$&`),
    'half a million elements beside each other': () => whole().replace('<q:ResponseOption', `${'<d/>'.repeat(500_000)}$&`),
    'a character that XML does not have': () => whole().replace('60591-5', '\u0001'),
    'two roots': () => `${whole()}<x/>`,
    'cut in the middle': () => whole().slice(0, 2000),
    'nothing at all': () => '',
    'a header that must be understood': () => whole().replace('<wsse:Security', '<x:Obey xmlns:x="urn:x" s:mustUnderstand="true"/>$&'),
    'SOAP 1.1': () => whole().replaceAll('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'),
    'an action of another service': () => whole().replace(TRANSACTIONS['ITI-38'].action, TRANSACTIONS['ITI-41'].action),
    'a body of another transaction': () => whole().replace(/<s:Body>[\s\S]*<\/s:Body>/, '<s:Body><x/></s:Body>'),
    'two bodies': () => whole().replace('<s:Body>', '<s:Body/><s:Body>'),
    'two security headers': () => whole().replace(/<wsse:Security[\s\S]*<\/wsse:Security>/, '$&$&'),
  } // biome-ignore format: a table

  for (const [name, text] of Object.entries(xml)) {
    test(`refused as malformed: ${name}`, async () => {
      await refused(() => border.send('PT', france, posted('ITI-38', text())), /^(400|500)$/)
    })
  }

  test('an attribute with a million others is bounded, answered or refused', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `a${index}="1"`).join(' ')
    const reply = await border.send(
      'PT',
      france,
      posted('ITI-38', whole().replace('<q:ResponseOption', `<q:ResponseOption ${many}`)),
    )
    assert.match(String(reply.status), /^(200|400)$/)
    await unharmed()
  })

  test('XInclude and processing instructions are content that nobody follows', async () => {
    const include = `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${lure}"/><?xml-stylesheet href="${lure}"?>`
    const reply = await border.send(
      'PT',
      france,
      posted('ITI-38', whole().replace('<q:ResponseOption', `${include}$&`)),
    )
    assert.doesNotMatch(reply.text, /secret/)
    await unharmed()
  })

  test('addresses to answer to, or that name other hosts, are not called', async () => {
    const replyTo = `<a:ReplyTo><a:Address>${lure}</a:Address></a:ReplyTo><a:FaultTo><a:Address>${lure}</a:Address></a:FaultTo>`
    await border.send('PT', france, posted('ITI-38', whole().replace('<wsse:Security', `${replyTo}$&`)))
    await unharmed()
  })

  const TYPES: Readonly<Record<string, string>> = {
    'plain text': 'text/plain',
    'SOAP 1.1': 'text/xml; charset=utf-8',
    'no type': '',
    'another encoding than it has': 'application/soap+xml; charset=UTF-16',
    'a type with line ends': 'application/soap+xml; action="a\tb"; action="c"',
  }
  for (const [name, type] of Object.entries(TYPES)) {
    test(`refused by its Content-Type: ${name}`, async () => {
      const sent = posted('ITI-38', whole(), { 'content-type': type })
      await refused(() => border.send('PT', france, sent), /^(400|415|500)$/)
    })
  }

  test('a compressed bomb is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * MEBIBYTE, 0x20))
    const sent = posted('ITI-38', bomb, { 'content-encoding': 'gzip' })
    await refused(() => border.send('PT', france, sent), /^(400|415)$/)
  })

  /** A dispensation whose document stands in a part. */
  function packaged(
    parts: readonly (readonly [id: string, content: string])[],
    href: string,
    more = '',
  ): { text: string; type: string } {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA, who: LUC })
    const include = `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="${href}"/>`
    const text = envelope('ITI-41', submit(FERREIRA), [hcp, trc]).replace(
      /(<x:Document id="D">)[^<]*/,
      `$1${include}${more}`,
    )
    const part = (id: string, type: string, content: string) =>
      `--B\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${id}>\r\n\r\n${content}\r\n`
    const rest = parts.map(([id, content]) => part(id, 'text/xml', content)).join('')
    return {
      text: `${part('root', 'application/xop+xml; charset=UTF-8; type="application/soap+xml"', text)}${rest}--B--\r\n`,
      type: 'multipart/related; boundary=B; type="application/xop+xml"; start="<root>"; start-info="application/soap+xml"',
    }
  }

  const MTOM: Readonly<Record<string, () => { text: string; type: string }>> = {
    'a hundred parts': () => packaged(Array.from({ length: 100 }, (_, index) => [`p${index}`, 'x'] as const), 'cid:p1'),
    'two parts of one name': () => packaged([['p', 'x'], ['p', 'y']], 'cid:p'),
    'no end': () => { const made = packaged([['p', 'x']], 'cid:p'); return { ...made, text: made.text.replace('--B--', '') } },
    'a boundary that is none': () => { const made = packaged([['p', 'x']], 'cid:p'); return { ...made, type: made.type.replace('boundary=B', 'boundary=""') } },
    'headers of a part without end': () => packaged([[`p${'x'.repeat(20_000)}`, 'x']], 'cid:p'),
  } // biome-ignore format: a table
  for (const [name, made] of Object.entries(MTOM)) {
    test(`refused as a package: ${name}`, async () => {
      const { text, type } = made()
      await refused(() => border.send('PT', france, posted('ITI-41', text, { 'content-type': type })), /^400$/)
    })
  }

  for (const [name, href, more] of [
    ['on the network', 'LURE', ''],
    ['in a file', 'file:///etc/passwd', ''],
    ['that is not there', 'cid:nowhere', ''],
    ['that is the message itself', 'cid:root', ''],
    ['that stands twice', 'cid:p', '<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:p"/>'],
  ] as const) {
    test(`a document ${name} is missing, and not fetched`, async () => {
      const { text, type } = packaged([['p', '<x/>']], href === 'LURE' ? lure : href, more)
      const reply = await refused(
        () => border.send('PT', france, posted('ITI-41', text, { 'content-type': type })),
        /^(200|400)$/,
      )
      assert.match(codesOf(reply).join(), /XDSMissingDocument|ERROR_ED_|fault Sender/)
      assert.doesNotMatch(reply.text, /root:x|secret/)
    })
  }

  test('a document that is not the one its hash describes', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA, who: LUC })
    const hash = `<Slot name="hash"><ValueList><Value>${'0'.repeat(40)}</Value></ValueList></Slot>`
    const text = envelope('ITI-41', submit(FERREIRA).replace(/(<ExtrinsicObject[^>]*>)/, `$1${hash}`), [hcp, trc])
    const reply = await refused(() => border.send('PT', france, posted('ITI-41', text)), /^200$/)
    assert.deepEqual(codesOf(reply), ['XDSNonIdenticalHash'])
  })

  test('a bomb inside the document of a dispensation', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA, who: LUC })
    for (const [index, document] of [
      `<!DOCTYPE x [<!ENTITY e SYSTEM "${lure}">]><ClinicalDocument xmlns="urn:hl7-org:v3">&e;</ClinicalDocument>`,
      `<ClinicalDocument xmlns="urn:hl7-org:v3">${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}</ClinicalDocument>`,
    ].entries()) {
      const text = envelope('ITI-41', submit(FERREIRA, document, `1.2.3.${index + 50}`), [hcp, trc])
      const reply = await refused(() => border.send('PT', france, posted('ITI-41', text)), /^200$/)
      assert.deepEqual(codesOf(reply), ['ERROR_ED_INCORRECT_FORMATTING'])
    }
  })

  test('an envelope above 16 MiB, a message above 32 MiB, announced or not', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA, who: LUC })
    const long = envelope('ITI-41', submit(FERREIRA, 'x'.repeat(13 * MEBIBYTE)), [hcp, trc])
    await refused(() => border.send('PT', france, posted('ITI-41', long)), /^(400|413)$/)
    const { key, cert, ca } = france.keys.tls
    for (const head of [`Content-Length: ${40 * MEBIBYTE}`, 'Transfer-Encoding: chunked']) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect({ port: border.portOf('PT'), host: '127.0.0.1', key, cert, ca }, () => {
          socket.write(
            `POST ${TRANSACTIONS['ITI-41'].path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml\r\n${head}\r\n\r\n`,
          )
          const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MEBIBYTE, 0x20), Buffer.from('\r\n')])
          for (let count = 0; count < 36 && head.startsWith('T'); count += 1) socket.write(chunk)
        })
        let text = ''
        socket.on('data', (data) => {
          text += String(data)
          if (text.includes('\r\n\r\n')) socket.destroy()
        })
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(text))
      })
      assert.match(answer, /^HTTP\/1\.1 413 /, head)
    }
    await audited('request-refused', ['http-too-large', 'http-too-large'])
    await unharmed()
  })

  test('over FHIR: bodies above the limit, nested beyond measure, or not what they say', async () => {
    for (const [body, status] of [
      [`{"resourceType":"Bundle","x":"${'x'.repeat(9 * MEBIBYTE)}"}`, /^413$/],
      ['['.repeat(200_000), /^400$/],
      [`{"resourceType":"Bundle","type":"transaction","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, /^400$/],
      ['{"__proto__":{"resourceType":"Bundle"}}', /^400$/],
    ] as const) {
      const reply = await border.send('PT', france, {
        path: '/fhir',
        body,
        headers: { 'content-type': 'application/fhir+json' },
      })
      assert.match(String(reply.status), status)
      assertSaysNothing(reply.text)
      await unharmed()
    }
  })

  test('a flood of headers, and lines of which two readers make two requests', async () => {
    const { key, cert, ca } = france.keys.tls
    const raw = (text: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ port: border.portOf('PT'), host: '127.0.0.1', key, cert, ca }, () =>
          socket.write(text),
        )
        let answer = ''
        socket.on('data', (data) => {
          answer += String(data)
        })
        socket.on('error', () => undefined)
        socket.on('close', () => resolve(answer))
        setTimeout(() => socket.destroy(), 3000).unref()
      })
    const post = `POST ${TRANSACTIONS['ITI-38'].path} HTTP/1.1\r\nHost: localhost\r\n`
    for (const [text, status] of [
      [`${post}${'x-flood: 1\r\n'.repeat(5000)}\r\n`, /^HTTP\/1\.1 431 /],
      [`${post}X-Long: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
      [
        `${post}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\n\r\n`,
        /^HTTP\/1\.1 400 /,
      ],
      [`${post}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`, /^HTTP\/1\.1 400 /],
      [`${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 (400|501) /],
      [`${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`${post}Content-Length: -1\r\n\r\n`, /^HTTP\/1\.1 400 /],
      [`${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n`, /^HTTP\/1\.1 400 /],
    ] as const) {
      const answer = await raw(text)
      assert.match(answer, status, text.slice(60, 160))
      assert.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1, 'one answer')
    }
    await audited('request-refused', [
      ...Array.from({ length: 2 }, () => 'http-header-overflow'),
      ...Array.from({ length: 6 }, () => 'http-malformed'),
    ])
    await unharmed()
  })

  test('no certificate, one of an unknown authority, one that ran out, TLS 1.1: no handshake', async () => {
    const stranger = testAuthority('Stranger')
    const { certificate, privateKey } = testSigner(stranger, { country: 'FR', kind: 'node' })
    const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const past = { validFrom: new Date('2020-01-01'), validUntil: new Date('2024-01-01') }
    const old = testSigner(border.authority, { country: 'FR', kind: 'node', ...past })
    const { ca } = france.keys.tls
    for (const [name, tls] of [
      ['no certificate', { ca }],
      ['an unknown authority', { ca, key, cert: certificate }],
      ['ran out', { ca, key: String(old.privateKey.export({ type: 'pkcs8', format: 'pem' })), cert: old.certificate }],
      ['TLS 1.1', { ...france.keys.tls, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
      ['TLS 1.0', { ...france.keys.tls, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ] as const) {
      await assert.rejects(border.send('PT', undefined, { path: '/fhir/metadata', tls }), name)
    }
    await unharmed()
    await audited('node-authentication-failure', [
      'tls-no-certificate',
      'tls-certificate-not-accepted',
      'tls-certificate-not-accepted',
      'tls-version-not-accepted',
      'tls-version-not-accepted',
    ])
  })

  test('who knocks without end is counted, and does not fill the ledger', async () => {
    const before = await border.entries('PT')
    const { ca } = france.keys.tls
    for (let count = 0; count < 60; count += 1) {
      await assert.rejects(border.send('PT', undefined, { path: '/fhir/metadata', tls: { ca } }))
    }
    await unharmed()
    const handshakes = (await border.ledger('PT', 100)).slice(0, (await border.entries('PT')) - before)
    assert.equal(handshakes.filter(({ outcomeDesc }) => outcomeDesc?.startsWith('tls-')).length <= 10, true)
    assert.equal(border.log('PT').match(/tls-no-certificate/g)?.length, 61, 'the log has each')
  })

  /** Each refusal is an entry of the ledger and a message of the audit trail that names it, with the address it came from. */
  async function audited(event: AuditEventName, codes: readonly string[]): Promise<void> {
    const codeOf = (xml: string): string => /ParticipantObjectID="([^"]*)"/.exec(xml)?.[1] ?? ''
    const found = await eventually(async () => {
      const messages = (await border.auditMessages('PT', event)).filter((xml) => codes.includes(codeOf(xml)))
      return messages.length >= codes.length ? messages : undefined
    })
    const entries = await border.ledger('PT', 200)
    const told: string[] = []
    for (const xml of found) {
      const code = codeOf(xml)
      told.push(code)
      assert.match(xml, /csd-code="110113"/)
      assert.match(xml, /EventOutcomeIndicator="8"/)
      assert.match(xml, /NetworkAccessPointID="127\.0\.0\.1"/)
      assert.match(xml, /ParticipantObjectID="PT:\d+"/)
      assert.equal(
        entries.some(({ outcomeDesc }) => outcomeDesc === code),
        true,
        `${code} in the ledger`,
      )
    }
    assert.deepEqual(told.sort(), [...codes].sort())
  }
})

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Error('It did not come.')
}

/**
 * Requests that others wrote, against a running node: the bodies of OpenNCP's own tests, the templates of the Danish test
 * tool and the messages of a Nordic gateway, each with real signed assertions of a country that takes part, over mutual TLS.
 * Each is answered as its name and the wire contract say, and every answer is valid against the schemas of OpenNCP.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CORPUS, corpusFiles, withoutCorpus } from '#platform/xml/testing/corpus.ts'
import { schemaValidator, type Validate } from '#wire/ihe/testing/schema.ts'
import { type Asker, type Border, type Code, type Reply, startBorder } from './support/border.ts'
import { type Assertions, assertionsOf, CLAIRE, LUC, type Who } from './support/credentials.ts'
import { fillFolder, type Person } from './support/national-folder.ts'
import { bodyOf, codesOf, envelope, findDocuments, posted, retrieveDocument, type Transaction } from './support/soap.ts'

const skip = withoutCorpus()
const SWEDEN = '2.16.17.710.811'
const PORTUGAL = '2.16.17.710.820.1000.990.1'
/** The Danish test tool calls the node that it tests by this OID. */
const DENMARK = '1.2.208'

const TRAITS = { family: 'Test', given: 'Person', birthDate: '1970-01-01', gender: 'female' } as const
const SAMPLES: readonly Person[] = [
  { ...TRAITS, name: 'full-id', identifiers: [['2.16.999.1000.990.1', '1']] },
  {
    ...TRAITS,
    name: 'swedish',
    identifiers: [[SWEDEN, '041082-995W']],
    prescription: { root: '1.2.246.556.12001.4.93.1.1', extension: '6' },
  },
  { ...TRAITS, name: 'mro', identifiers: [['2.16.620.1.101.10.1.1', '182581814']], summary: true },
  {
    ...TRAITS,
    name: 'italian',
    identifiers: [['2.16.840.1.113883.2.9.4.3.2', 'NTSDTT80A18G273W']],
    prescription: {
      root: '2.16.840.1.113883.2.9.2.30.3.1.3.1',
      extension: '03KCAAYKJK',
      line: '03KCAAYKJK.023086061',
      packages: 1,
    },
  },
  {
    ...TRAITS,
    name: 'laftman',
    identifiers: [
      ['1.2.752.129.2.1.3.1', '190210019816'],
      [SWEDEN, '199604092388'],
    ],
  },
]
const DANISH: readonly Person[] = [
  {
    ...TRAITS,
    name: 'danish',
    identifiers: [['1.2.208.176.1.2', '0410009234']],
    summary: true,
    prescription: { root: '1.2.208.176.7.2.3', extension: '507397226156101' },
  },
]

interface Case {
  readonly file: string
  readonly why: string
  readonly transaction: Transaction
  /** Whom the treatment relationship is about. */
  readonly patient: string
  readonly who?: Who
  readonly node?: Code
  /** Of the answer: `[]` is success. */
  readonly codes: readonly string[]
  readonly status?: 'Success' | 'Failure' | 'PartialSuccess' | 'AA' | 'AE'
  /** What an accepted answer must hold. */
  readonly holds?: RegExp
  readonly change?: (text: string) => string
}

const oid = (root: string, extension: string): string => `urn:oid:${root}|${extension}`
const FULL = oid('2.16.999.1000.990.1', '1')
const WOMAN = oid(SWEDEN, '041082-995W')
const ITALIAN = oid('2.16.840.1.113883.2.9.4.3.2', 'NTSDTT80A18G273W')
const LAFTMAN = oid(SWEDEN, '199604092388')
const MRO = oid('2.16.620.1.101.10.1.1', '182581814')
const DANE = oid('1.2.208.176.1.2', '0410009234')
/** Its author wrote root and extension of the patient the wrong way round. */
const rightWayRound = (text: string): string =>
  text.replaceAll(`${SWEDEN}^^^&amp;199604092388&amp;ISO`, `199604092388^^^&amp;${SWEDEN}&amp;ISO`)
/** A bare body is a request of its own; what the test tool leaves open is filled with the node's own answer. */
const CASES: readonly Case[] = [
  { file: 'xcpd/wire/v7__PT_CLIENT_XCPD__0', why: 'the whole identifier of one patient', transaction: 'ITI-55', patient: FULL, codes: [], status: 'AA', holds: /<family>Test<\/family>/ },
  { file: 'xcpd/wire/v7__PT_CLIENT_XCPD__7', why: 'no parameter at all: demographics alone find nobody', transaction: 'ITI-55', patient: FULL, codes: ['ERROR_PI_GENERIC'], status: 'AE', holds: /DemographicsQueryNotAllowed/ },
  { file: 'xcpd/wire/v7__PT_CLIENT_XCPD__8', why: 'a postal code alone', transaction: 'ITI-55', patient: FULL, codes: ['ERROR_PI_GENERIC'], status: 'AE', holds: /DemographicsQueryNotAllowed/ },
  { file: 'xcpd/wire/v7__PT_CLIENT_XCPD__10', why: 'half an identifier, its root: nobody', transaction: 'ITI-55', patient: FULL, codes: ['ERROR_PI_NO_MATCH'], status: 'AA' },
  { file: 'xcpd/wire/v7__PT_SERVER_XCPD__7', why: 'an unknown identifier', transaction: 'ITI-55', patient: FULL, codes: ['ERROR_PI_NO_MATCH'], status: 'AA' },
  { file: 'xca/wire/v7__query-order-xca-query', why: 'prescriptions of a patient who has one, for a pharmacist', transaction: 'ITI-38', patient: WOMAN, who: LUC, codes: [], status: 'Success', holds: /urn:epsos:ep:pre:2010/i },
  { file: 'xca/wire/v7__query-order-xca-query', why: 'the same for a doctor, whom the policy gives no prescriptions', transaction: 'ITI-38', patient: WOMAN, codes: ['4703'], status: 'Failure' },
  { file: 'xca/wire/v7__query-order-xca-query-empty-id', why: 'an empty identifier is none', transaction: 'ITI-38', patient: WOMAN, who: LUC, codes: ['ERROR_PI_INCORRECT_FORMATTING'], status: 'Failure' },
  { file: 'xca/wire/v7__query-order-xca-query-invalid-id', why: 'a patient whom the country does not know has no prescription: Failure with a warning', transaction: 'ITI-38', patient: oid(SWEDEN, '196501262388'), who: LUC, codes: ['ERROR_EP_NOT_FOUND'], status: 'Failure' },
  { file: 'xca/wire/v7__query-order-xca-query-invalid-id', why: 'the same with a relationship to somebody else', transaction: 'ITI-38', patient: WOMAN, who: LUC, codes: ['4206'], status: 'Failure' },
  { file: 'xca/wire/v7__query-mro-xca-query', why: 'a service that was withdrawn', transaction: 'ITI-38', patient: MRO, codes: ['ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'], status: 'Failure' },
  { file: 'xca/wire/v7__retrieve-order-xca-retrieve', why: 'an identifier that another country made', transaction: 'ITI-39', patient: WOMAN, who: LUC, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xca/wire/v7__retrieve-order-xca-retrieve-invalid-id', why: 'an identifier of nothing', transaction: 'ITI-39', patient: WOMAN, who: LUC, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xca/wire/v7__retrieve-order-xca-retrieve-empty-id', why: 'an empty identifier', transaction: 'ITI-39', patient: WOMAN, who: LUC, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xca/wire/v7__retrieve-mro-xca-retrieve', why: 'a document of a service that was withdrawn', transaction: 'ITI-39', patient: MRO, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xca/wire/v7__retrieve-mro-xca-retrieve-pdf', why: 'the same as a picture', transaction: 'ITI-39', patient: MRO, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xdr/wire/v7__edispensation-testSubmitED', why: 'a dispensation of an open prescription', transaction: 'ITI-41', patient: ITALIAN, who: LUC, codes: [], status: 'Success' },
  { file: 'xdr/wire/v7__edispensation-testSubmitED', why: 'the very same again: the first answer', transaction: 'ITI-41', patient: ITALIAN, who: LUC, codes: [], status: 'Success' },
  { file: 'xdr/wire/v7__edispensation-testSubmitED', why: 'a second dispensation of what was dispensed', transaction: 'ITI-41', patient: ITALIAN, who: LUC, codes: ['4106'], status: 'Failure', change: (text) => text.replaceAll('1.2.246.556.12001.4.93.2.1.1381483055949', '1.2.246.556.12001.4.93.2.1.77') },
  { file: 'xdr/wire/v7__edispensation-testSubmitNoEP', why: 'root and extension of the patient are mixed up: somebody else than in the treatment relationship', transaction: 'ITI-41', patient: LAFTMAN, who: LUC, codes: ['4206'], status: 'Failure' },
  { file: 'xdr/wire/v7__edispensation-testSubmitNoEP', why: 'put right: there is no such prescription', transaction: 'ITI-41', patient: LAFTMAN, who: LUC, codes: ['ERROR_ED_EPRESCRIPTION_NOT_IDENTIFIABLE'], status: 'Failure', change: rightWayRound },
  { file: 'xdr/wire/v7__edispensation-testSubmitDispEP', why: 'root and extension of the patient are mixed up, too', transaction: 'ITI-41', patient: LAFTMAN, who: LUC, codes: ['4206'], status: 'Failure' },
  { file: 'xdr/wire/v7__consent-testSubmitConsent', why: 'consents are not taken over the border', transaction: 'ITI-41', patient: oid('1.2.246.556.12001.4.1000.990.1', '041082-995W'), who: LUC, codes: ['ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'], status: 'Failure' },
  { file: 'xdr/wire/v7__hcer-testSubmitHcer', why: 'encounter reports are not taken over the border', transaction: 'ITI-41', patient: oid(PORTUGAL, '187771502'), who: LUC, codes: ['ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN'], status: 'Failure' },
  { file: 'xcpd/wire/dk__template-xcpd-soap-request', why: 'the Danish test person', node: 'GR', transaction: 'ITI-55', patient: DANE, codes: [], status: 'AA', holds: /0410009234/ },
  { file: 'xca/wire/dk__template-query-ps-soap-request', why: 'his summary', node: 'GR', transaction: 'ITI-38', patient: DANE, codes: [], status: 'Success', holds: /urn:epSOS:ps:ps:2010/ },
  { file: 'xca/wire/dk__template-query-ep-soap-request', why: 'his prescription', node: 'GR', transaction: 'ITI-38', patient: DANE, who: LUC, codes: [], status: 'Success', holds: /urn:epsos:ep:pre:2010/i },
  { file: 'xca/wire/dk__template-retrieve-ps-soap-request', why: 'a summary under a name that another node gave it', node: 'GR', transaction: 'ITI-39', patient: DANE, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
  { file: 'xca/wire/dk__template-retrieve-ep-soap-request', why: 'a prescription under a name that another node gave it', node: 'GR', transaction: 'ITI-39', patient: DANE, who: LUC, codes: ['XDSMissingDocument'], status: 'PartialSuccess' },
] // biome-ignore format: a table

const NOTHING: Validate = () => ''
const SCHEMAS: Readonly<Record<Transaction, { readonly request: string; readonly response: string }>> = {
  'ITI-55': { request: 'xcpd/schema/PRPA_IN201305UV02.xsd', response: 'xcpd/schema/PRPA_IN201306UV02.xsd' },
  'ITI-38': { request: 'xca/schema/query.xsd', response: 'xca/schema/query.xsd' },
  'ITI-39': { request: 'xdr/schema/IHEXDS.xsd', response: 'xdr/schema/IHEXDS.xsd' },
  'ITI-41': { request: 'xdr/schema/IHEXDS.xsd', response: 'xdr/schema/rs.xsd' },
}

describe('requests that others wrote', { skip }, () => {
  let border: Border
  let france: Asker
  const validators = new Map<string, Validate>()

  before(async () => {
    border = await startBorder({
      nodes: ['PT', 'GR'],
      homeCommunityIds: { GR: DENMARK },
      fill: (folderOf) => {
        fillFolder(folderOf('PT'), SAMPLES)
        fillFolder(folderOf('GR'), DANISH)
      },
    })
    france = await border.asker('FR')
  })
  after(() => border?.close())

  function validate(path: string, xml: string): string {
    if (skip) return NOTHING(xml)
    const known = validators.get(path) ?? schemaValidator(path)
    validators.set(path, known)
    return known(xml)
  }

  /** A bare body is wrapped; the open places of a template are filled. */
  function request(text: string, transaction: Transaction, { hcp, trc }: Assertions): string {
    const assertions = transaction === 'ITI-55' ? [hcp] : [hcp, trc]
    if (!text.includes('Envelope>')) return envelope(transaction, text, assertions)
    return text
      .replace('{{message-id}}', 'urn:uuid:4f1e5b3a-7d0c-4a52-8f0e-2b1f0d9a6c11')
      .replace('{{hcp-assertion|safe}}', hcp)
      .replace('{{trc-assertion|safe}}', trc)
  }

  async function ask(one: Omit<Case, 'codes' | 'why'>, text: string): Promise<Reply> {
    const { transaction, patient, who = CLAIRE, node = 'PT' } = one
    const sent = request(text, transaction, assertionsOf(france, { patient, who }))
    return border.send(node, france, posted(transaction, sent))
  }

  function check(reply: Reply, transaction: Transaction): void {
    assert.equal(reply.status, 200, reply.text.slice(0, 500))
    // XOP 1.0 §3.2: the schema is that of the message with its parts put in.
    const body = bodyOf(reply).replace(/<xop:Include[^>]*\/>/g, 'PGEvPg==')
    assert.equal(validate(SCHEMAS[transaction].response, body), '')
    assert.doesNotMatch(body, /node_modules|\.ts:\d+|\/src\//)
  }

  for (const one of CASES) {
    test(`${one.file.split('__')[1]}: ${one.why}`, async () => {
      const text = readFileSync(join(CORPUS, 'openncp', `${one.file}.xml`), 'utf8')
      const reply = await ask(one, one.change ? one.change(text) : text)
      check(reply, one.transaction)
      assert.deepEqual(codesOf(reply), one.codes)
      const body = bodyOf(reply)
      if (one.status)
        assert.match(body, new RegExp(`(ResponseStatusType:|<acknowledgement><typeCode code=")${one.status}"`))
      if (one.holds) assert.match(body, one.holds)
    })
  }

  test('no sample of the corpus is left out', () => {
    const files = corpusFiles('openncp/{xcpd,xca,xdr}/wire/*.xml')
    const covered = new Set(CASES.map(({ file }) => join(CORPUS, 'openncp', `${file}.xml`)))
    assert.deepEqual(
      files.filter((file) => !covered.has(file)),
      [],
    )
  })

  for (const [kind, who] of [
    ['ps', CLAIRE],
    ['ep', LUC],
  ] as const) {
    test(`the Danish test tool from end to end: ${kind} is listed and then fetched with its template`, async () => {
      const template = (name: string) =>
        readFileSync(join(CORPUS, 'openncp', 'xca', 'wire', `dk__template-${name}-${kind}-soap-request.xml`), 'utf8')
      const common = { node: 'GR', patient: DANE, who, file: '' } as const
      const listed = bodyOf(await ask({ ...common, transaction: 'ITI-38' }, template('query')))
      const ids = [...listed.matchAll(/identificationScheme="urn:uuid:2e82c1f6[^>]* value="([^"]*)"/g)].map(
        ([, id]) => id,
      )
      const repository = /name="repositoryUniqueId"><ValueList><Value>([^<]*)/.exec(listed)?.[1] ?? ''
      assert.ok(ids.length >= 1)
      const asked = template('retrieve')
        .replace(/(RepositoryUniqueId>)[^<]*/, `$1${repository}`)
        .replace(/(DocumentUniqueId>)[^<]*/, `$1${ids[0]}`)
      const reply = await ask({ ...common, transaction: 'ITI-39' }, asked)
      check(reply, 'ITI-39')
      assert.deepEqual(codesOf(reply), [])
      const document = /<ClinicalDocument[\s\S]*<\/ClinicalDocument>/.exec(reply.text)?.[0] ?? ''
      assert.equal(validate('cda-pharma/CDA_Pharma.xsd', document), '')
      assert.match(reply.text, /extension="0410009234"/)
    })
  }

  for (const file of corpusFiles('openncp/xca/nordic/*.xml')) {
    const name = file.split('no__')[1]
    test(`Nordic ${name}: refused for what it is, with no fault of ours`, async () => {
      const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
      const transaction = /iti-?41|PnR/i.test(file) ? 'ITI-41' : /iti-?39/i.test(file) ? 'ITI-39' : 'ITI-38'
      const reply = await border.send('PT', france, posted(transaction, text))
      assert.match(String(reply.status), /^(200|400)$/)
      const codes = codesOf(reply)
      assert.equal(codes.length, 1, 'one reason')
      assert.match(codes[0] ?? '', NORDIC)
      assert.doesNotMatch(reply.text, /fault Receiver|node_modules|\.ts:\d+/)
      if (reply.status === 200) check(reply, transaction)
    })
  }
  /**
   * They name no class of documents or carry assertions of an issuer that is not in the exchange; a document set without a
   * document is no submission.
   */
  const NORDIC =
    /^(ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN|4202|ERROR_HPI_AUTHENTICATION_NOT_RECEIVED|ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED|ERROR_ED_\w+|XDSPatientIdDoesNotMatch|1001|fault Sender)$/

  for (const [name, classCode, patient, codes] of [
    ['xca EP 0', '57833-6', WOMAN, []],
    ['xca EP 1', '57833-6', LAFTMAN, ['ERROR_EP_NOT_FOUND']],
    ['xca EP 4', '57833-6', oid(SWEDEN, '199604092382'), ['ERROR_EP_NOT_FOUND']],
    ['xca MRO 0', '56445-0', MRO, ['ERROR_GENERIC_SERVICE_SIGNIFIER_UNKNOWN']],
  ] as const) {
    test(`what the portal of OpenNCP asks (${name}) as its gateway would put it`, async () => {
      const { hcp, trc } = assertionsOf(france, { patient, who: LUC })
      const sent = envelope('ITI-38', findDocuments(patient, classCode), [hcp, trc])
      const reply = await border.send('PT', france, posted('ITI-38', sent))
      check(reply, 'ITI-38')
      assert.deepEqual(codesOf(reply), codes)
    })
  }

  test('what the portal of OpenNCP retrieves under names of another country is not there', async () => {
    for (const document of ['1.2.246.556.12001.4.93.1.1^10014.1', '2.25^2.25.1.1', '2.25^2.25.1.2']) {
      const { hcp, trc } = assertionsOf(france, { patient: WOMAN, who: LUC })
      const sent = envelope('ITI-39', retrieveDocument(SWEDEN, SWEDEN, document), [hcp, trc])
      const reply = await border.send('PT', france, posted('ITI-39', sent))
      check(reply, 'ITI-39')
      assert.deepEqual(codesOf(reply), ['XDSMissingDocument'])
    }
  })
})

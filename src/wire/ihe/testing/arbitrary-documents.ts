/** Documents, questions and answers that chance makes: in every script, with everything that has a meaning in a message. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { EHDSI_CODES } from '../../errors/ehdsi-errors.ts'
import { DOCUMENT_CLASSES } from '../document-classes.ts'
import type { DocumentMetadata, DocumentQuery, DocumentSubmission, IheError, QueryAnswer } from '../exchange.ts'

const PIECES = [
  'Παπαδοπούλου',
  'Ελένη',
  "O'Neil",
  "''",
  'Þórunn & søn',
  '<b>',
  '"quoted"',
  ']]>',
  'a^b',
  'x&y&z',
  '\\T\\',
  '100%',
  '(1,2)',
  'Ż󠄀🧬',
  '&amp;',
  '~|~',
  'é',
] as const

/** fast-check makes objects without a prototype, too; what is read has one. */
const ORDINARY = { noNullPrototype: true } as const

/** Words as people write them and as they must not break a message; without white space at the ends. */
export const WORDS: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((pieces) => pieces.join(' '))
  .map((text) => text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '').trim())
  .filter((text) => text !== '')

export const OID: fc.Arbitrary<string> = fc
  .array(fc.integer({ min: 0, max: 999_999 }), { minLength: 1, maxLength: 8 })
  .map((arcs) => `2.${arcs.join('.')}`)

export const IDENTIFIER: fc.Arbitrary<string> = fc
  .tuple(OID, WORDS)
  .map(([root, value]) => `urn:oid:${root}|${Array.from(value).slice(0, 40).join('').trim()}`)

const INSTANT: fc.Arbitrary<string> = fc
  .date({ min: new Date('1950-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`)

const CODE = fc.record({ code: fc.constantFrom('N10AX', 'A10BA02', '10219000', 'E'), display: WORDS }, ORDINARY)

const PRESCRIPTION = fc.record(
  { dispensable: fc.boolean(), substitution: CODE, atc: CODE, doseForm: CODE, strength: WORDS },
  { requiredKeys: ['dispensable'], ...ORDINARY },
)

const REASON = fc.record(
  {
    code: fc.constantFrom('I10', 'J45.9'),
    system: fc.constantFrom('urn:oid:1.3.6.1.4.1.12559.11.10.1.3.1.44.2', 'urn:oid:2.16.840.1.113883.6.96'),
    display: WORDS,
  },
  ORDINARY,
)

const PLAIN: fc.Arbitrary<DocumentMetadata> = fc.record(
  {
    repositoryId: OID,
    documentId: fc.tuple(OID, WORDS).map(([root, id]) => `${root}^${id}`),
    homeCommunityId: OID,
    patient: IDENTIFIER,
    classCode: fc.constantFrom(...DOCUMENT_CLASSES.map(({ code }) => code)),
    formatCode: fc.constantFrom('urn:epSOS:ps:ps:2010', 'urn:ihe:iti:xds-sd:pdf:2008', 'urn:eHDSI:orcd:png:2021'),
    mimeType: fc.constantFrom('text/xml', 'application/pdf'),
    title: WORDS,
    description: WORDS,
    created: INSTANT,
    serviceStart: INSTANT,
    language: fc.constantFrom('el-GR', 'fr', 'en-GB'),
    country: fc.constantFrom('GR', 'FR', 'PT'),
    confidentiality: fc.constantFrom('N', 'R', 'V'),
    authors: fc.array(fc.record({ person: WORDS, specialties: fc.array(WORDS, { maxLength: 2 }) }, ORDINARY), {
      maxLength: 3,
    }),
    size: fc.integer({ min: 1, max: 10_000_000 }),
    hash: fc.stringMatching(/^[0-9a-f]{40}$/),
  },
  {
    ...ORDINARY,
    requiredKeys: [
      'repositoryId',
      'documentId',
      'homeCommunityId',
      'patient',
      'classCode',
      'formatCode',
      'mimeType',
      'title',
      'created',
      'language',
      'country',
      'confidentiality',
      'authors',
    ],
  },
)

/** What belongs to its class only: facts of a prescription, the reason of a stay in hospital. */
export const METADATA: fc.Arbitrary<DocumentMetadata> = fc
  .tuple(PLAIN, PRESCRIPTION, fc.option(REASON, { nil: undefined }))
  .map(([plain, prescription, reason]) => {
    const group = DOCUMENT_CLASSES.find(({ code }) => code === plain.classCode)?.group
    if (group === 'EP') return { ...plain, prescription }
    return group === 'ORCD' && reason !== undefined ? { ...plain, reasonOfHospitalisation: reason } : plain
  })

export const ERROR: fc.Arbitrary<IheError> = fc.record(
  {
    code: fc.constantFrom(...EHDSI_CODES.filter((code) => /NOT_FOUND|47|GENERIC$/.test(code)), 'XDSRepositoryError'),
    severity: fc.constantFrom('error', 'warning'),
    text: WORDS,
  },
  ORDINARY,
)

/** Lists in which every second document is the original of the one before it. */
export const QUERY_ANSWER: fc.Arbitrary<QueryAnswer> = fc
  .tuple(
    fc.uniqueArray(METADATA, { maxLength: 5, selector: ({ documentId }) => documentId }),
    fc.array(ERROR, { maxLength: 3 }),
  )
  .map(([documents, errors]) => ({
    documents: documents.map((document, at) => {
      const before = at % 2 === 1 ? documents[at - 1] : undefined
      return before === undefined ? document : { ...document, transforms: before.documentId }
    }),
    errors,
    status: errors.length === 0 ? 'success' : documents.length === 0 ? 'failure' : 'partial',
  }))

export const QUERY: fc.Arbitrary<DocumentQuery> = fc.record(
  {
    patient: IDENTIFIER,
    classCodes: fc.uniqueArray(fc.constantFrom(...DOCUMENT_CLASSES.map(({ code }) => code)), {
      minLength: 1,
      maxLength: 4,
    }),
    status: fc.constant(['urn:oasis:names:tc:ebxml-regrep:StatusType:Approved']),
    maximumSize: fc.nat(),
    createdBefore: INSTANT,
    createdAfter: INSTANT,
  },
  { requiredKeys: ['patient', 'classCodes', 'status'], ...ORDINARY },
)

const DEMOGRAPHICS = fc.record(
  {
    family: WORDS,
    given: fc.array(fc.constantFrom('Ελένη', 'Anne-Marie', "D'Arcy"), { minLength: 1, maxLength: 3 }),
    birthDate: INSTANT.map((instant) => instant.slice(0, 10)),
    gender: fc.constantFrom('male', 'female', 'other', 'unknown'),
  },
  ORDINARY,
)

/** Where a size or a hash is told, it is that of the document. */
function described({ size, hash, ...metadata }: DocumentMetadata, bytes: Uint8Array): DocumentMetadata {
  return {
    ...metadata,
    ...(size === undefined ? {} : { size: bytes.length }),
    ...(hash === undefined ? {} : { hash: createHash('sha1').update(bytes).digest('hex') }),
  }
}

export const SUBMISSION: fc.Arbitrary<DocumentSubmission> = fc
  .record(
    {
      submissionId: OID,
      submitted: INSTANT,
      sourceId: OID,
      person: WORDS,
      institution: WORDS,
      institutionId: fc.option(
        fc.oneof(
          IDENTIFIER,
          OID.map((oid) => `urn:ietf:rfc:3986|urn:oid:${oid}`),
        ),
        {
          nil: undefined,
        },
      ),
      demographics: fc.option(DEMOGRAPHICS, { nil: undefined }),
      metadata: METADATA,
      bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    },
    ORDINARY,
  )
  .map(({ person, institution, institutionId, demographics, metadata, ...rest }) => ({
    ...rest,
    metadata: described(metadata, rest.bytes),
    patient: metadata.patient,
    author: { person, institution, ...(institutionId === undefined ? {} : { institutionId }) },
    ...(demographics === undefined ? {} : { demographics }),
  }))

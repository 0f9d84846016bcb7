/**
 * Credentials over IHE, end to end: assertions that are wrong in one thing each are refused at every transaction, with
 * their code, an entry in the ledger, and nothing told. HCP and TRC may be used again within their life (eHDSI SAML
 * profile), so what is refused is their use by another country, for another patient, with another professional's, and later.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { issueHcpAssertion, issueNextOfKinAssertion } from '#trust/assertions/issue-assertions.ts'
import { nextOfKinStatement } from '#trust/assertions/statements.ts'
import { testAuthority, testSigner } from '#trust/signature/testing/signers.ts'
import { readParticipants, writeParticipants } from '#wire/discovery/participants-file.ts'
import { type Asker, type Border, startBorder } from './support/border.ts'
import { assertionsOf, CLAIRE, LUC, type Vouching } from './support/credentials.ts'
import { assertRefused } from './support/judging.ts'
import { askPortugal, BEATRIZ, EVERY_TRANSACTION, FERREIRA } from './support/requests.ts'
import { codesOf, type Transaction } from './support/soap.ts'

const INTEGRITY = 'ERROR_SEC_DATA_INTEGRITY_NOT_ENSURED'
/** Estonia once published this signer, and its certificate has run out since. */
const RUN_OUT = testSigner(testAuthority(), {
  country: 'EE',
  validFrom: new Date('2020-01-01T00:00:00Z'),
  validUntil: new Date('2024-01-01T00:00:00Z'),
})
const STRANGER = testSigner(testAuthority('Stranger'), { country: 'FR' })

const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000)
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'
const PREVIOUS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession'

interface Case {
  readonly name: string
  readonly code: string
  readonly reason: RegExp
  readonly vouching?: Partial<Vouching>
  /** Changes the signed text. */
  readonly change?: (made: { readonly hcp: string; readonly trc: string }) => readonly string[]
  /** Without it, those that need the TRC and, when the HCP assertion alone is wrong, discovery too. */
  readonly only?: readonly Transaction[]
}

const WITH_TRC: readonly Transaction[] = ['ITI-38', 'ITI-39', 'ITI-41']
const swap = (from: string | RegExp, to: string | ((...found: string[]) => string), text: string): string => {
  const changed = typeof to === 'string' ? text.replace(from, to) : text.replace(from, to)
  assert.notEqual(changed, text, 'the test changes something')
  return changed
}
const bare = (text: string): string => swap(/<ds:Signature[\s\S]*?<\/ds:Signature>/, '', text)

const CASES: readonly Case[] = [
  { name: 'no assertion', code: 'ERROR_HPI_AUTHENTICATION_NOT_RECEIVED', reason: /assertion-hcp-missing/, change: () => [] },
  { name: 'an assertion without signature', code: INTEGRITY, reason: /signature-missing/, change: ({ hcp, trc }) => [bare(hcp), trc] },
  { name: 'an assertion whose name was altered', code: INTEGRITY, reason: /signature-digest/, change: ({ hcp, trc }) => [swap(/Claire Martin/g, 'Claire Martim', hcp), trc] },
  { name: 'an assertion whose signature value was altered', code: INTEGRITY, reason: /signature-value/, change: ({ hcp, trc }) => [swap(/(SignatureValue>)(.)/, (_ = '', head = '', first = '') => head + (first === 'A' ? 'B' : 'A'), hcp), trc] },
  { name: 'signed by a stranger who says he is of that country', code: INTEGRITY, reason: /signer-unlisted/, vouching: { seal: STRANGER } },
  { name: 'four assertions', code: '1001', reason: /assertion-several/, change: ({ hcp, trc }) => [hcp, hcp, trc, trc] },
  { name: 'after its expiry, by hours', code: '1001', reason: /assertion-expired/, vouching: { now: hours(-9) } },
  { name: 'before its time', code: '1001', reason: /assertion-not-yet-valid/, vouching: { now: hours(1) } },
  { name: 'an HCP assertion that lives for longer than four hours', code: '1001', reason: /assertion-life/, vouching: { hcp: { notOnOrAfter: hours(12).toISOString() } } },
  { name: 'sign-in with a password alone', code: '4702', reason: /assertion-authentication-weak/, vouching: { hcp: { authnContext: PASSWORD } } },
  { name: 'sign-in that is only a previous session', code: '4702', reason: /assertion-authentication-weak/, vouching: { hcp: { authnContext: PREVIOUS } } },
  { name: 'TRC after its expiry', code: '1001', reason: /assertion-expired/, only: WITH_TRC, vouching: { trc: { notBefore: hours(-4).toISOString(), notOnOrAfter: hours(-2).toISOString() } } },
  { name: 'TRC that lives for longer than two hours', code: '1001', reason: /assertion-life/, only: WITH_TRC, vouching: { trc: { notOnOrAfter: hours(3).toISOString() } } },
  { name: 'TRC made from another sign-in of the same professional', code: '1002', reason: /assertion-belongs-to-another/, only: WITH_TRC, vouching: { trc: { hcpAssertionId: '_other' } } },
  { name: 'TRC of another professional', code: '1002', reason: /assertion-belongs-to-another/, only: WITH_TRC, vouching: { trc: { nameId: 'Luc Bernard' } } },
  { name: 'no TRC', code: '1001', reason: /assertion-trc-missing/, only: WITH_TRC, change: ({ hcp }) => [hcp] },
  { name: 'TRC without signature', code: INTEGRITY, reason: /signature-missing/, only: WITH_TRC, change: ({ hcp, trc }) => [hcp, bare(trc)] },
  { name: 'TRC whose patient was altered', code: INTEGRITY, reason: /signature-digest/, only: WITH_TRC, change: ({ hcp, trc }) => [hcp, swap('298123456', '284556731', trc)] },
] // biome-ignore format: a table

describe('assertions that are wrong in one thing', () => {
  let border: Border
  let france: Asker
  let estonia: Asker

  before(async () => {
    border = await startBorder({
      nodes: ['PT'],
      fill: async (_, home) => {
        const file = join(home, 'eu', 'participants.json')
        const read = await readParticipants(file)
        assert.ok(read.ok)
        const { version, participants } = read.value
        await writeParticipants(file, {
          version: version + 1,
          participants: participants.map((one) =>
            one.country === 'EE' ? { ...one, sealCertificates: [...one.sealCertificates, RUN_OUT.certificate] } : one,
          ),
        })
      },
    })
    ;[france, estonia] = await Promise.all([border.asker('FR'), border.asker('EE')])
  })
  after(() => border?.close())

  test('the same request with nothing wrong is answered at every transaction', async () => {
    for (const transaction of EVERY_TRANSACTION) {
      const who = transaction === 'ITI-41' ? LUC : CLAIRE
      const { hcp, trc } = assertionsOf(france, { patient: FERREIRA, who })
      const reply = await askPortugal(border, france, transaction, transaction === 'ITI-55' ? [hcp] : [hcp, trc])
      assert.equal(reply.status, 200)
      const codes = codesOf(reply)
      const known = { 'ITI-39': ['XDSMissingDocument'], 'ITI-41': ['ERROR_ED_INCORRECT_FORMATTING'] } as const
      assert.deepEqual(codes, transaction in known ? known[transaction as keyof typeof known] : [], transaction)
    }
  })

  for (const { name, code, reason, vouching, change, only = EVERY_TRANSACTION } of CASES) {
    for (const transaction of only) {
      test(`${transaction} refuses: ${name}`, async () => {
        const made = assertionsOf(france, { patient: FERREIRA, ...vouching })
        const sent = change ? change(made) : transaction === 'ITI-55' ? [made.hcp] : [made.hcp, made.trc]
        await assertRefused(border, 'PT', () => askPortugal(border, france, transaction, sent), {
          codes: [code],
          reason,
        })
      })
    }
  }

  test('replay by another country: genuine assertions of France over the certificate of Estonia', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    for (const transaction of WITH_TRC) {
      const ask = () => askPortugal(border, estonia, transaction, [hcp, trc])
      await assertRefused(border, 'PT', ask, { codes: [INTEGRITY], reason: /assertion-country/ })
    }
  })

  test('replay for another patient: the TRC of one, the question about another', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    const ask = () => askPortugal(border, france, 'ITI-38', [hcp, trc], BEATRIZ)
    await assertRefused(border, 'PT', ask, { codes: ['4206'], reason: /another-patient/ })
    const pharmacist = assertionsOf(france, { patient: FERREIRA, who: LUC })
    const dispense = () => askPortugal(border, france, 'ITI-41', [pharmacist.hcp, pharmacist.trc], BEATRIZ)
    await assertRefused(border, 'PT', dispense, { codes: ['4206'], reason: /another-patient/ })
  })

  test('the TRC of one professional with the HCP assertion of another', async () => {
    const claire = assertionsOf(france, { patient: FERREIRA })
    const luc = assertionsOf(france, { patient: FERREIRA, who: LUC })
    const ask = () => askPortugal(border, france, 'ITI-38', [luc.hcp, claire.trc])
    await assertRefused(border, 'PT', ask, { codes: ['1002'], reason: /assertion-belongs-to-another/ })
  })

  test('the TRC of another country with the HCP assertion of this one', async () => {
    const { hcp, statement } = assertionsOf(france, { patient: FERREIRA })
    const foreign = assertionsOf(estonia, {
      patient: FERREIRA,
      trc: { hcpAssertionId: statement.assertionId, nameId: statement.subject.nameId },
    })
    const ask = () => askPortugal(border, france, 'ITI-38', [hcp, foreign.trc])
    await assertRefused(border, 'PT', ask, { codes: [INTEGRITY], reason: /assertion-country/ })
  })

  test('a signer whose certificate has run out is not excused (laxity: the exception was swallowed)', async () => {
    const { hcp, trc } = assertionsOf(estonia, { patient: FERREIRA, seal: RUN_OUT })
    const ask = () => askPortugal(border, estonia, 'ITI-38', [hcp, trc])
    await assertRefused(border, 'PT', ask, { codes: [INTEGRITY], reason: /signer-out-of-time/ })
  })

  test('a certificate of the authority that is on no list, with genuine assertions', async () => {
    const { openNodeKeys } = await import('#trust/keys/node-keys.ts')
    const subject = { country: 'FR', organisation: 'Stolen', commonName: 'Stolen' }
    const keys = await openNodeKeys(join(border.home, 'stolen'), { create: { authority: border.authority, subject } })
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    const ask = () => askPortugal(border, { ...france, keys }, 'ITI-38', [hcp, trc])
    await assertRefused(border, 'PT', ask, { codes: [INTEGRITY], reason: /certificate-unlisted/ })
  })

  test('a next of kin is verified, not believed (laxity: never verified)', async () => {
    const { hcp, trc, statement } = assertionsOf(france, { patient: FERREIRA })
    const nextOfKin = { identifiers: ['urn:oid:1.2.3|7'], family: 'Vasseur', given: 'Henri' }
    const kin = nextOfKinStatement({ country: 'FR', hcp: statement, nextOfKin }, new Date())
    const genuine = issueNextOfKinAssertion(kin, france.seal)
    const accepted = await askPortugal(border, france, 'ITI-38', [genuine, hcp, trc])
    assert.deepEqual(codesOf(accepted), [])
    for (const [assertion, code, reason] of [
      [genuine.replace('Vasseur', 'Autre'), INTEGRITY, /signature-digest/],
      [bare(genuine), INTEGRITY, /signature-missing/],
      [issueNextOfKinAssertion(kin, STRANGER), INTEGRITY, /signer-unlisted/],
      [
        issueNextOfKinAssertion({ ...kin, hcpAssertionId: '_other' }, france.seal),
        '1002',
        /assertion-belongs-to-another/,
      ],
    ] as const) {
      const ask = () => askPortugal(border, france, 'ITI-38', [assertion, hcp, trc])
      await assertRefused(border, 'PT', ask, { codes: [code], reason })
    }
  })

  test('what the HCP assertion may not: another audience, no permissions, clerical staff alone', async () => {
    const { hcp, trc, statement } = assertionsOf(france, { patient: FERREIRA })
    const unsigned = bare(hcp).replace('audience:x-border', 'audience:portal')
    const { signEnveloped } = await import('#trust/signature/sign-enveloped.ts')
    const portal = signEnveloped(unsigned, statement.assertionId, france.seal, { after: 'Issuer', prefixes: ['xs'] })
    const { professional } = statement
    const none = issueHcpAssertion(
      { ...statement, professional: { ...professional, permissions: ['PRD-006'] } },
      france.seal,
    )
    const clerk = { ...professional, role: { code: '44', display: 'Other Clerical Support Workers' } }
    for (const [assertion, codes, reason] of [
      [portal, ['1001'], /assertion-audience/],
      [none, ['4703'], /assertion-permissions/],
      [issueHcpAssertion({ ...statement, professional: clerk }, france.seal), ['4703'], /role/],
    ] as const) {
      const ask = () => askPortugal(border, france, 'ITI-38', [assertion, trc])
      await assertRefused(border, 'PT', ask, { codes, reason })
    }
  })

  test('within their life, over their own certificate, for their own patient, they are used again', async () => {
    const { hcp, trc } = assertionsOf(france, { patient: FERREIRA })
    for (let count = 0; count < 3; count += 1) {
      assert.deepEqual(codesOf(await askPortugal(border, france, 'ITI-38', [hcp, trc])), [])
    }
  })
})

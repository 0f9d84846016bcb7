/** Issued and read again: what is said is what is understood, and nothing else. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { patientFromCx, patientToCx } from './identifiers.ts'
import { issueHcpAssertion, issueNextOfKinAssertion, issueTrcAssertion } from './issue-assertions.ts'
import { hasPermissions } from './permissions.ts'
import { assertedRole } from './roles.ts'
import { hcpStatement, trcStatement } from './statements.ts'
import { codeOf, envelope, FACTS, hcp, KIN, kin, NOW, PATIENT, SIGNER, trc, verdictOn } from './testing/scene.ts'

describe('assertions that are issued', () => {
  it('are understood as they were meant', async () => {
    const about = hcp()
    const treatment = trc(about, { dispensationPin: '12&34' })
    const relative = kin(about)
    const verdict = await verdictOn(
      envelope(
        issueNextOfKinAssertion(relative, SIGNER),
        issueHcpAssertion(about, SIGNER),
        issueTrcAssertion(treatment, SIGNER),
      ),
    )
    assert.ok(verdict.ok, verdict.ok ? '' : verdict.problem.sentence)
    assert.deepEqual(verdict.value.hcp, about)
    assert.deepEqual(verdict.value.trc, treatment)
    assert.deepEqual(verdict.value.nextOfKin, relative)
    assert.deepEqual(verdict.value.nextOfKin?.nextOfKin, KIN)
    assert.equal(verdict.value.country, 'PT')
    assert.match(verdict.value.signer, /^[0-9a-f]{64}$/)
  })

  it('say a finer role as the one that eHDSI knows, with its permissions', () => {
    const { role, permissions } = hcp().professional
    assert.deepEqual(role, { code: '221', display: 'Medical Doctors' })
    assert.equal(permissions.includes('PPD-046'), false)
    assert.equal(assertedRole('2262')?.permissions.includes('PPD-046'), true)
  })

  it('live four hours and two, and end with the session', () => {
    assert.equal(hcp().notOnOrAfter, '2026-11-20T14:00:00.000Z')
    assert.equal(hcp({ until: new Date('2026-11-20T10:30:00Z') }).notOnOrAfter, '2026-11-20T10:30:00.000Z')
    assert.equal(hcp({ until: new Date('2027-01-01T00:00:00Z') }).notOnOrAfter, '2026-11-20T14:00:00.000Z')
    assert.equal(trc(hcp()).notOnOrAfter, '2026-11-20T12:00:00.000Z')
  })

  it('speak on behalf of another with his permissions', async () => {
    const clerk = hcp({ professional: { ...FACTS.professional, role: '44', onBehalfOf: '2262' } })
    assert.deepEqual(clerk.professional.permissions, assertedRole('2262')?.permissions)
    const verdict = await verdictOn(envelope(issueHcpAssertion(clerk, SIGNER)), { needsTrc: false })
    assert.ok(verdict.ok)
    assert.deepEqual(verdict.value.hcp.professional.onBehalfOf, { code: '2262', display: 'Pharmacists' })
  })

  it('are not made for whom the border would refuse', () => {
    const problem = (result: ReturnType<typeof hcpStatement>) => (result.ok ? 'made' : result.problem.code)
    const { professional } = FACTS
    const make = (changes: Partial<typeof FACTS>) => problem(hcpStatement({ ...FACTS, ...changes }, NOW))
    assert.equal(make({ professional: { ...professional, role: '3212' } }), 'assertion-role')
    assert.equal(make({ professional: { ...professional, onBehalfOf: 'x' } }), 'assertion-role')
    assert.equal(make({ professional: { ...professional, name: ' ' } }), 'assertion-subject')
    assert.equal(make({ professional: { ...professional, pointOfCare: '' } }), 'assertion-locality')
    assert.equal(
      make({ authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password' }),
      'assertion-authentication-weak',
    )
    const patient = { country: 'PT', hcp: hcp(), purpose: 'TREATMENT' } as const
    const made = trcStatement({ ...patient, patient: 'https://a.example|1' }, NOW)
    assert.equal(made.ok ? 'made' : made.problem.code, 'assertion-patient')
  })

  it('carry any name through, whatever its characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), async (name) => {
        fc.pre(name.trim() !== '')
        const about = hcp({ professional: { ...FACTS.professional, name: `x${name}y` } })
        const verdict = await verdictOn(envelope(issueHcpAssertion(about, SIGNER)), { needsTrc: false })
        assert.ok(verdict.ok)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot carry
        const expected = `x${name}y`.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, ' ')
        assert.equal(verdict.value.hcp.professional.name, expected)
      }),
      { numRuns: 150 },
    )
  })
})

describe('identifiers of patients', () => {
  it('go to CX and back', () => {
    assert.equal(patientToCx(PATIENT), '298123456^^^&2.16.17.710.820.1000.990.1.1&ISO')
    assert.equal(patientFromCx('298123456^^^&2.16.17.710.820.1000.990.1.1&ISO'), PATIENT)
    assert.equal(patientFromCx('7^^^NL&2.16.1&ISO'), 'urn:oid:2.16.1|7')
    for (const wrong of ['', 'x', 'a|b', 'urn:oid:1.2|', 'urn:oid:9.2|a', 'urn:oid:1.2|a^b', 'urn:oid:1.2|a&b']) {
      assert.equal(patientToCx(wrong), undefined, wrong)
    }
    for (const wrong of ['', '^^^&1.2&ISO', 'a^^^&1.2', 'a^^^&b&ISO', 'a|b^^^&1.2&ISO', 'a^^^&1.2&ISO^x']) {
      assert.equal(patientFromCx(wrong), undefined, wrong)
    }
  })
})

describe('permissions', () => {
  it('suffice for a transaction or not', () => {
    const doctor = assertedRole('221')?.permissions ?? []
    assert.equal(hasPermissions('identify', doctor), true)
    assert.equal(hasPermissions('60591-5', doctor), true)
    assert.equal(hasPermissions('60591-5', ['PRD-003', 'PRD-005', 'PRD-010']), false)
    assert.equal(hasPermissions('57833-6', doctor), true)
    assert.equal(hasPermissions('60593-1', doctor), false)
    assert.equal(hasPermissions('DISCARD-60593-1', ['PPD-046']), true)
    for (const unknown of ['', '1-1', 'toString', '__proto__']) assert.equal(hasPermissions(unknown, doctor), false)
  })
})

it('a request without assertions, or without the one about the treatment', async () => {
  assert.equal(await codeOf(envelope()), 'assertion-hcp-missing')
  assert.equal(await codeOf(envelope(issueHcpAssertion(hcp(), SIGNER))), 'assertion-trc-missing')
  assert.equal(await codeOf(envelope(issueHcpAssertion(hcp(), SIGNER)), { needsTrc: false }), 'verified')
})

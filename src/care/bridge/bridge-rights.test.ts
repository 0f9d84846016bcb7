import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AccessScope } from '#trust/tokens/access-grant.ts'
import { issueAccessToken } from '#trust/tokens/issue.ts'
import { ncpehClient } from '#wire/fhir/ncpeh-client.ts'
import { claireInTokens, emptyReading } from '../testing/claire-martin.ts'
import { type Europe, openEurope, type TestCountry } from '../testing/europe.ts'

/** Who may ask through a bridge, and for whom it may speak. France has one; Portugal speaks IHE, Estonia FHIR. */

const PATIENT = 'urn:oid:2.16.17.710.820.1000.990.1.1|298123456'
const ESTONIAN = 'urn:oid:1.3.6.1.4.1.28284.6.2.2.1|49503129993'
let europe: Europe
let france: TestCountry
let portugal: TestCountry
let estonia: TestCountry

before(async () => {
  europe = await openEurope(['FR', 'PT', 'EE'], emptyReading, () => new Date(), {
    FR: { wires: ['fhir'], bridge: true },
    PT: { wires: ['ihe'] },
    EE: { wires: ['fhir'] },
  })
  france = europe.country('FR')
  portugal = europe.country('PT')
  estonia = europe.country('EE')
})
after(() => europe.close())

/** What `asker` is told when it asks at this base, as `issuer`, with a token for `target`. */
async function asked(
  asker: TestCountry,
  base: string,
  target: TestCountry,
  change: { readonly issuer?: TestCountry; readonly patient?: string; readonly scope?: AccessScope } = {},
) {
  const { issuer = asker, patient = PATIENT, scope = 'user/Patient.search' } = change
  const { homeCommunityId } = issuer.participant
  const token = await issueAccessToken(
    {
      issuer: issuer.code,
      homeCommunityId,
      audience: target.participant.homeCommunityId,
      professional: claireInTokens,
      purpose: 'TREATMENT',
      emergencyReasonGiven: false,
      patient,
      scopes: [scope],
    },
    asker.signer,
    new Date(),
  )
  const fingerprints = [...france.participant.certificates, ...target.participant.certificates]
  const client = ncpehClient({ fetch: asker.fetch, base, fingerprints })
  const found = await client.searchPatients({ identifiers: [patient], traits: { birthdate: '1958-04-12' } }, token)
  return found.ok ? 'found' : (found.detail ?? found.ehdsiCode ?? found.problem.code)
}

const bridgeTo = (country: string) => `${france.bridge?.url}/countries/${country}/fhir`

test('the own node passes outbound; another country does not', async () => {
  assert.equal(await asked(france, bridgeTo('PT'), portugal), 'found')
  portugal.calls.length = 0
  assert.equal(await asked(estonia, bridgeTo('PT'), portugal), 'ERROR_SEC_INSUFFICIENT_RIGHTS')
  assert.deepEqual(portugal.calls, [], 'nothing left the bridge')
  const entries = await france.bridge?.ledger.list({ limit: 1 })
  assert.match(entries?.[0]?.event.outcomeDesc ?? '', /not-through-this-bridge/)
})

test('the token must be for the country that is meant', async () => {
  assert.equal(await asked(france, bridgeTo('PT'), estonia), 'token-audience')
  assert.equal(await asked(france, bridgeTo('PT'), france), 'token-audience')
})

test('nobody but the bridge speaks for a third country', async () => {
  assert.equal(await asked(estonia, `${france.server.url}/fhir`, france, { issuer: portugal }), 'token-issuer')
  assert.equal(await asked(estonia, bridgeTo('PT'), portugal, { issuer: france }), 'token-issuer')
})

test('there is no door for the own country under its name, for strangers, or for countries without that wire', async () => {
  for (const path of ['FR', 'XX']) assert.equal(await asked(france, bridgeTo(path), portugal), 'peer-refused')
  assert.equal(
    await asked(france, bridgeTo('EE'), estonia, { patient: ESTONIAN }),
    'ERROR_GENERIC_CONNECTION_NOT_POSSIBLE',
  )
})

/** The keys of a node's health data access body: made once; and what is to be registered of them, nothing of which is secret. */
import { join } from 'node:path'
import { type BodyRegistration, registrationOf } from '#node/research/registration.ts'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { TrustedParty } from '#research/permits/trust-list.ts'
import { type NodeKeys, openNodeKeys } from '#trust/keys/node-keys.ts'
import type { KeysOptions } from '../commands/research-keys.ts'
import { EXIT } from '../program.ts'
import { type ResearchConfiguration, researchConfiguration, tell } from './configuration.ts'

/** Time enough to have another key registered and known in every country. */
const WARNED_MS = 183 * 86_400_000

export async function keysOf(options: KeysOptions, now = new Date()): Promise<number> {
  const read = await researchConfiguration(options)
  if (!read.ok) return tell(read.problem)
  try {
    // Before anything is made: a party without a certificate that holds could connect with nobody.
    const { tls } = await openNodeKeys(join(read.value.configuration.home, 'keys'), { now })
    const registration = await registrationOf(bodyOf(read.value, tls), now)
    const { party } = registration
    if (options.json) {
      console.error(whatWasDone(registration))
      console.log(JSON.stringify(party, undefined, 2))
    } else {
      console.log([whatWasDone(registration), '', ...entryLines(registration, tls)].join('\n'))
    }
    for (const warning of warnings(party, now)) console.error(warning)
    return EXIT.fine
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return tell(error.problem)
  }
}

function bodyOf({ configuration, settings }: ResearchConfiguration, tls: NodeKeys['tls']) {
  const { home, country, border, portal } = configuration
  const { id, name } = settings.body
  return { home, id, name, country, certificates: [tls.fingerprint], border: border.origin, portal: portal.origin }
}

function whatWasDone({ made, folder, party }: BodyRegistration): string {
  return made
    ? `The keys of ${party.name} have been made: ${folder}\nKeep a backup of this folder: what it has signed and answered cannot be continued with another.`
    : `The keys of ${party.name} are there already and stay as they are: ${folder}\nKeys that were registered earlier stay on the list beside this one: what they signed is checked with them.`
}

function entryLines({ address, party }: BodyRegistration, tls: NodeKeys['tls']): readonly string[] {
  const { id, name, country, rights, keys, sumKey } = party
  return [
    `To be registered for ${country} on the Union’s lists; nothing of it is secret (--json prints the party entry):`,
    line('party', `${id}, ${name}`),
    line('may sign', rights.join(', ')),
    ...keys.flatMap(({ kid, algorithm, jwk, from, until }) => [
      line('signing key', `${algorithm} ${kid}`),
      line('', `x ${jwk.x}, y ${jwk.y}`),
      line('', `signs from ${from} until ${until}`),
    ]),
    ...(sumKey === undefined ? [] : [line('sum key', `X25519 ${sumKey}`)]),
    line('certificate', `SHA-256 ${tls.fingerprint}, valid until ${tls.expires.slice(0, 10)}`),
    line('bodies', address.base),
    line('catalogue', address.catalogue ?? ''),
  ]
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(13)}${value}`
}

/** What is signed after the key's days is believed by nobody. */
function warnings({ keys }: TrustedParty, now: Date): readonly string[] {
  return keys.flatMap(({ kid, until }) => {
    const left = Date.parse(until) - now.getTime()
    if (left > WARNED_MS) return []
    const day = until.slice(0, 10)
    const since = left > 0 ? `signs until ${day} only` : `ended on ${day}: nobody believes what it signs now`
    return [`The signing key ${kid} ${since}. docs/OPERATOR.md says how another one takes its place.`]
  })
}

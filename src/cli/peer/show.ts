/** Lists the peers of a node, and tests whether they answer with the certificates that were reviewed. */
import { describeProblem } from '#platform/result/result.ts'
import type { Participant } from '#wire/discovery/directory.ts'
import { checkPeer, type PeerCheck, sealsOf } from '#wire/discovery/peer-check.ts'
import type { PeerOptions } from '../commands/peer.ts'
import { EXIT } from '../program.ts'
import { type Known, withDirectory } from './known.ts'

export function listPeersOf(options: PeerOptions): Promise<number> {
  return withDirectory(options, async (known) => {
    const peers = await peersOf(known)
    if (peers === undefined) return EXIT.failed
    if (options.json) console.log(JSON.stringify(peers, undefined, 2))
    else for (const peer of peers) console.log(lineOf(peer))
    return EXIT.fine
  })
}

export function testPeersOf(countries: readonly string[], options: PeerOptions): Promise<number> {
  return withDirectory(options, async (known) => {
    const peers = await peersOf(known)
    if (peers === undefined) return EXIT.failed
    const wanted = countries.map((country) => country.toUpperCase())
    const absent = wanted.filter((country) => !peers.some((peer) => peer.country === country))
    if (absent.length > 0) {
      console.error(`Not on any list: ${absent.join(', ')}. Enter it with \`tessera peer add\`. [country-unknown]`)
      return EXIT.failed
    }
    const asked = wanted.length === 0 ? peers : peers.filter(({ country }) => wanted.includes(country))
    const checks = await Promise.all(
      asked.map((peer) => checkPeer(peer, { fetch: known.fetch, clock: () => new Date() })),
    )
    if (options.json) console.log(JSON.stringify(checks, undefined, 2))
    else for (const check of checks) tell(check)
    return checks.every(({ fine }) => fine) ? EXIT.fine : EXIT.failed
  })
}

/** All but the own country; undefined, with the reason told, when no list can be had. */
async function peersOf({ directory, configuration }: Known): Promise<readonly Participant[] | undefined> {
  const participants = await directory.participants()
  if (participants.ok) return participants.value.filter(({ country }) => country !== configuration.country)
  console.error(describeProblem(participants.problem))
  return undefined
}

function lineOf(peer: Participant): string {
  const wires = [peer.fhirBase && 'FHIR', peer.ihe && `IHE (${peer.ihe.profile})`].filter(Boolean).join(', ')
  const seals = sealsOf(peer, new Date()).map(({ expires, state }) => `seal ${state} until ${expires.slice(0, 10)}`)
  return [peer.country, wires || 'no wire', peer.services.join(' '), ...seals].join('  ')
}

function tell({ country, endpoints, seals, clockAhead = 0, fine }: PeerCheck): void {
  console.log(`${country}: ${fine ? 'fine' : 'not fine'}`)
  for (const { name, address, state, status, milliseconds } of endpoints) {
    console.log(
      `  ${name.padEnd(17)} ${state}${status === undefined ? '' : ` (${status})`}, ${milliseconds} ms  ${address}`,
    )
  }
  for (const { subject, state, expires } of seals)
    console.log(`  seal ${state} until ${expires.slice(0, 10)}  ${subject}`)
  if (Math.abs(clockAhead) > 2)
    console.log(`  its clock is ${Math.abs(clockAhead)} s ${clockAhead > 0 ? 'ahead of' : 'behind'} ours`)
}

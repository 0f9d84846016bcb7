/**
 * The operator's own list of peers: countries that he has reviewed himself, beside or instead of what the Union publishes.
 * Read again when the file changes, so that a new certificate or endpoint counts without a restart.
 */
import { type Stats, statSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { failed, ok, type Result } from '#platform/result/result.ts'
import { Address, PublicKey, Trust } from './participants-file.ts'

export const Peer = Address.extend(Trust.shape).extend({
  /** Keys of access tokens: none for a country that speaks IHE only. */
  tokenKeys: z.array(PublicKey).default([]),
  /** Base of the SMP that names its endpoints; the certificates still have to be those above. */
  smp: z.url({ protocol: /^https$/ }).exactOptional(),
  /** ISM file of the country, relative to the list; the SMP's counts when absent. */
  searchMask: z.string().exactOptional(),
  reviewed: z.object({ by: z.string().min(1), at: z.iso.datetime({ offset: true }) }),
})
export type Peer = z.infer<typeof Peer>

const List = z.object({ version: z.number().int().nonnegative(), peers: z.array(Peer) })
export type PeerList = z.infer<typeof List>

export type PeersProblemCode = 'peers-unreadable' | 'peers-invalid'

const EMPTY: PeerList = { version: 0, peers: [] }

/** The list in the file; an absent file is an empty list. */
export async function readPeers(path: string): Promise<Result<PeerList, PeersProblemCode>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(EMPTY)
    return failed('peers-unreadable', 'The list of peers cannot be read.', 'Check its permissions.', { file: path })
  }
  const parsed = List.safeParse(jsonOf(text))
  if (parsed.success) return ok(parsed.data)
  return failed('peers-invalid', 'The list of peers is not complete.', 'Correct the entry.', {
    file: path,
    path: parsed.error.issues[0]?.path.join('.') ?? '',
  })
}

/** Writes the list with the peer added or replaced; readers see the old one or the new one. */
export async function writePeer(path: string, peer: Peer): Promise<Result<PeerList, PeersProblemCode>> {
  return change(path, (peers) => [...peers.filter(({ country }) => country !== peer.country), Peer.parse(peer)])
}

export async function removePeer(path: string, country: string): Promise<Result<PeerList, PeersProblemCode>> {
  return change(path, (peers) => peers.filter((peer) => peer.country !== country))
}

async function change(
  path: string,
  apply: (peers: readonly Peer[]) => readonly Peer[],
): Promise<Result<PeerList, PeersProblemCode>> {
  const before = await readPeers(path)
  if (!before.ok) return before
  const peers = [...apply(before.value.peers)].sort((one, other) => one.country.localeCompare(other.country))
  const list = { version: before.value.version + 1, peers }
  const unfinished = `${path}.${process.pid}.new`
  await writeFile(unfinished, `${JSON.stringify(list, undefined, 2)}\n`, { mode: 0o600 })
  await rename(unfinished, path)
  return ok(list)
}

/** A reader of the file that reads again when it has changed, and keeps the last good list while it is broken. */
export function watchPeers(path: string, onProblem?: (code: PeersProblemCode) => void): () => Promise<PeerList> {
  let good = EMPTY
  let seen = ''
  return async () => {
    const state = stateOf(path)
    const now = `${state?.mtimeMs}/${state?.size}/${state?.ino}`
    if (now === seen) return good
    seen = now
    const read = await readPeers(path)
    if (read.ok) good = read.value
    else onProblem?.(read.problem.code)
    return good
  }
}

/** Asked several times for each request: at once it is far cheaper than through the thread pool. */
function stateOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * New certificates without a restart: the folder is looked at every few seconds, and what belongs together is taken. Only
 * TLS and signature material changes while a node runs; token key and seal are those of its start.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ProblemError } from '#platform/result/problem-error.ts'
import type { SealSigner } from '../assertions/assertions.ts'
import { type NodeKeys, openNodeKeys } from './node-keys.ts'

export interface WatchedKeys {
  /** Whoever reads `tls` and `signature` from this object, and does not copy them, has those of now. */
  readonly keys: NodeKeys
  /** Code of why what lies in the folder is not taken, e.g. a key that has no certificate yet. */
  problem(): string | undefined
  /** For what holds copies: servers, clients. */
  onChange(listener: (keys: NodeKeys) => void): void
  /** Looks now. Never rejects. */
  look(): Promise<void>
  stop(): void
}

export interface WatchOptions {
  /** Default 5 s. */
  readonly everyMs?: number
  /** Told once for each problem, not at each look. */
  readonly onProblem?: (code: string) => void
  readonly now?: () => Date
}

/** @param opened what `openNodeKeys` gave for this folder */
export function watchKeys(directory: string, opened: NodeKeys, options: WatchOptions = {}): WatchedKeys {
  const { everyMs = 5000, onProblem, now = () => new Date() } = options
  const listeners: ((keys: NodeKeys) => void)[] = []
  let current = opened
  let seen = ''
  let problem: string | undefined
  let looking: Promise<void> | undefined

  async function lookOnce(): Promise<void> {
    const state = await stateOf(directory)
    // What is not in order is looked at again although no file changed: its time may come.
    if (state === seen && problem === undefined) return
    try {
      const found = await openNodeKeys(directory, { now: now() })
      seen = state
      problem = undefined
      const next = { ...opened, tls: found.tls, signature: found.signature ?? current.signature }
      if (isSame(next, current)) return
      current = next
      for (const listener of listeners) listener(live)
    } catch (error) {
      const code = error instanceof ProblemError ? error.problem.code : 'keys-damaged'
      if (code !== problem) onProblem?.(code)
      problem = code
    }
  }

  const look = (): Promise<void> => {
    looking ??= lookOnce()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const live = liveKeys(() => current)
  const timer = setInterval(look, everyMs)
  timer.unref()
  return {
    keys: live,
    problem: () => problem,
    onChange: (listener) => void listeners.push(listener),
    look,
    stop: () => clearInterval(timer),
  }
}

/** Reads through to the keys of now. A node that began with a key that signs keeps having one. */
function liveKeys(current: () => NodeKeys): NodeKeys {
  const { token, seal } = current()
  const signer = (which: 'signature' | 'records'): SealSigner | undefined => {
    const first = current()[which]
    return (
      first && {
        get privateKey() {
          return (current()[which] ?? first).privateKey
        },
        get certificate() {
          return (current()[which] ?? first).certificate
        },
      }
    )
  }
  const tls: NodeKeys['tls'] = {
    get key() {
      return current().tls.key
    },
    get cert() {
      return current().tls.cert
    },
    get ca() {
      return current().tls.ca
    },
    get fingerprint() {
      return current().tls.fingerprint
    },
    get expires() {
      return current().tls.expires
    },
  }
  return { tls, token, seal, signature: signer('signature'), records: signer('records') }
}

function isSame(one: NodeKeys, other: NodeKeys): boolean {
  return (
    one.tls.cert === other.tls.cert &&
    one.tls.key === other.tls.key &&
    one.tls.ca === other.tls.ca &&
    one.signature?.certificate === other.signature?.certificate &&
    one.records?.certificate === other.records?.certificate
  )
}

/** Changes with every file that is written, replaced or linked anew. */
async function stateOf(directory: string): Promise<string> {
  const names = await readdir(directory).catch((): string[] => [])
  const states = await Promise.all(
    names.sort().map(async (name) => {
      const found = await stat(join(directory, name)).catch(() => undefined)
      return `${name}/${found?.mtimeMs}/${found?.size}/${found?.ino}`
    }),
  )
  return states.join('\n')
}

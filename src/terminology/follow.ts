/**
 * Terminology that follows what is served: a node reads documents for months, and a release that the authority published,
 * or took back, must reach the next reader without a restart. One question sees one release, never a mixture.
 */
import { stat } from 'node:fs/promises'
import { ProblemError } from '#platform/result/problem-error.ts'
import { servedFile } from './artifacts/served.ts'
import { openTerminology, type TerminologyOptions } from './open.ts'
import type { TerminologyCatalogue } from './terminology.ts'

export interface FollowOptions extends TerminologyOptions {
  readonly home: string
  /** Milliseconds between two looks at `current.json`. */
  readonly everyMs?: number
  /** A release that cannot be opened: the one before stays, and it is tried again. */
  readonly onProblem?: (code: string) => void
  readonly onChange?: () => void
}

export interface FollowedTerminology {
  /** Asks what is served at that moment. A caller that must not see two releases takes `current()` once. */
  readonly terminology: TerminologyCatalogue
  current(): TerminologyCatalogue
  stop(): void
}

const EVERY_MS = 2_000

/** Rejects like `openTerminology` when what is served at the start cannot be opened. */
export async function followTerminology(options: FollowOptions): Promise<FollowedTerminology> {
  const { everyMs = EVERY_MS, onProblem, onChange } = options
  const file = servedFile(options.home)
  let seen = await stamp(file)
  let opened = await openTerminology(options)
  let looking = false
  const look = async (): Promise<void> => {
    const found = await stamp(file)
    if (found === seen) return
    try {
      opened = await openTerminology(options)
      seen = found
      onChange?.()
    } catch (error) {
      onProblem?.(error instanceof ProblemError ? error.problem.code : 'terminology-not-followed')
    }
  }
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    void look().finally(() => {
      looking = false
    })
  }, everyMs)
  timer.unref()
  return {
    terminology: delegating(() => opened),
    current: () => opened,
    stop: () => clearInterval(timer),
  }
}

/** What tells one `current.json` from another: it is replaced by a rename, never written in place. */
async function stamp(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  return found ? `${found.ino} ${found.mtimeMs} ${found.size}` : ''
}

function delegating(now: () => TerminologyCatalogue): TerminologyCatalogue {
  return {
    canonicalSystem: (...given) => now().canonicalSystem(...given),
    oidOf: (...given) => now().oidOf(...given),
    systemName: (...given) => now().systemName(...given),
    designation: (...given) => now().designation(...given),
    concept: (...given) => now().concept(...given),
    mapped: (...given) => now().mapped(...given),
    membership: (...given) => now().membership(...given),
    languages: () => now().languages(),
    valueSet: (...given) => now().valueSet(...given),
  }
}

/** Two code systems, each in the order of codes → what differs. One pass over both, whatever their size. */
import {
  type Collector,
  type ConceptChanges,
  type ConceptNote,
  collector,
  compareCodes,
  type WordsChange,
} from './difference.ts'

/** A concept as a release has it. */
export interface ConceptState {
  readonly code: string
  readonly display?: string
  readonly active: boolean
  /** Only somebody's words are here, not the code system that has the concept. */
  readonly wordsOnly?: boolean
  /** Words by language, sorted. */
  readonly words: ReadonlyMap<string, readonly string[]>
}

/** Both sides sorted by `compareCodes`, each code once. */
export function compareConcepts(
  before: Iterable<ConceptState>,
  after: Iterable<ConceptState>,
  limit: number,
): ConceptChanges {
  const added = collector<ConceptNote>(limit)
  const removed = collector<ConceptNote>(limit)
  const inactivated = collector<ConceptNote>(limit)
  const reactivated = collector<ConceptNote>(limit)
  const words = new Map<string, Collector<WordsChange>>()
  for (const [old, now] of pairs(before, after)) {
    const was = old && !old.wordsOnly
    const is = now && !now.wordsOnly
    if (now && is && !was) added.add(note(now))
    else if (old && was && !is) removed.add(note(old))
    else {
      if (old && now && old.active && !now.active) inactivated.add(note(now))
      if (old && now && !old.active && now.active) reactivated.add(note(now))
      for (const [language, change] of wordChanges(old, now)) {
        const known = words.get(language) ?? collector<WordsChange>(limit)
        words.set(language, known)
        known.add(change)
      }
    }
  }
  return {
    added: added.bounded,
    removed: removed.bounded,
    inactivated: inactivated.bounded,
    reactivated: reactivated.bounded,
    words: Object.fromEntries(
      [...words].sort(([left], [right]) => (left < right ? -1 : 1)).map(([tag, all]) => [tag, all.bounded]),
    ),
  }
}

export function isUnchanged(changes: ConceptChanges): boolean {
  const { added, removed, inactivated, reactivated, words } = changes
  return [added, removed, inactivated, reactivated, ...Object.values(words)].every(({ total }) => total === 0)
}

type Pair =
  | readonly [ConceptState, ConceptState]
  | readonly [ConceptState, undefined]
  | readonly [undefined, ConceptState]

function* pairs(before: Iterable<ConceptState>, after: Iterable<ConceptState>): Generator<Pair> {
  const olds = before[Symbol.iterator]()
  const nows = after[Symbol.iterator]()
  let old = olds.next()
  let now = nows.next()
  while (!old.done || !now.done) {
    const order = old.done ? 1 : now.done ? -1 : compareCodes(old.value.code, now.value.code)
    if (order === 0 && !old.done && !now.done) yield [old.value, now.value]
    else if (order < 0 && !old.done) yield [old.value, undefined]
    else if (!now.done) yield [undefined, now.value]
    if (order <= 0) old = olds.next()
    if (order >= 0) now = nows.next()
  }
}

function* wordChanges(
  old: ConceptState | undefined,
  now: ConceptState | undefined,
): Generator<readonly [string, WordsChange]> {
  const code = now?.code ?? old?.code ?? ''
  for (const language of new Set([...(old?.words.keys() ?? []), ...(now?.words.keys() ?? [])])) {
    const before = old?.words.get(language) ?? []
    const after = now?.words.get(language) ?? []
    if (before.length !== after.length || before.some((word, index) => word !== after[index])) {
      yield [language, { code, before, after }]
    }
  }
}

function note({ code, display }: ConceptState): ConceptNote {
  return display === undefined ? { code } : { code, display }
}

/** Levels of an answer in the reader's words: sexes, what nobody has, concepts by their name. */

import type { AskedState } from '#research/federation/coordinator-store.ts'
import type { TotalTable } from '#research/federation/merge.ts'
import type { ToldRegression } from '#research/federation/regression/told.ts'
import type { NamedConcept } from '#research/omop/vocabulary/find-concepts.ts'
import { countryName } from '../../ui/site.ts'
import type { Visit } from '../visit.ts'

/** So many concepts of one answer are looked up; others are shown by their number. */
const MOST_CONCEPTS = 60

export type LevelWords = (dimension: string, level: string) => string

const BY_CONCEPT = /^(condition|concept)\b/

export async function levelWords(
  visit: Pick<Visit, 'words' | 'options'>,
  tables: readonly TotalTable[],
): Promise<LevelWords> {
  const ids = new Set(
    tables.flatMap(({ dimensions }) =>
      dimensions.flatMap(({ name, levels }) =>
        BY_CONCEPT.test(name) ? levels.filter((one) => /^\d+$/.test(one)) : [],
      ),
    ),
  )
  return wordsFor(visit, ids)
}

/** Conditions that explain something in a model are columns of it: `condition 201826 yes`. */
export function modelLevels(visit: Pick<Visit, 'words' | 'options'>, model: ToldRegression): Promise<LevelWords> {
  const names = model.state === 'fitted' ? model.coefficients.map(({ name }) => name) : []
  const ids = names.flatMap((name) => /^condition (\d+) /.exec(name)?.slice(1) ?? [])
  return wordsFor(visit, new Set(ids))
}

async function wordsFor(visit: Pick<Visit, 'words' | 'options'>, ids: ReadonlySet<string>): Promise<LevelWords> {
  const { messages } = visit.words
  const names = new Map<string, string>()
  for (const id of [...ids].slice(0, MOST_CONCEPTS)) {
    const concept = await conceptOf(visit, id)
    if (concept) names.set(id, concept.name)
  }
  return (dimension, level) => {
    if (dimension === 'cohort') return level
    if (BY_CONCEPT.test(dimension) && level !== 'none') return names.get(level) ?? level
    const key = `research.level.${level}`
    return messages.has(key) ? messages.text(key) : level
  }
}

async function conceptOf({ options }: Pick<Visit, 'options'>, id: string): Promise<NamedConcept | undefined> {
  return (await options.concepts({ text: id, limit: 5 })).find((one) => String(one.id) === id)
}

/** `age-group 2` is the second dimension of that kind. */
export function dimensionWords({ words }: Pick<Visit, 'words'>, dimension: string): string {
  const [kind = '', number] = dimension.split(' ')
  const key = `research.dimension.${kind}`
  const name = words.messages.has(key) ? words.messages.text(key) : kind
  return number === undefined ? name : `${name} ${number}`
}

/** Names of nodes as their countries. */
export function placesOf(visit: Pick<Visit, 'words'>, nodes: readonly AskedState[], names: readonly string[]): string {
  const countryOf = (name: string): string => {
    const found = nodes.find(({ node }) => node === name)
    return found ? countryName(visit, found.memberState) : name
  }
  return names.map(countryOf).join(', ')
}

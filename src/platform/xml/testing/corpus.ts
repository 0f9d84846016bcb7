/** Where the documents written by others lie, for tests. They are no part of the project. */
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

export const CORPUS = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'corpus')

/** Every file below a folder of the corpus that ends so; empty when the corpus is absent. */
export function corpusFiles(pattern: string): readonly string[] {
  return existsSync(CORPUS)
    ? globSync(pattern, { cwd: CORPUS })
        .map((file) => join(CORPUS, file))
        .sort()
    : []
}

/** Why a test is skipped, or false. */
export function withoutCorpus(): string | false {
  return existsSync(CORPUS) ? false : 'the corpus is not beside the project'
}

/** Small invented datasets, written as a data holder would export them. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus')
export const SAMPLES = join(CORPUS, 'secondary')

/** For `describe` and `it`: false, or why the test is skipped. */
export function absent(folder: string): string | false {
  return existsSync(folder) ? false : `${folder} is not here`
}

/** A new empty folder, removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-omop-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** File name → its content. A list of lines is joined. */
export type Files = Readonly<Record<string, string | Uint8Array | readonly string[]>>

export function writeFiles(folder: string, files: Files): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(
      path,
      typeof content === 'string' || content instanceof Uint8Array ? content : `${content.join('\n')}\n`,
    )
  }
  return folder
}

export const PERSON_HEADER = 'person_id,gender_concept_id,year_of_birth,race_concept_id,ethnicity_concept_id'
export const PERSON_LINES = [PERSON_HEADER, '1,8507,1950,0,0', '2,8532,1960,0,0', '3,8532,1970,0,0']

export const CONDITION_HEADER =
  'condition_occurrence_id,person_id,condition_concept_id,condition_start_date,condition_end_date,condition_type_concept_id,condition_source_value'

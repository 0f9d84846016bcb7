/** Codings of many LOINC codes, kept as numbers until their code is read: a release has more than a million of them. */
import { growingWords } from '../../../flat/growing.ts'
import { groupRows, type Rows } from '../../../flat/rows.ts'
import { textPoolBuilder } from '../../../flat/text-pool.ts'

export interface CodingProperty {
  readonly property: string
  readonly code: string
  readonly display: string
}

export interface CodingProperties {
  add(owner: string, property: CodingProperty): void
  /** Those of a code, in the order in which they came, each once. Only when all are there. */
  of(owner: string): readonly CodingProperty[]
}

export function codingProperties(): CodingProperties {
  const owners = textPoolBuilder()
  const texts = textPoolBuilder()
  const [owner, property, code, display] = [growingWords(), growingWords(), growingWords(), growingWords()]
  let grouped: Rows | undefined
  return {
    add(given, coding) {
      owner.push(owners.numberOfText(given))
      property.push(texts.numberOfText(coding.property))
      code.push(texts.numberOfText(coding.code))
      display.push(texts.numberOfText(coding.display))
    },
    of(given) {
      grouped ??= groupRows(owner.words, owners.size, owner.length)
      const { starts, entries } = grouped
      // A code without any becomes the last of the pool, beyond the groups.
      const number = owners.numberOfText(given)
      const found = new Map<string, CodingProperty>()
      for (let at = starts[number] ?? 0; at < (starts[number + 1] ?? 0); at += 1) {
        const row = entries[at] ?? 0
        const key = `${property.words[row]} ${code.words[row]}`
        if (found.has(key)) continue
        found.set(key, {
          property: texts.text(property.words[row] ?? 0),
          code: texts.text(code.words[row] ?? 0),
          display: texts.text(display.words[row] ?? 0),
        })
      }
      return [...found.values()]
    },
  }
}

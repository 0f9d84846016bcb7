/**
 * Modifiers of ClaML: a class that is modified stands for its own code and one for each fourth (or fifth) character. A
 * modifier of a class goes to the categories below it that have nothing below themselves; `ExcludeModifier` keeps it
 * from a class and what is below; codes that the classification spells out are never replaced.
 */
import { attribute, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { ConceptJson } from '../../resource.ts'
import { labels } from './rubrics.ts'

export interface MadeCode {
  readonly concept: ConceptJson
  readonly parent: string
}

interface Character {
  readonly code: string
  readonly label: string
}

interface Use {
  readonly modifier: string
  /** Only these characters (`all="false"`). */
  readonly valid?: ReadonlySet<string>
}

interface Base {
  readonly code: string
  readonly display: string
}

/** A class has few; more are made up. */
const MAX_MADE = 200_000

export function expandModifiers(
  root: XmlElement,
  classes: readonly XmlElement[],
  concepts: ReadonlyMap<string, ConceptJson>,
  language: string,
): readonly MadeCode[] {
  const characters = readCharacters(root, language)
  if (characters.size === 0) return []
  const byCode = new Map(classes.map((element) => [attribute(element, 'code')?.trim() ?? '', element]))
  const hasChildren = new Set<string>()
  for (const [code, element] of byCode) {
    for (const above of children(element, 'SuperClass')) hasChildren.add(attribute(above, 'code')?.trim() ?? '')
    if (children(element, 'SubClass').some((below) => byCode.has(attribute(below, 'code')?.trim() ?? '')))
      hasChildren.add(code)
  }
  const made = new Map<string, MadeCode>()
  for (const [code, element] of byCode) {
    if (hasChildren.has(code) || attribute(element, 'kind') !== 'category') continue
    const display = concepts.get(code)?.display
    const uses = usesOf(element, byCode).sort((left, right) => position(left, characters) - position(right, characters))
    let bases: readonly Base[] = [{ code, display: display ?? code }]
    for (const use of uses) {
      const next = bases.flatMap((base) => apply(base, use, characters, concepts, made))
      if (next.length > 0) bases = next
      if (made.size > MAX_MADE) return [...made.values()]
    }
  }
  return [...made.values()]
}

function apply(
  base: Base,
  { modifier, valid }: Use,
  characters: ReadonlyMap<string, readonly Character[]>,
  concepts: ReadonlyMap<string, ConceptJson>,
  made: Map<string, MadeCode>,
): readonly Base[] {
  const results: Base[] = []
  for (const character of characters.get(modifier) ?? []) {
    if (valid && !valid.has(character.code)) continue
    const code = joined(base.code, character.code)
    if (code === undefined || concepts.has(code) || made.has(code)) continue
    const display = `${base.display} : ${character.label}`
    const property = [
      { code: 'kind', valueCode: 'category' },
      { code: 'modified-by', valueCode: modifier },
    ]
    made.set(code, { concept: { code, display, property }, parent: base.code })
    results.push({ code, display })
  }
  return results
}

/**
 * `E13` + `.0`; `I70.0` + `1`. A fifth character on a category of three needs the filler that ICD-10 puts where there is
 * no fourth (`M45` + `0` → `M45.X0`); a fourth has no place on a code that has one.
 */
function joined(base: string, character: string): string | undefined {
  const dotted = base.includes('.')
  if (character.startsWith('.')) return dotted ? undefined : `${base}${character}`
  return dotted || !/^[A-Z]\d\d$/.test(base) ? `${base}${character}` : `${base}.X${character}`
}

function readCharacters(root: XmlElement, language: string): ReadonlyMap<string, readonly Character[]> {
  const found = new Map<string, Character[]>()
  for (const element of children(root, 'ModifierClass')) {
    const modifier = attribute(element, 'modifier')?.trim() ?? ''
    const code = attribute(element, 'code')?.trim() ?? ''
    const texts = labels(element, 'preferred')
    const label = texts.find((one) => one.language === language) ?? texts[0]
    if (modifier === '' || code === '' || !label) continue
    const list = found.get(modifier) ?? []
    found.set(modifier, list)
    list.push({ code, label: label.text })
  }
  return found
}

/** Modifiers of a class and of what is above it, without those that something on the way excludes. */
function usesOf(element: XmlElement, byCode: ReadonlyMap<string, XmlElement>): Use[] {
  const uses = new Map<string, Use>()
  const excluded = new Set<string>()
  const seen = new Set<XmlElement>()
  for (let at: XmlElement | undefined = element; at !== undefined && !seen.has(at); ) {
    seen.add(at)
    for (const one of children(at, 'ExcludeModifier')) excluded.add(attribute(one, 'code')?.trim() ?? '')
    for (const one of children(at, 'ModifiedBy')) {
      const modifier = attribute(one, 'code')?.trim() ?? ''
      if (modifier === '' || excluded.has(modifier) || uses.has(modifier)) continue
      const valid = children(one, 'ValidModifierClass').map((each) => attribute(each, 'code')?.trim() ?? '')
      uses.set(modifier, valid.length > 0 ? { modifier, valid: new Set(valid) } : { modifier })
    }
    at = byCode.get(attribute(children(at, 'SuperClass')[0], 'code')?.trim() ?? '')
  }
  return [...uses.values()]
}

/** The fourth character comes before the fifth: by the characters themselves, then by the name (`S13M00_5`). */
function position({ modifier }: Use, characters: ReadonlyMap<string, readonly Character[]>): number {
  if (characters.get(modifier)?.[0]?.code.startsWith('.')) return 4
  return Number(/_(\d)$/.exec(modifier)?.[1] ?? 5)
}

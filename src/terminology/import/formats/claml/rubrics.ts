/** Rubrics and labels of ClaML: preferred terms, inclusions, exclusions, hints. */
import { attribute, children, isElement, oneLine } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { PropertyJson } from '../../resource.ts'

const XML = 'http://www.w3.org/XML/1998/namespace'
/** Rubrics that become properties under their own name. */
const NOTES = new Set(['inclusion', 'exclusion', 'coding-hint', 'note', 'text', 'introduction', 'footnote'])

export interface Label {
  readonly language: string
  readonly text: string
}

/** Labels of the rubrics of a kind, in order; empty ones left away. */
export function labels(element: XmlElement, kind: string): readonly Label[] {
  return children(element, 'Rubric')
    .filter((rubric) => attribute(rubric, 'kind') === kind)
    .flatMap((rubric) => children(rubric, 'Label'))
    .map((label) => ({ language: attribute(label, 'lang', XML) ?? '', text: labelText(label) }))
    .filter(({ text }) => text !== '')
}

export function rubrics(element: XmlElement): readonly PropertyJson[] {
  return children(element, 'Rubric').flatMap((rubric) => {
    const kind = attribute(rubric, 'kind') ?? ''
    if (!NOTES.has(kind)) return []
    return children(rubric, 'Label')
      .map(labelText)
      .filter((text) => text !== '')
      .map((text) => ({ code: kind, valueString: text }))
  })
}

/** Fragments of a label are one phrase after the other; a reference stands in brackets, as it is printed. */
function labelText(label: XmlElement): string {
  let text = ''
  for (const node of label.children) {
    if (!isElement(node)) text += node
    else if (node.name === 'Reference') {
      const inner = labelText(node)
      if (inner !== '') text += ` (${inner})`
    } else text += ` ${labelText(node)} `
  }
  return oneLine(text).replace(/ ([,.;:)])/g, '$1')
}

/** The language that most first labels are in. */
export function languageOfLabels(classes: readonly XmlElement[]): string {
  const counts = new Map<string, number>()
  for (const element of classes) {
    const language = labels(element, 'preferred')[0]?.language
    if (language !== undefined && language !== '') counts.set(language, (counts.get(language) ?? 0) + 1)
  }
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0] ?? 'en'
}

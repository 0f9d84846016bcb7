/** What differs between a CDA document and its conversion, beyond what a conversion may change. Shares no code with it. */
import { attribute, elements } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

const MAY_CHANGE: Readonly<Record<'transcode' | 'translate', readonly string[]>> = {
  translate: ['displayName'],
  transcode: ['code', 'codeSystem', 'codeSystemName', 'codeSystemVersion', 'displayName'],
}

export interface Changes {
  /** One sentence each. */
  readonly forbidden: readonly string[]
  /** Elements of which attributes changed. */
  readonly changed: number
}

export function difference(before: XmlElement, after: XmlElement, direction: 'transcode' | 'translate'): Changes {
  const forbidden: string[] = []
  const counts = { changed: 0 }
  compare(before, after, `/${before.name}`, direction, forbidden, counts)
  return { forbidden, ...counts }
}

function compare(
  before: XmlElement,
  after: XmlElement,
  path: string,
  direction: 'transcode' | 'translate',
  forbidden: string[],
  counts: { changed: number },
): void {
  if (before.name !== after.name || before.namespace !== after.namespace || before.prefix !== after.prefix) {
    forbidden.push(`${path}: another element`)
    return
  }
  const names = new Set(
    [...before.attributes, ...after.attributes].map(({ name, namespace }) => `${namespace} ${name}`),
  )
  const different = [...names].filter((key) => heldValue(before, key) !== heldValue(after, key))
  for (const key of different) {
    const isAllowed = key.startsWith(' ') && MAY_CHANGE[direction].includes(key.slice(1))
    if (!isAllowed) forbidden.push(`${path}: the attribute ${key} changed`)
  }
  const old = before.children
  let now = after.children
  if (different.length > 0) {
    counts.changed++
    now = withoutNewTranslation(before, after, path, forbidden)
  }
  if (old.length !== now.length) {
    forbidden.push(`${path}: ${old.length} children became ${now.length}`)
    return
  }
  for (const [index, node] of old.entries()) {
    const other = now[index]
    if (typeof node === 'string' || typeof other === 'string' || other === undefined) {
      if (node !== other) forbidden.push(`${path}: text changed`)
    } else compare(node, other, `${path}/${node.name}`, direction, forbidden, counts)
  }
}

function heldValue(element: XmlElement, key: string): string | undefined {
  const [namespace, name] = key.split(' ')
  return element.attributes.find((held) => held.name === name && held.namespace === namespace)?.value
}

/** The children without the first translation, after checking that it keeps the old attributes and the old translation. */
function withoutNewTranslation(
  before: XmlElement,
  after: XmlElement,
  path: string,
  forbidden: string[],
): XmlElement['children'] {
  const kept = elements(after).find(({ name }) => name === 'translation')
  if (!kept) {
    forbidden.push(`${path}: what stood there is not kept`)
    return after.children
  }
  for (const name of MAY_CHANGE.transcode) {
    if (attribute(kept, name) !== attribute(before, name)) forbidden.push(`${path}: the old ${name} is not kept`)
  }
  if (kept.namespace !== 'urn:hl7-org:v3') forbidden.push(`${path}: the translation is in another namespace`)
  // An older translation stands inside the new one, in the place of which it stood.
  return after.children.flatMap((node) => (node === kept ? kept.children : [node]))
}

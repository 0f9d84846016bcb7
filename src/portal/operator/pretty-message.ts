/** A message laid out for reading: each element that holds others on a line of its own. Masked again, whoever kept it. Pure. */
import { redact } from '#care/context/redact/redact.ts'
import { isBlank, isElement } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { serialiseXml } from '#platform/xml/serialise.ts'
import type { XmlElement, XmlNode } from '#platform/xml/tree.ts'

export interface ShownMessage {
  readonly text: string
  /** Characters that are not shown. */
  readonly left: number
}

/** Some 1500 lines: a page stays a page. */
const LONGEST = 100_000
const LIMITS = { bytes: 8 * 1024 * 1024, depth: 200, nodes: 200_000 }
const DEEPEST = 40

export function shownMessage(message: string): ShownMessage {
  const redacted = redact(message)
  const pretty = redacted.startsWith('<') ? prettyXml(redacted) : redacted
  return { text: pretty.slice(0, LONGEST), left: Math.max(0, pretty.length - LONGEST) }
}

/** White space between elements means nothing in messages; beside text it stays. */
function prettyXml(text: string): string {
  const parsed = parseXml(Buffer.from(text, 'utf8'), { limits: LIMITS })
  return parsed.ok ? serialiseXml(indented(parsed.value.root, 0)) : text
}

function indented(element: XmlElement, depth: number): XmlElement {
  const inside = element.children.filter((node) => isElement(node) || !isBlank(node))
  if (inside.length === 0 || depth > DEEPEST || !inside.every(isElement)) return { ...element, children: inside }
  const line = (level: number) => `\n${'  '.repeat(level)}`
  const children: readonly XmlNode[] = [
    ...inside.flatMap((node) => [line(depth + 1), indented(node, depth + 1)]),
    line(depth),
  ]
  return { ...element, children }
}

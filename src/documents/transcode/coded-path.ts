/**
 * The part of XPath 1.0 that lists of coded elements use: child steps, `//` at the beginning, conditions on attributes of
 * the step or of a child, and an attribute at the end. Names are local names: the pharmacy extension of CDA has a namespace
 * of its own. Anything else is refused, so that no path is silently understood as something else.
 */

import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'

interface Condition {
  readonly child?: string
  readonly attribute: string
  readonly value: string
}

interface Step {
  readonly name: string
  /** All must hold. */
  readonly conditions: readonly Condition[]
}

export interface CodedPath {
  /** Begins at the root of the document rather than anywhere. */
  readonly rooted: boolean
  readonly steps: readonly Step[]
  /** The path means this attribute of the last step. */
  readonly attribute?: string
}

const STEP = /^([A-Za-z_][\w.-]*)((?:\[[^\]]*\])*)$/
const CONDITION = /^(?:([A-Za-z_][\w.-]*)\/)?@([A-Za-z_][\w.-]*)\s*=\s*(?:'([^']*)'|"([^"]*)")$/

/** Fails with `coded-path-unsupported`, naming the step that was not understood. */
export function parseCodedPath(path: string): Result<CodedPath, 'coded-path-unsupported'> {
  const refuse = (what: string) =>
    failed(
      'coded-path-unsupported',
      `The path ${path.slice(0, 200)} has a part that is not understood: ${what.slice(0, 80)}.`,
      "Use child steps, // at the beginning, and conditions such as [templateId/@root='…'] or [@typeCode='…'].",
    )
  const rooted = !path.startsWith('//')
  if (!path.startsWith('/')) return refuse('it does not begin with / or //')
  const parts = splitSteps(path.slice(rooted ? 1 : 2))
  const last = parts.at(-1)
  const atAttribute = last?.startsWith('@') ? last.slice(1) : undefined
  if (atAttribute !== undefined) parts.pop()
  if (atAttribute !== undefined && !/^[A-Za-z_][\w.-]*$/.test(atAttribute)) return refuse('an attribute without a name')
  const steps: Step[] = []
  for (const part of parts) {
    const [, name, brackets = ''] = STEP.exec(part) ?? []
    if (name === undefined) return refuse(part === '' ? 'an empty step' : part)
    const conditions: Condition[] = []
    for (const [, inside = ''] of brackets.matchAll(/\[([^\]]*)\]/g)) {
      for (const term of inside.split(/\s+and\s+/)) {
        const found = CONDITION.exec(term.trim())
        if (!found?.[2]) return refuse(term)
        const value = found[3] ?? found[4] ?? ''
        conditions.push({ ...(found[1] !== undefined && { child: found[1] }), attribute: found[2], value })
      }
    }
    steps.push({ name, conditions })
  }
  if (steps.length === 0) return refuse('it has no step')
  return ok({ rooted, steps, ...(atAttribute !== undefined && { attribute: atAttribute }) })
}

/** At slashes outside brackets. */
function splitSteps(path: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < path.length; at++) {
    const character = path[at]
    if (character === '[') depth++
    else if (character === ']') depth--
    else if (character === '/' && depth === 0) {
      parts.push(path.slice(from, at))
      from = at + 1
    }
  }
  parts.push(path.slice(from))
  return parts
}

/**
 * Whether the innermost of the open elements (the root first) is what the path names. Without its last `less` steps: 1 asks
 * whether it is where an element of the path should stand.
 */
export function isAt(path: CodedPath, open: readonly XmlElement[], less: 0 | 1 = 0): boolean {
  const count = path.steps.length - less
  if (count < 1 || count > open.length || (path.rooted && count !== open.length)) return false
  for (let back = 1; back <= count; back++) {
    const step = path.steps[count - back]
    const element = open[open.length - back]
    if (step === undefined || element === undefined || !holds(step, element)) return false
  }
  return true
}

function holds(step: Step, element: XmlElement): boolean {
  return element.name === step.name && step.conditions.every((condition) => isTrue(condition, element))
}

function isTrue({ child, attribute: name, value }: Condition, element: XmlElement): boolean {
  if (child === undefined) return attributeValue(element, name) === value
  return children(element, child).some((inner) => attributeValue(inner, name) === value)
}

/** In no namespace, or any: lists write `@type` and mean `xsi:type`. */
function attributeValue(element: XmlElement, name: string): string | undefined {
  return attribute(element, name) ?? element.attributes.find((held) => held.name === name)?.value
}

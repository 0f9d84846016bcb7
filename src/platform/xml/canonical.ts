/**
 * Canonical forms of a parsed element, for signatures: Exclusive XML Canonicalization 1.0 and Canonical XML 1.0, both
 * without comments. Processing instructions are not in the tree and so not in the form: what holds one inside a signed
 * part does not verify. Attributes `xml:*` of elements outside are not inherited (Canonical XML 1.0 §2.4), so the
 * inclusive form is right for a root, or where no ancestor has one.
 */
import { escapeAttribute, escapeText } from './serialise.ts'
import type { XmlAttribute, XmlBinding, XmlElement } from './tree.ts'

export const EXCLUSIVE_CANONICAL_XML = 'http://www.w3.org/2001/10/xml-exc-c14n#'
export const CANONICAL_XML = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'

export interface CanonicalOptions {
  /** `inclusive`: every declaration in force is written. Default `exclusive`: those that names need. */
  readonly form?: 'exclusive' | 'inclusive'
  /** InclusiveNamespaces PrefixList of the exclusive form: written also when no name needs them; `#default` for none. */
  readonly prefixes?: readonly string[]
  /** An element inside that is left out with all it holds: the signature itself (XML-DSig §6.6.4). */
  readonly without?: XmlElement
}

/**
 * The canonical form of an element with all it holds, as text; its UTF-8 bytes are what is digested. The time it takes
 * is linear in what it holds, whatever a stranger declares.
 */
export function canonicalXml(element: XmlElement, options: CanonicalOptions = {}): string {
  const listed = new Set((options.prefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix)))
  const form: Form = {
    declares: options.form === 'inclusive' ? () => true : (prefix) => listed.has(prefix),
    without: options.without,
  }
  return write(element, form, new Map(), undefined)
}

interface Form {
  /** Is a declaration written where it stands, even if no name needs it there? */
  declares(prefix: string): boolean
  readonly without: XmlElement | undefined
}

/**
 * @param rendered what the written ancestors have declared; as it was when the function returns
 * @param outer the declarations in force around the element; undefined for the one that is asked for
 */
function write(element: XmlElement, form: Form, rendered: Map<string, string>, outer: XmlBinding | undefined): string {
  const undo: [string, string | undefined][] = []
  let tag = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
  const end = `</${tag}>`
  for (const [prefix, namespace] of declarations(element, form, rendered, outer)) {
    tag += prefix === '' ? ` xmlns="${escapeAttribute(namespace)}"` : ` xmlns:${prefix}="${escapeAttribute(namespace)}"`
    undo.push([prefix, rendered.get(prefix)])
    rendered.set(prefix, namespace)
  }
  const attributes = element.attributes.length > 1 ? [...element.attributes].sort(byName) : element.attributes
  for (const { prefix, name, value } of attributes) {
    tag += ` ${prefix === undefined ? name : `${prefix}:${name}`}="${escapeAttribute(value)}"`
  }
  let content = ''
  for (const node of element.children) {
    if (typeof node === 'string') content += escapeText(node)
    else if (node !== form.without) content += write(node, form, rendered, element.bindings)
  }
  for (const [prefix, before] of undo) {
    if (before === undefined) rendered.delete(prefix)
    else rendered.set(prefix, before)
  }
  return `<${tag}>${content}${end}`
}

/** What must be declared here because no written ancestor says the same, in order of prefix. */
function declarations(
  element: XmlElement,
  form: Form,
  rendered: ReadonlyMap<string, string>,
  outer: XmlBinding | undefined,
): Iterable<readonly [string, string]> {
  let needed: Map<string, string> | undefined
  const need = (prefix: string, namespace: string) => {
    if (prefix === 'xml' || (rendered.get(prefix) ?? '') === namespace) return
    needed ??= new Map()
    needed.set(prefix, namespace)
  }
  // Names used here (Exclusive C14N §1.1, "visibly utilized"); an attribute without prefix uses none.
  need(element.prefix, element.namespace)
  for (const { prefix, namespace } of element.attributes) if (prefix !== undefined) need(prefix, namespace)
  if (element.bindings !== outer) {
    for (const [prefix, namespace] of declaredSince(element, outer)) if (form.declares(prefix)) need(prefix, namespace)
  }
  if (needed === undefined) return []
  return needed.size > 1 ? [...needed].sort(([left], [right]) => codePoints(left, right)) : needed
}

/** The declarations of the start tag; for the first element all that are in force, the innermost of each prefix. */
function declaredSince({ bindings }: XmlElement, outer: XmlBinding | undefined): ReadonlyMap<string, string> {
  const declared = new Map<string, string>()
  for (let at = bindings; at !== undefined && at !== outer; at = at.outer) {
    if (!declared.has(at.prefix)) declared.set(at.prefix, at.namespace)
  }
  return declared
}

/** Canonical XML §2.2: attributes by namespace, then local name; no namespace comes first. */
function byName(left: XmlAttribute, right: XmlAttribute): number {
  return codePoints(left.namespace, right.namespace) || codePoints(left.name, right.name)
}

/** Order of code points, which UTF-16 comparison is not beyond U+FFFF. */
function codePoints(left: string, right: string): number {
  if (left === right) return 0
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : 1
}

const SURROGATE = /[\uD800-\uDFFF]/

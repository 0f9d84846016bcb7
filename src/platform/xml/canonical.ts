/**
 * Canonical forms of a parsed element, for signatures: Exclusive XML Canonicalization 1.0 and Canonical XML 1.0, both
 * without comments. Processing instructions are not in the tree and so not in the form: what holds one inside a signed
 * part does not verify. Attributes `xml:*` of elements outside are not inherited (Canonical XML 1.0 §2.4), so the
 * inclusive form is right for a root, or where no ancestor has one.
 */
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

/** The canonical form of an element with all it holds, as text; its UTF-8 bytes are what is digested. */
export function canonicalXml(element: XmlElement, options: CanonicalOptions = {}): string {
  const listed = new Set((options.prefixes ?? []).map((prefix) => (prefix === '#default' ? '' : prefix)))
  const form: Form = { inclusive: options.form === 'inclusive', listed, without: options.without }
  return write(element, form, undefined)
}

interface Form {
  readonly inclusive: boolean
  readonly listed: ReadonlySet<string>
  readonly without: XmlElement | undefined
}

function write(element: XmlElement, form: Form, outer: XmlBinding | undefined): string {
  const declared = declarations(element, form, outer)
  let rendered = outer
  let tag = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
  const end = `</${tag}>`
  for (const [prefix, namespace] of declared) {
    tag += prefix === '' ? ` xmlns="${attributeText(namespace)}"` : ` xmlns:${prefix}="${attributeText(namespace)}"`
    rendered = rendered === undefined ? { prefix, namespace } : { prefix, namespace, outer: rendered }
  }
  const attributes = element.attributes.length > 1 ? [...element.attributes].sort(byName) : element.attributes
  for (const { prefix, name, value } of attributes) {
    tag += ` ${prefix === undefined ? name : `${prefix}:${name}`}="${attributeText(value)}"`
  }
  let content = ''
  for (const node of element.children) {
    if (typeof node === 'string') content += plainText(node)
    else if (node !== form.without) content += write(node, form, rendered)
  }
  return `<${tag}>${content}${end}`
}

/** What must be declared here because no written ancestor says the same, in order of prefix. */
function declarations(
  element: XmlElement,
  form: Form,
  outer: XmlBinding | undefined,
): readonly (readonly [string, string])[] {
  const needed: [string, string][] = []
  const need = (prefix: string, namespace: string) => {
    if (prefix === 'xml' || needed.some(([held]) => held === prefix)) return
    if ((namespaceOf(prefix, outer) ?? '') !== namespace) needed.push([prefix, namespace])
  }
  // Names used here (Exclusive C14N §1.1, "visibly utilized"); an attribute without prefix uses none.
  need(element.prefix, element.namespace)
  for (const { prefix, namespace } of element.attributes) if (prefix !== undefined) need(prefix, namespace)
  if (form.inclusive)
    for (const prefix of prefixesOf(element)) need(prefix, namespaceOf(prefix, element.bindings) ?? '')
  else for (const prefix of form.listed) need(prefix, namespaceOf(prefix, element.bindings) ?? '')
  return needed.length > 1 ? needed.sort(([left], [right]) => codePoints(left, right)) : needed
}

function prefixesOf({ bindings }: XmlElement): ReadonlySet<string> {
  const prefixes = new Set<string>()
  for (let at = bindings; at !== undefined; at = at.outer) prefixes.add(at.prefix)
  return prefixes
}

function namespaceOf(prefix: string, bindings: XmlBinding | undefined): string | undefined {
  for (let at = bindings; at !== undefined; at = at.outer) if (at.prefix === prefix) return at.namespace
  return undefined
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
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

function attributeText(value: string): string {
  return /[&<"\t\n\r]/.test(value) ? value.replace(/[&<"\t\n\r]/g, (found) => ESCAPED[found] ?? found) : value
}

function plainText(value: string): string {
  return /[&<>\r]/.test(value) ? value.replace(/[&<>\r]/g, (found) => ESCAPED[found] ?? found) : value
}

/**
 * A tree → text. The tree has no comments, processing instructions or unused prefixes, so this is for documents that the
 * program makes; one that came from outside is changed in place (edit.ts).
 */
import type { XmlElement } from './tree.ts'

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** For a value between double quotes, as Canonical XML writes it; white space that normalisation would change is kept. */
export function escapeAttribute(value: string): string {
  if (!/[&<"\t\n\r]/.test(value)) return value
  return value.replace(/[&<"\t\n\r]/g, (character) => ESCAPED[character] ?? character)
}

/** As Canonical XML writes it. */
export function escapeText(value: string): string {
  if (!/[&<>\r]/.test(value)) return value
  return value.replace(/[&<>\r]/g, (character) => ESCAPED[character] ?? character)
}

/**
 * The element with everything in it; namespaces are declared where they are first needed, under the prefixes of the
 * tree. Parsing the result gives the same tree. A prefix that is only used inside a value (`xsi:type="p:X"`) is not
 * known to the tree: declare it by using it.
 */
export function serialiseXml(element: XmlElement): string {
  return write(element, new Map([['', '']]))
}

function write(element: XmlElement, outer: ReadonlyMap<string, string>): string {
  const scope = new Map(outer)
  const declared: string[] = []
  const declare = (prefix: string, namespace: string) => {
    scope.set(prefix, namespace)
    declared.push(` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(namespace)}"`)
  }
  if (scope.get(element.prefix) !== element.namespace) declare(element.prefix, element.namespace)
  const attributes = element.attributes.map(({ name, namespace, value }) => {
    const prefix = namespace === '' ? '' : `${prefixFor(namespace, scope, declare)}:`
    return ` ${prefix}${name}="${escapeAttribute(value)}"`
  })
  const name = element.prefix === '' ? element.name : `${element.prefix}:${element.name}`
  const start = `<${name}${declared.join('')}${attributes.join('')}`
  if (element.children.length === 0) return `${start}/>`
  const inner = element.children.map((node) => (typeof node === 'string' ? escapeText(node) : write(node, scope)))
  return `${start}>${inner.join('')}</${name}>`
}

/** Attributes do not remember their prefix: any that is bound to the namespace will do, else a new one. */
function prefixFor(
  namespace: string,
  scope: ReadonlyMap<string, string>,
  declare: (prefix: string, namespace: string) => void,
): string {
  if (namespace === XML_NAMESPACE) return 'xml'
  for (const [prefix, bound] of scope) if (bound === namespace && prefix !== '') return prefix
  let prefix = namespace === 'http://www.w3.org/2001/XMLSchema-instance' ? 'xsi' : 'n1'
  for (let number = 2; scope.has(prefix); number++) prefix = `n${number}`
  declare(prefix, namespace)
  return prefix
}

/** Which prefix means which namespace, at the current place of a document (Namespaces in XML 1.0). */
import { XmlFault } from './fault.ts'
import type { XmlBinding } from './tree.ts'

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/'

/**
 * Bindings with an undo log: entering an element costs nothing, leaving it costs what it declared. (Copying the
 * bindings for each element would be quadratic on hostile input.)
 */
export class NamespaceScope {
  readonly #bindings = new Map<string, string>([['xml', XML_NAMESPACE]])
  readonly #undo: {
    readonly prefix: string
    readonly before: string | undefined
    readonly innermost: XmlBinding | undefined
  }[] = []
  #innermost: XmlBinding | undefined
  #default = ''
  #declaredHere = new Set<string>()

  /** The declarations in force, innermost first. */
  get innermost(): XmlBinding | undefined {
    return this.#innermost
  }

  enter(): number {
    if (this.#declaredHere.size > 0) this.#declaredHere = new Set()
    return this.#undo.length
  }

  leave(mark: number): void {
    while (this.#undo.length > mark) {
      const step = this.#undo.pop()
      if (step === undefined) return
      if (step.before === undefined) this.#bindings.delete(step.prefix)
      else this.#bindings.set(step.prefix, step.before)
      if (step.prefix === '') this.#default = step.before ?? ''
      this.#innermost = step.innermost
    }
  }

  declare(prefix: string, uri: string, at: number): void {
    if (prefix === 'xmlns' || uri === XMLNS_NAMESPACE) throw new XmlFault(at, 'the prefix xmlns may not be declared')
    if ((prefix === 'xml') !== (uri === XML_NAMESPACE))
      throw new XmlFault(at, 'the prefix xml may not be bound otherwise')
    if (prefix !== '' && uri === '') throw new XmlFault(at, `the prefix ${prefix} is bound to nothing`)
    if (this.#declaredHere.has(prefix)) {
      throw new XmlFault(at, `the attribute xmlns${prefix === '' ? '' : `:${prefix}`} stands twice in one tag`)
    }
    this.#declaredHere.add(prefix)
    const outer = this.#innermost
    this.#undo.push({ prefix, before: this.#bindings.get(prefix), innermost: outer })
    this.#innermost = outer === undefined ? { prefix, namespace: uri } : { prefix, namespace: uri, outer }
    this.#bindings.set(prefix, uri)
    if (prefix === '') this.#default = uri
  }

  ofElement(prefix: string, at: number): string {
    return prefix === '' ? this.#default : this.ofAttribute(prefix, at)
  }

  ofAttribute(prefix: string, at: number): string {
    const uri = this.#bindings.get(prefix)
    if (uri === undefined) throw new XmlFault(at, `the prefix "${prefix}" is not bound to a namespace`)
    return uri
  }
}

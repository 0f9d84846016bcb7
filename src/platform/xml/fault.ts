/** How the reader stops inside itself; never leaves the folder. */
import { type Failed, failed } from '#platform/result/result.ts'
import type { XmlProblemCode } from './tree.ts'

const NEXT: Readonly<Record<XmlProblemCode, string>> = {
  'xml-too-large': 'Send a smaller document, or raise the limit.',
  'xml-encoding': 'Save the document in the encoding that it declares, best UTF-8.',
  'xml-doctype': 'Remove the DOCTYPE; clinical documents have none.',
  'xml-not-well-formed': 'Ask the sender for the complete, well-formed document.',
  'xml-too-deep': 'This is no clinical document; ask the sender what it is.',
  'xml-too-many-nodes': 'Send a smaller document, or raise the limit.',
}

export class XmlFault extends Error {
  readonly #offset: number
  readonly #code: XmlProblemCode

  constructor(offset: number, what: string, code: XmlProblemCode = 'xml-not-well-formed') {
    super(what)
    this.#offset = offset
    this.#code = code
  }

  /** The problem with line and column, both counted from 1. */
  describe(source: string, file: string | undefined): Failed<XmlProblemCode> {
    const offset = Math.min(this.#offset, source.length)
    let line = 1
    let lineStart = 0
    for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) {
      line++
      lineStart = at + 1
    }
    const column = offset - lineStart + 1
    const sentence = `Line ${line}, column ${column}: ${this.message}.`
    return failed(this.#code, sentence, NEXT[this.#code], { ...(file === undefined ? {} : { file }), line, column })
  }
}

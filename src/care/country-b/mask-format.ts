/**
 * Does an answer have the format that a country asks for? The expressions come from other countries, so one that would
 * run for ever is cut off: the answer is short, and the match runs under a time limit.
 */
import { createContext, Script } from 'node:vm'

export type FormatCheck = 'fits' | 'does-not-fit' | 'format-unusable'

const LONGEST_ANSWER = 200
const TIME_LIMIT_MS = 50

const script = new Script('new RegExp(format, flags).test(answer)')

/** Expressions of ISM masks are of Java's family; the few that JavaScript cannot read are left to country A. */
export function checkFormat(format: string, answer: string): FormatCheck {
  if (answer.length > LONGEST_ANSWER) return 'does-not-fit'
  const { source, flags } = forJavaScript(format)
  try {
    const context = createContext(
      { format: source, flags, answer },
      { codeGeneration: { strings: false, wasm: false } },
    )
    return script.runInContext(context, { timeout: TIME_LIMIT_MS }) === true ? 'fits' : 'does-not-fit'
  } catch {
    return 'format-unusable'
  }
}

/** Java's inline flag for ignoring case, and its anchors for the whole input. */
function forJavaScript(format: string): { readonly source: string; readonly flags: string } {
  const inline = /^(\^?)\(\?i\)/.exec(format)
  const source = inline ? `${inline[1]}${format.slice(inline[0].length)}` : format
  return { source: source.replace(/^\\A/, '^').replace(/\\[zZ]$/, '$'), flags: inline ? 'iu' : 'u' }
}

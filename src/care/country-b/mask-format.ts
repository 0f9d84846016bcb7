/**
 * Does an answer have the format that a country asks for? The expressions come from other countries, so one that would
 * run for ever is cut off: the answer is short, and the match runs under a time limit.
 */
import { createContext, Script } from 'node:vm'

export type FormatCheck = 'fits' | 'does-not-fit' | 'format-unusable'

const LONGEST_ANSWER = 200
/** A busy machine may not give an honest expression its turn within the first limit, so there is a second, longer one. */
const TIME_LIMITS_MS = [50, 250]

const script = new Script('new RegExp(format, flags).test(answer)')

/** Expressions of ISM masks are of Java's family; the few that JavaScript cannot read are left to country A. */
export function checkFormat(format: string, answer: string): FormatCheck {
  if (answer.length > LONGEST_ANSWER) return 'does-not-fit'
  const { source, flags } = forJavaScript(format)
  for (const timeout of TIME_LIMITS_MS) {
    try {
      const context = createContext(
        { format: source, flags, answer },
        { codeGeneration: { strings: false, wasm: false } },
      )
      return script.runInContext(context, { timeout }) === true ? 'fits' : 'does-not-fit'
    } catch (error) {
      if (!isTimeout(error)) return 'format-unusable'
    }
  }
  return 'format-unusable'
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}

/** Java's inline flag for ignoring case, and its anchors for the whole input. */
function forJavaScript(format: string): { readonly source: string; readonly flags: string } {
  const inline = /^(\^?)\(\?i\)/.exec(format)
  const source = inline ? `${inline[1]}${format.slice(inline[0].length)}` : format
  return { source: source.replace(/^\\A/, '^').replace(/\\[zZ]$/, '$'), flags: inline ? 'iu' : 'u' }
}

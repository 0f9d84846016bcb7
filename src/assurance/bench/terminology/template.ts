/** The templates that stand for a text in the expected answers of the terminology ecosystem tests (`$instant$`, `$choice:a|b$`, …). */

export interface TemplateContext {
  /** Messages of one server by their number, for `$external:N:…$`; absent: own wording is allowed. */
  readonly externals?: Readonly<Record<string, string>> | undefined
  /** `CapabilityStatement.fhirVersion` of the server, for `$version$`; absent: any. */
  readonly fhirVersion?: string | undefined
}

const DATE = String.raw`(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const TIME = String.raw`T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))`

const FORMS: Readonly<Record<string, RegExp>> = {
  $$: /^[\s\S]*$/,
  $instant$: new RegExp(`^${DATE}${TIME}$`),
  $date$: new RegExp(`^${DATE}(?:${TIME})?$`),
  $uuid$: /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
  $id$: /^[A-Za-z0-9\-.]{1,64}$/,
  $string$: /^(?:\S|\S[\s\S]*\S)$/,
  $url$: /^(?:https?:\/\/|www\.)[-a-zA-Z0-9+&@#/%?=~_|!:.;]*[-a-zA-Z0-9+&@#/%=~_|]$/,
  $token$: /^[0-9a-zA-Z_][0-9a-zA-Z_.-]*$/,
  // semver.org 2.0.0, §2, §9 and §10.
  $semver$:
    /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*)?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/,
}

/** Whether the text of an answer is what the expected text allows. An unknown template allows nothing. */
export function textMatches(expected: string, actual: string, context: TemplateContext): boolean {
  if (!isTemplate(expected)) return literalMatches(expected, actual, context)
  const form = FORMS[expected]
  if (form) return form.test(actual)
  if (expected === '$version$') return context.fhirVersion === undefined || context.fhirVersion === actual
  const inner = expected.slice(1, -1)
  if (inner.startsWith('choice:')) return inner.slice('choice:'.length).split('|').includes(actual)
  if (inner.startsWith('fragments:')) return containsAll(actual, inner.slice('fragments:'.length))
  if (inner.startsWith('external:')) return externalMatches(inner.slice('external:'.length), actual, context)
  return false
}

/**
 * A literal, in which `$version$` stands for the server's FHIR version. The official runner also takes two texts for equal
 * that decode from Base64 to the same bytes, which is to say: that differ only in what Base64 has no sign for (spaces,
 * quotes, `#`, …). Some expected texts rely on it.
 */
function literalMatches(expected: string, actual: string, { fhirVersion }: TemplateContext): boolean {
  if (expected === actual) return true
  if (expected.includes('$version$')) {
    const [before = '', after = ''] = expected.split('$version$')
    if (fhirVersion !== undefined) return actual === `${before}${fhirVersion}${after}`
    return actual.startsWith(before) && actual.endsWith(after)
  }
  const [wanted, given] = [base64Signs(expected), base64Signs(actual)]
  return wanted !== '' && wanted === given
}

function base64Signs(text: string): string {
  return text
    .replace(/=.*$/s, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
}

function isTemplate(text: string): boolean {
  return text.length >= 2 && text.startsWith('$') && text.endsWith('$')
}

/** Fragments are compared without case, and all of them must be there. */
function containsAll(text: string, fragments: string): boolean {
  const lower = text.toLowerCase()
  return fragments.split('|').every((fragment) => lower.includes(fragment.toLowerCase()))
}

/** `N` or `N:default`: the message with that number where the server brings its own list, else what it must contain. */
function externalMatches(command: string, actual: string, { externals }: TemplateContext): boolean {
  const colon = command.indexOf(':')
  const number = colon < 0 ? command : command.slice(0, colon)
  if (externals) return externals[number] === actual
  return colon < 0 || containsAll(actual, command.slice(colon + 1))
}

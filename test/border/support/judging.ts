/** What every refusal has in common: its code, its entry in the ledger, and nothing of what it guards. */
import assert from 'node:assert/strict'
import type { Border, Code, Reply } from './border.ts'
import { codesOf } from './soap.ts'

/** People of the Portuguese demonstration, places of the machine, traces of the program. */
const SECRETS =
  /298123456|284556731|301447802|Ferreira|Tavares|Antunes|Coimbra|Varfarina|node_modules|\.ts:\d+|\bat [\w.<>]+ \(|\/tmp\/|\/home\/|\/src\/|sqlite|ENOENT/i

export function assertSaysNothing(text: string): void {
  // XCPD repeats the question (IHE ITI TF-2 3.55.4.2.2): what the asker wrote himself is not told to him.
  const found = SECRETS.exec(text.replace(/<queryByParameter[\s\S]*<\/queryByParameter>/, ''))?.[0]
  assert.equal(found, undefined, `the answer tells ${found}`)
}

export interface Expected {
  /** On the wire. */
  readonly codes: readonly string[]
  /** In the ledger. */
  readonly reason: RegExp
}

/** Asks; compares the code of the answer and the one entry that the ledger has more. */
export async function assertRefused(
  border: Border,
  country: Code,
  ask: () => Promise<Reply>,
  { codes, reason }: Expected,
): Promise<Reply> {
  const before = await border.entries(country)
  const reply = await ask()
  assert.deepEqual(reply.headers['content-type']?.includes('fhir') ? fhirCodesOf(reply) : codesOf(reply), codes)
  assertSaysNothing(reply.text)
  const [event] = await border.ledger(country)
  assert.match(event?.outcomeDesc ?? '', reason)
  assert.notEqual(event?.outcome, '0')
  assert.equal(await border.entries(country), before + 1, 'one entry of the ledger for each refusal')
  return reply
}

/** Codes of an OperationOutcome. */
export function fhirCodesOf({ text }: Reply): readonly string[] {
  const outcome: unknown = JSON.parse(text)
  return [...JSON.stringify(outcome).matchAll(/"code":"((?:ERROR|WARNING)_\w+|\d{4})"/g)].map(([, code]) => code ?? '')
}

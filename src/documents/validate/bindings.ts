/** Codes against value sets. */

import type { Membership } from '#terminology/terminology.ts'
import { isObject, type JsonObject } from './compile/json.ts'
import type { CompiledBinding } from './definitions/compiled.ts'
import type { Node } from './node.ts'
import { type Run, report, reportNotChecked } from './run.ts'

interface Code {
  readonly system: string | undefined
  readonly code: string
}

const SEVERITY = { required: 'error', extensible: 'warning', preferred: 'information' } as const

/** Checks a coded value; one good coding of a CodeableConcept is enough. */
export function checkBinding(run: Run, node: Node, binding: CompiledBinding, profile: string, element: string): void {
  const codes = codesOf(node)
  if (codes === undefined) return
  const severity = SEVERITY[binding.strength]
  const blame = { profile, element }
  if (codes.length === 0) {
    if (binding.strength === 'required' && needsCode(node))
      report(run, 'error', 'binding', node.path, `A code from ${binding.valueSet} is required; there is none.`, blame)
    return
  }
  let unknown = false
  for (const { system, code } of codes) {
    const answer = membership(
      run,
      binding.valueSet,
      system,
      code,
      node.type === 'code' || node.type === 'string' || node.type === 'uri',
    )
    if (answer === 'member') return
    if (answer === 'unknown') unknown = true
  }
  if (unknown) {
    if (binding.strength === 'required')
      reportNotChecked(
        run,
        binding.valueSet,
        node.path,
        `The codes of ${binding.valueSet} are not loaded, so it was not checked.`,
        blame,
      )
    return
  }
  const named = codes.map(({ system, code }) => (system ? `${system}|${code}` : code)).join(', ')
  const must =
    binding.strength === 'required'
      ? 'must be'
      : binding.strength === 'extensible'
        ? 'should be, if one fits,'
        : 'would better be'
  report(run, severity, 'binding', node.path, `The code ${must} from ${binding.valueSet}; ${named} is not.`, blame)
}

/** Whether a code belongs to a value set, by the terminology given or by the lists compiled with the definitions. */
export function membership(
  run: Run,
  valueSet: string,
  system: string | undefined,
  code: string,
  plain: boolean,
): Membership {
  const asked =
    run.terminology && (plain || system !== undefined) ? run.terminology.membership(valueSet, system, code) : 'unknown'
  if (asked !== 'unknown') return asked
  const compiled = run.engine.definitions.valueSet(valueSet)
  if (!compiled) return 'unknown'
  if (!plain) {
    if (system === undefined) return 'not-member'
    const codes = run.engine.codes(compiled, system)
    if (codes === null) return 'unknown'
    if (codes?.has(code)) return 'member'
    return compiled.partial ? 'unknown' : 'not-member'
  }
  let unlisted = compiled.partial === true
  for (const own in compiled.systems) {
    const codes = run.engine.codes(compiled, own)
    if (codes === null) unlisted = true
    else if (codes?.has(code)) return 'member'
  }
  return unlisted ? 'unknown' : 'not-member'
}

/** The codes of a value; undefined when it is of no coded type. */
function codesOf(node: Node): readonly Code[] | undefined {
  const { value } = node
  if (typeof value === 'string') return [{ system: undefined, code: value }]
  if (!isObject(value)) return undefined
  if (node.type === 'CodeableConcept')
    return Array.isArray(value.coding) ? value.coding.filter(isObject).flatMap(codeOf) : []
  return node.type === 'Coding' || node.type === 'Quantity' || value.code !== undefined ? codeOf(value) : undefined
}

function codeOf(coding: JsonObject): readonly Code[] {
  const { system, code } = coding
  return typeof code === 'string' ? [{ system: typeof system === 'string' ? system : undefined, code }] : []
}

/** A concept that only says why it is absent needs no code. */
function needsCode(node: Node): boolean {
  return !isObject(node.value) || !Array.isArray(node.value.extension)
}

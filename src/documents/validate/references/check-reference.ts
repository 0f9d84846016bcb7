/** References: they resolve where they must, and their targets are of the types and profiles allowed. */
import type { JsonObject } from '../compile/json.ts'
import { hasErrors } from '../issue.ts'
import type { Node } from '../node.ts'
import { conforms } from '../profiles/conformance.ts'
import { type Run, report, reportNotChecked, type Scope } from '../run.ts'
import { resolveReference, statedType } from './resolve.ts'

/** Checks one Reference against `targetProfile`s. */
export function checkReference(
  run: Run,
  scope: Scope,
  value: JsonObject,
  targets: readonly string[] | undefined,
  path: string,
  profile: string,
  element: string,
): void {
  if (!targets) return
  const { reference } = value
  const target = typeof reference === 'string' ? resolveReference(run, scope, reference) : undefined
  const type = target?.type ?? statedType(value)
  if (type === undefined) return
  const fitting = targets.filter((url) => targetTypeFits(run, url, type))
  if (fitting.length === 0) {
    const allowed = [...new Set(targets.map((url) => typeName(run, url)))].join(', ')
    report(run, 'error', 'reference-target', path, `The reference leads to ${type}; allowed are ${allowed}.`, {
      profile,
      element,
    })
    return
  }
  if (!target || fitting.some((url) => run.engine.definitions.entry(url)?.derivation === 'specialization')) return
  checkTargetProfiles(run, target, fitting, path, profile, element)
}

function checkTargetProfiles(
  run: Run,
  target: Scope,
  profiles: readonly string[],
  path: string,
  profile: string,
  element: string,
): void {
  const known = profiles.filter((url) => run.engine.definitions.entry(url))
  if (known.length < profiles.length) {
    const missing = profiles.filter((url) => !known.includes(url)).join(', ')
    reportNotChecked(
      run,
      missing,
      path,
      `The profile ${missing} is not loaded, so reference targets were not checked against it.`,
      { profile, element },
    )
    return
  }
  const node = nodeOfScope(run, target)
  let first: string | undefined
  for (const url of known) {
    const issues = conforms(run, node, url, target)
    if (!hasErrors(issues)) return
    first ??= issues.find((issue) => issue.severity === 'error')?.sentence
  }
  const sentence = `The ${target.type} referred to does not conform to ${known.join(' or ')}: ${first ?? ''}`
  report(run, 'error', 'reference-target', path, sentence, { profile, element })
}

export function nodeOfScope(run: Run, scope: Scope): Node {
  return { value: scope.resource, type: scope.type, plan: run.engine.type(scope.type), path: scope.path }
}

/** The type a target profile is about; unknown profiles of other guides fit every type. */
export function targetTypeFits(run: Run, url: string, type: string): boolean {
  const entry = run.engine.definitions.entry(url)
  return entry === undefined || run.engine.isA(type, entry.type)
}

function typeName(run: Run, url: string): string {
  return run.engine.definitions.entry(url)?.type ?? url
}

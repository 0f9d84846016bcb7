/** The path of a discriminator (the simple subset of FHIRPath that FHIR allows there), walked in an instance. */
import { isObject } from '../compile/json.ts'
import { childNodes, type Node } from '../node.ts'
import { nodeOfScope } from '../references/check-reference.ts'
import { resolveReference, statedType } from '../references/resolve.ts'
import type { Run, Scope } from '../run.ts'

/** A node and the resource it stands in: after resolve() that is another one. */
export interface Located {
  readonly node: Node
  readonly scope: Scope
}

export type Step =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'resolve' }

export function parsePath(path: string): readonly Step[] {
  const steps: Step[] = []
  for (const part of path.replaceAll('"', '').match(/[A-Za-z0-9_$]+(?:\([^)]*\))?/g) ?? []) {
    const argument = /\((.*)\)$/.exec(part)?.[1]?.replace(/^'|'$/g, '')
    if (part === '$this') continue
    if (part.startsWith('resolve(')) steps.push({ kind: 'resolve' })
    else if (part.startsWith('extension(')) steps.push({ kind: 'extension', url: argument ?? '' })
    else if (part.startsWith('ofType(') || part.startsWith('as(')) steps.push({ kind: 'type', type: argument ?? '' })
    else steps.push({ kind: 'child', name: part })
  }
  return steps
}

/** The instance side of the path. */
export function follow(node: Node, scope: Scope, steps: readonly Step[], run: Run): readonly Located[] {
  let at: readonly Located[] = [{ node, scope }]
  for (const step of steps) at = at.flatMap((located) => followStep(located, step, run))
  return at
}

function followStep({ node, scope }: Located, step: Step, run: Run): readonly Located[] {
  switch (step.kind) {
    case 'child':
      return childNodes(node, step.name).map((child) => ({ node: child, scope: scopeOf(child, scope, run) }))
    case 'extension':
      return childNodes(node, 'extension')
        .filter((child) => isObject(child.value) && child.value.url === step.url)
        .map((child) => ({ node: child, scope }))
    case 'type':
      return run.engine.isA(node.type, step.type) ? [{ node, scope }] : []
    case 'resolve':
      return resolved(node, scope, run)
  }
}

function scopeOf(node: Node, scope: Scope, run: Run): Scope {
  return isObject(node.value) ? (run.scopes.get(node.value) ?? scope) : scope
}

function resolved(node: Node, scope: Scope, run: Run): readonly Located[] {
  const reference = isObject(node.value) ? node.value.reference : node.value
  const target = typeof reference === 'string' ? resolveReference(run, scope, reference) : undefined
  if (target) return [{ node: nodeOfScope(run, target), scope: target }]
  // Outside this document only the type can be known.
  const type = isObject(node.value) ? statedType(node.value) : undefined
  return type === undefined
    ? []
    : [{ node: { value: undefined, type, plan: run.engine.type(type), path: node.path }, scope }]
}

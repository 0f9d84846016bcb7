/** Whether a value conforms to a profile; computed once for each value and profile. */
import type { ValidationIssue } from '../issue.ts'
import type { Node } from '../node.ts'
import { collect, type Run, report, type Scope } from '../run.ts'
import { checkNode } from './check-element.ts'

const NOTHING: readonly ValidationIssue[] = []

/** What is wrong with the node by this profile; nothing when it conforms. Unknown profiles find nothing. */
export function conforms(run: Run, node: Node, profile: string, scope: Scope): readonly ValidationIssue[] {
  const key = typeof node.value === 'object' && node.value !== null ? node.value : undefined
  if (!key) return compute(run, node, profile, scope)
  let known = run.conformance.get(key)
  if (!known) {
    known = new Map()
    run.conformance.set(key, known)
  }
  const found = known.get(profile)
  if (found) return found
  // Resources refer to each other in circles: while one is being checked, it counts as conforming.
  known.set(profile, NOTHING)
  const issues = compute(run, node, profile, scope)
  known.set(profile, issues)
  return issues
}

function compute(run: Run, node: Node, profile: string, scope: Scope): readonly ValidationIssue[] {
  const plan = run.engine.profile(profile)
  if (!plan) return NOTHING
  const inner = (typeof node.value === 'object' && node.value !== null && run.scopes.get(node.value)) || scope
  return collect(run, () => {
    const { structure } = plan
    if (!run.engine.isA(node.type, structure.type)) {
      const sentence = `${structure.name} is a profile of ${structure.type}, not of ${node.type}.`
      report(run, 'error', 'profile', node.path, sentence, { profile: structure.url })
      return
    }
    checkNode(run, inner, node, plan.root, structure.url)
  })
}

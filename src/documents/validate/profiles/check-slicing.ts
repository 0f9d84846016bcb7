/** Sorts the items of a list into slices and checks each slice (R4 profiling.html 5.1.0.14). */
import { isObject } from '../compile/json.ts'
import type { ValidationIssue } from '../issue.ts'
import type { Node } from '../node.ts'
import { type Run, report, reportNotChecked, type Scope } from '../run.ts'
import { checkCount, checkNode } from './check-element.ts'
import type { Found } from './discriminator.ts'
import { follow } from './discriminator-path.ts'
import type { ElementPlan, SlicePlan, SlicingPlan } from './profile-plan.ts'

export function checkSlicing(
  run: Run,
  scope: Scope,
  nodes: readonly Node[],
  plan: ElementPlan,
  slicing: SlicingPlan,
  path: string,
  profile: string,
): void {
  const members = slicing.slices.map((): Node[] => [])
  let lastSlice = -1
  let unmatchedBefore: Node | undefined
  for (const node of nodes) {
    const first = place(run, scope, node, slicing, members, profile)
    if (first < 0) {
      unmatchedBefore ??= node
      explainUnmatched(run, scope, node, slicing, profile)
      if (slicing.rules === 'closed')
        report(
          run,
          'error',
          'slicing',
          node.path,
          `${plan.element.name} matches none of the slices that this profile allows.`,
          {
            profile,
            element: plan.element.id,
          },
        )
      continue
    }
    if (slicing.rules === 'openAtEnd' && unmatchedBefore)
      report(
        run,
        'error',
        'slice-order',
        unmatchedBefore.path,
        `Further ${plan.element.name} are only allowed after the defined ones.`,
        {
          profile,
          element: plan.element.id,
        },
      )
    if (slicing.ordered && first < lastSlice)
      report(
        run,
        'error',
        'slice-order',
        node.path,
        `${plan.element.name} stand in another order than the profile demands.`,
        {
          profile,
          element: plan.element.id,
        },
      )
    lastSlice = Math.max(lastSlice, first)
  }
  for (const [index, slice] of slicing.slices.entries()) {
    const own = members[index] ?? []
    if (slice.matcher) checkCount(run, own.length, slice.plan, path, profile)
    if (own.length < (slice.plan.element.min ?? 0)) explainMissing(run, scope, nodes, slicing, slice, profile)
    for (const node of own) checkNode(run, scope, node, slice.plan, profile)
    if (slice.plan.slicing) checkSlicing(run, scope, own, slice.plan, slice.plan.slicing, path, profile)
  }
}

/** A required slice is missing: what keeps those that nearly match from it is the real fault. */
function explainMissing(
  run: Run,
  scope: Scope,
  nodes: readonly Node[],
  slicing: SlicingPlan,
  slice: SlicePlan,
  profile: string,
): void {
  for (const node of nodes) {
    const reasons = slice.matcher?.nearMiss(locate(run, scope, node, slicing), run)
    if (!reasons || reasons.length === 0) continue
    const sentence = `This would be the slice ${slice.name}, but it does not conform to its profile: ${reasons[0]?.sentence ?? ''}`
    report(run, 'error', 'slicing', node.path, sentence, { profile, element: slice.plan.element.id })
    run.issues.push(...reasons)
  }
}

/** In open slicing this is allowed; it is said because it is seldom meant, unless the resource claims a profile of its own. */
function explainUnmatched(run: Run, scope: Scope, node: Node, slicing: SlicingPlan, profile: string): void {
  const found = locate(run, scope, node, slicing)
  if (found.some((nodes) => nodes.some((located) => claimsProfile(located.node)))) return
  let nearest: { readonly slice: SlicePlan; readonly reasons: readonly ValidationIssue[] } | undefined
  for (const slice of slicing.slices) {
    if ((slice.plan.element.min ?? 0) > 0) continue
    const reasons = slice.matcher?.nearMiss(found, run)
    if (reasons && reasons.length > 0 && reasons.length < (nearest?.reasons.length ?? Number.POSITIVE_INFINITY))
      nearest = { slice, reasons }
  }
  const [reason] = nearest?.reasons ?? []
  if (!nearest || !reason) return
  const { slice } = nearest
  const sentence = `This matches no slice; nearest is ${slice.name}, whose profile it breaks: ${reason.sentence} (at ${reason.expression})`
  report(run, 'information', 'slicing', node.path, sentence, { profile, element: slice.plan.element.id })
}

function claimsProfile({ value }: Node): boolean {
  return isObject(value) && isObject(value.meta) && Array.isArray(value.meta.profile)
}

/** Puts the node into every slice it matches; answers the first, or -1. */
function place(
  run: Run,
  scope: Scope,
  node: Node,
  slicing: SlicingPlan,
  members: readonly Node[][],
  profile: string,
): number {
  let first = -1
  const found = locate(run, scope, node, slicing)
  for (const [index, slice] of slicing.slices.entries()) {
    if (!slice.matcher) {
      const { id } = slice.plan.element
      reportNotChecked(
        run,
        `${profile}#${id}`,
        node.path,
        `The profile does not say how to recognise the slice ${slice.name}; it was not checked.`,
        {
          profile,
          element: id,
        },
      )
      continue
    }
    if (!slice.matcher.matches(found, run)) continue
    members[index]?.push(node)
    if (first < 0) first = index
  }
  return first
}

function locate(run: Run, scope: Scope, node: Node, slicing: SlicingPlan): Found {
  return slicing.paths.map((steps) => follow(node, scope, steps, run))
}

/** Sorts the items of a list into slices and checks each slice (R4 profiling.html 5.1.0.14). */
import type { Node } from '../node.ts'
import { type Run, report, reportNotChecked, type Scope } from '../run.ts'
import { checkCount, checkNode } from './check-element.ts'
import type { ElementPlan, SlicingPlan } from './profile-plan.ts'

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
    if (slice.matches) checkCount(run, own.length, slice.plan, path, profile)
    for (const node of own) checkNode(run, scope, node, slice.plan, profile)
    if (slice.plan.slicing) checkSlicing(run, scope, own, slice.plan, slice.plan.slicing, path, profile)
  }
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
  for (const [index, slice] of slicing.slices.entries()) {
    if (!slice.matches) {
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
    if (!slice.matches(node, scope, run)) continue
    members[index]?.push(node)
    if (first < 0) first = index
  }
  return first
}

/** Parents of a flat list: unknown ones and circles are taken out and told, so that nobody walks in a circle later. */

export interface ParentProblem {
  readonly code: string
  readonly parent: string
  readonly kind: 'unknown' | 'circle'
}

/** @param parents parents by code; edges that cannot stand are removed from it, in the order of its entries */
export function checkParents(
  parents: Map<string, readonly string[]>,
  isKnown: (code: string) => boolean,
): readonly ParentProblem[] {
  const problems: ParentProblem[] = []
  for (const [code, above] of parents) {
    const kept = above.filter((parent) => {
      if (isKnown(parent)) return true
      problems.push({ code, parent, kind: 'unknown' })
      return false
    })
    if (kept.length < above.length) parents.set(code, kept)
  }
  problems.push(...cutCircles(parents))
  return problems
}

/** Depth-first over the parents without recursion; an edge back onto the path closes a circle and is cut. */
function cutCircles(parents: Map<string, readonly string[]>): readonly ParentProblem[] {
  const problems: ParentProblem[] = []
  const done = new Set<string>()
  for (const start of parents.keys()) {
    const path: { readonly code: string; next: number }[] = [{ code: start, next: 0 }]
    const onPath = new Set([start])
    for (let top = path.at(-1); top !== undefined && !done.has(start); top = path.at(-1)) {
      const parent = parents.get(top.code)?.[top.next]
      if (parent === undefined) {
        done.add(top.code)
        onPath.delete(top.code)
        path.pop()
      } else if (onPath.has(parent)) {
        problems.push({ code: top.code, parent, kind: 'circle' })
        parents.set(top.code, (parents.get(top.code) ?? []).toSpliced(top.next, 1))
      } else {
        top.next++
        if (done.has(parent)) continue
        path.push({ code: parent, next: 0 })
        onPath.add(parent)
      }
    }
  }
  return problems
}

export function sayParent({ code, parent, kind }: ParentProblem) {
  const sentence =
    kind === 'unknown'
      ? `The parent ${parent} of ${code} is not in the list: ${code} stands at the top.`
      : `${code} is below itself (through ${parent}): that parent is left out.`
  return { code: `terminology-parent-${kind}`, sentence, next: 'Correct the parent.' }
}

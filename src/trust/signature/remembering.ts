/** A memory of results that depend on nothing but their key; the oldest go first. */
export function remembering<T extends NonNullable<unknown>>(most: number): (key: string, work: () => T) => T {
  const known = new Map<string, T>()
  return (key, work) => {
    const held = known.get(key)
    if (held !== undefined) return held
    const made = work()
    const [oldest] = known.size < most ? [] : known.keys()
    if (oldest !== undefined) known.delete(oldest)
    known.set(key, made)
    return made
  }
}

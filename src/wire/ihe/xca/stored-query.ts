/** Values of the parameters of a stored query (IHE ITI TF-2 3.18.4.1.2.3.5), as the standard and as eHDSI write them. */

/**
 * The strings of one parameter: `'a'`, `('a','b')`, several values, or unquoted. A quote inside a string is doubled.
 * @param codes eHDSI puts one pair of quotes around a whole list of codes, `('a,b')`: then commas part them, too
 */
export function readStrings(values: readonly string[], codes = false): string[] {
  const strings = values.flatMap((value) => split(value.trim()))
  const single = codes ? strings.flatMap((one) => one.split(',')) : strings
  return single.map((one) => one.trim()).filter((one) => one !== '')
}

function split(value: string): string[] {
  const list = value.startsWith('(') && value.endsWith(')')
  const inner = list ? value.slice(1, -1) : value
  if (!inner.includes("'")) return list ? inner.split(',') : [inner]
  const found: string[] = []
  let at = inner.indexOf("'")
  while (at >= 0) {
    const { text, end } = quotedAt(inner, at + 1)
    found.push(text)
    at = inner.indexOf("'", end)
  }
  return found
}

/** The string that begins here; one that never ends goes to the end. */
function quotedAt(source: string, start: number): { readonly text: string; readonly end: number } {
  let end = source.indexOf("'", start)
  while (end >= 0 && source[end + 1] === "'") end = source.indexOf("'", end + 2)
  const stop = end < 0 ? source.length : end
  return { text: source.slice(start, stop).replaceAll("''", "'"), end: stop + 1 }
}

export function writeString(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

export function writeList(values: readonly string[]): string {
  return `(${values.map(writeString).join(',')})`
}

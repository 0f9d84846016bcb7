/** Released tables for a terminal: one line for each cell; what is hidden is said. */
export interface ShownTable {
  readonly name: string
  readonly dimensions: readonly { readonly name: string }[]
  readonly cells: readonly {
    readonly key: readonly (string | null)[]
    readonly persons: number | null
    readonly sums?: Readonly<Record<string, number>>
    /** Nodes that hide the cell: what is told is the sum of the others. */
    readonly hiddenIn?: readonly string[]
  }[]
}

export function printTables(tables: readonly ShownTable[]): void {
  for (const { name, dimensions, cells } of tables) {
    const by = dimensions.map((dimension) => dimension.name).join(', ')
    console.log(by === '' ? name : `${name} by ${by}`)
    for (const cell of cells) console.log(`  ${lineOf(cell)}`)
  }
}

function lineOf({ key, persons, sums = {}, hiddenIn = [] }: ShownTable['cells'][number]): string {
  const where = key.map((level) => level ?? 'all').join(', ') || 'all'
  const hidden = hiddenIn.length > 0 ? ` (hidden by ${hiddenIn.join(', ')})` : ''
  const told = persons === 0 && hiddenIn.length > 0 ? null : persons
  const more = Object.entries(sums).map(([name, value]) => `, ${name} ${value}`)
  return `${where}: ${told ?? 'hidden'}${more.join('')}${hidden}`
}

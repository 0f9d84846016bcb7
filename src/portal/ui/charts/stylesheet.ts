/** The rules that pictures need, for the stylesheet of the pages that show them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export function chartsStylesheet(): string {
  return readFileSync(join(import.meta.dirname, 'charts.css'), 'utf8')
}

/** Where the release centre of a home folder keeps its records, unless a database is named. */
import { join } from 'node:path'

export function centreFile(home: string): string {
  return join(home, 'terminology', 'centre.sqlite')
}

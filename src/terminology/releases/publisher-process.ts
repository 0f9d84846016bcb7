/** For tests: a process that makes artifacts and publishes them, one after the other, until it is killed. */
import { openDatabase } from '#platform/database/database.ts'
import { openReleaseCentre } from './centre.ts'
import { artifactOf, must } from './testing.ts'

const [home = '', database = '', from = '0'] = process.argv.slice(2)
const centre = must(await openReleaseCentre(await openDatabase(database), { node: 'PT', home }))
for (let round = Number(from); ; round += 1) {
  process.stdout.write('import\n')
  const words = await artifactOf(home, 'words', { words: `${round}\n`.repeat(100_000), title: String(round) })
  const maps = await artifactOf(home, 'maps', { maps: `${round}\n`.repeat(10_000), title: String(round) })
  const { number } = must(await centre.stage({ artifacts: [words, maps], by: 'Ana' }))
  must(await centre.approve(number, { by: 'Bea' }))
  process.stdout.write('publish\n')
  must(await centre.publish(number, { by: 'Ana' }))
  if (round % 3 === 2) {
    const earlier = (await centre.releases()).find(({ state }) => state === 'superseded')
    if (earlier) must(await centre.rollback(earlier.number, { by: 'Bea', note: 'Back.' }))
  }
}

/**
 * Dispensations across the border while both nodes are killed and messages are lost and repeated, at any size:
 *
 *     node test/faults/dispensing-chaos.ts --dispensations 2000 --seed 1 --way ihe
 *
 * `--way`: `ihe`, `fhir` or `bridge`. Ends with 1 when anything was dispensed twice, lost, or left unsaid.
 */
import { parseArgs } from 'node:util'
import { chaos } from './chaos/chaos.ts'
import { WAYS, type WayName } from './chaos/killable-nodes.ts'

const { values } = parseArgs({
  options: {
    dispensations: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    way: { type: 'string', default: 'ihe' },
    kills: { type: 'string', default: '25' },
    rest: { type: 'string', default: '30' },
    'at-once': { type: 'string', default: '8' },
    minutes: { type: 'string', default: '60' },
  },
})

const isWay = (name: string): name is WayName => Object.hasOwn(WAYS, name)
if (!isWay(values.way)) throw new Error(`There is no way ${values.way}: ${Object.keys(WAYS).join(', ')}.`)

const began = performance.now()
const seconds = () => Math.round((performance.now() - began) / 1000)
let told = 0
const report = await chaos({
  way: values.way,
  dispensations: Number(values.dispensations),
  seed: Number(values.seed),
  mostKills: Number(values.kills),
  restMs: Number(values.rest) * 1000,
  atOnce: Number(values['at-once']),
  patienceMs: Number(values.minutes) * 60_000,
  onProgress: (line) => {
    if (performance.now() - told < 5000) return
    told = performance.now()
    console.error(`${seconds()} s: ${line}`)
  },
})
console.log(JSON.stringify({ way: values.way, seed: Number(values.seed), seconds: seconds(), ...report }, undefined, 1))
process.exit(report.violations.length === 0 ? 0 : 1)

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ResearchSettings } from './settings.ts'

const OPERATOR = readFileSync(join(import.meta.dirname, '../../../docs/OPERATOR.md'), 'utf8')

/** Setting → what the table of docs/OPERATOR.md says of its default. */
const described = new Map(
  [...OPERATOR.matchAll(/^\| `research\.([^`]+)` \| ([^|]+) \|/gm)].map(([, name = '', text = '']) => [name, text]),
)

describe('the settings of a health data access body', () => {
  const { body, datasets, ...others } = ResearchSettings.shape
  const inside = [
    ...Object.keys(body.shape).map((name) => `body.${name}`),
    ...Object.keys(datasets.unwrap().element.shape).map((name) => `datasets[].${name}`),
  ]

  it('stand each in the table for operators, and no other does', () => {
    assert.deepEqual([...described.keys()].sort(), [...inside, 'datasets', ...Object.keys(others)].sort())
  })

  it('have the defaults that the table says', () => {
    const { body: given, ...defaults } = ResearchSettings.parse({ body: { id: 'hdab-pt', name: 'Body' } })
    assert.deepEqual(Object.keys(given), ['id', 'name'])
    for (const [name, value] of Object.entries(defaults)) {
      assert.equal(described.get(name), `\`${JSON.stringify(value)}\``, name)
    }
    for (const name of inside.filter((one) => one !== 'body.organisation')) {
      assert.equal(described.get(name), 'must be given', name)
      const without = { body: { id: 'a', name: 'b' }, datasets: [{ id: 'a', release: 'b', file: 'c', holder: 'd' }] }
      const [part = '', setting = ''] = name.split(/\[?\]?\./)
      const removed = part === 'body' ? without.body : without.datasets[0]
      assert.ok(removed && delete (removed as Record<string, unknown>)[setting], name)
      assert.equal(ResearchSettings.safeParse(without).success, false, name)
    }
  })
})

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { testParty, trusting } from '../permits/testing/bodies.ts'
import type { AnswerTable } from './node-result.ts'
import { type Masked, maskTables, roundOf, totalsOfMasked } from './secure-totals.ts'

const NODES = ['node-ee', 'node-fr', 'node-pt']
const keys = new Map(NODES.map((node) => [node, generateKeyPairSync('x25519')]))
const parties = NODES.map((node) => {
  const sumKey = keys.get(node)?.publicKey.export({ format: 'jwk' }).x
  return { ...testParty(node, node.slice(5).toUpperCase(), ['results'], []), sumKey }
})
const trust = trusting(...parties)
const task = { nodes: NODES.map((node) => ({ node, memberState: 'XX', dataset: 'd' as never })) }

function tableOf(young: number | null, old: number | null): AnswerTable {
  const cells = [young, old].map((persons, index) => ({ key: [index === 0 ? '0' : '65'], persons }))
  return { name: 'persons', dimensions: [{ name: 'age', levels: ['0', '65'] }], cells, evidence: {} }
}

function masked(node: string, table: AnswerTable, hash = 'task-1'): Masked {
  const key = keys.get(node)?.privateKey
  assert.ok(key)
  const round = roundOf(task, hash, { node, key }, trust)
  assert.ok(round.ok)
  const answer = maskTables([table], round.value)
  assert.ok(answer.ok)
  return answer.value
}

describe('secure totals', () => {
  const answers = new Map([
    ['node-ee', masked('node-ee', tableOf(20, null))],
    ['node-fr', masked('node-fr', tableOf(100, 40))],
    ['node-pt', masked('node-pt', tableOf(50, 30))],
  ])

  it('are the sums of all nodes, with the number of those that hide a cell', () => {
    const total = totalsOfMasked(answers, NODES)
    assert.ok(total.ok)
    assert.deepEqual(total.value[0]?.cells, [
      { key: ['0'], persons: 170, hiddenAt: 0 },
      { key: ['65'], persons: 70, hiddenAt: 1 },
      { key: [null], persons: 0, hiddenAt: 0 },
    ])
  })

  it('tell nothing of one node: the same counts look different in each task', () => {
    const again = masked('node-pt', tableOf(50, 30), 'task-2')
    const first = answers.get('node-pt')
    assert.ok(first)
    assert.ok(first.shares.every((share, index) => share !== again.shares[index] && BigInt(share) > 1_000_000n))
  })

  it('are none without one of the nodes, or when the nodes have different tables', () => {
    const without = totalsOfMasked(new Map([...answers].slice(1)), NODES)
    assert.equal(without.ok ? 'ok' : without.problem.code, 'secure-sum-incomplete')
    const other = masked('node-pt', { ...tableOf(1, 1), dimensions: [{ name: 'age', levels: ['0', '70'] }] })
    const mixed = totalsOfMasked(new Map([...answers, ['node-pt', other]]), NODES)
    assert.equal(mixed.ok ? 'ok' : mixed.problem.code, 'secure-sum-invalid')
  })

  it('are refused where a node has no key on the trust list, is alone, or has sums of measures', () => {
    const key = keys.get('node-pt')?.privateKey
    assert.ok(key)
    const us = { node: 'node-pt', key }
    const strangers = roundOf(
      { nodes: [...task.nodes, { node: 'node-gr', memberState: 'GR', dataset: 'd' as never }] },
      't',
      us,
      trust,
    )
    const alone = roundOf({ nodes: task.nodes.slice(2) }, 't', us, trust)
    const round = roundOf(task, 't', us, trust)
    assert.ok(round.ok)
    const measures = maskTables(
      [{ ...tableOf(1, 1), cells: [{ key: ['0'], persons: 20, sums: { days: 3 } }] }],
      round.value,
    )
    for (const refused of [strangers, alone, measures]) {
      assert.equal(refused.ok ? 'ok' : refused.problem.code, 'secure-sum-unsupported')
    }
  })
})

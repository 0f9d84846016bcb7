import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { pairSecret, recoveryShare, type SecureSumRound, shareOf, totalOf } from './secure-sum.ts'

const NODES = ['EE', 'FR', 'GR', 'PT']
const keys = new Map(NODES.map((node) => [node, generateKeyPairSync('x25519')]))

function roundOf(node: string, round = 'r1'): SecureSumRound {
  const own = keys.get(node)
  assert.ok(own)
  const pairs = NODES.filter((other) => other !== node).map((other) => {
    const theirs = keys.get(other)
    assert.ok(theirs)
    return { node: other, secret: pairSecret(own.privateKey, theirs.publicKey, [node, other]) }
  })
  return { round, node, pairs }
}

const values = new Map(NODES.map((node, index) => [node, [BigInt(10 * index + 12), -3n, 2n ** 40n]]))
const shareFrom = (node: string, round?: string) => shareOf(values.get(node) ?? [], roundOf(node, round))
const allShares = () => new Map(NODES.map((node) => [node, shareFrom(node)]))

describe('a secure sum', () => {
  it('gives the totals of any numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt(-(2n ** 60n), 2n ** 60n), { minLength: 4, maxLength: 4 }), (numbers) => {
        const shares = new Map(NODES.map((node, index) => [node, shareOf([numbers[index] ?? 0n], roundOf(node))]))
        const sum = numbers.reduce((total, one) => total + one, 0n)
        const total = totalOf({ nodes: NODES, shares })
        assert.ok(total.ok)
        assert.deepEqual(total.value.totals, [BigInt.asIntN(64, sum)])
      }),
      { numRuns: 20 },
    )
  })

  it('shows nothing of a single node: shares differ from the values and from round to round', () => {
    for (const node of NODES) {
      const [one, two] = [shareFrom(node), shareFrom(node, 'r2')]
      one.forEach((share, index) => {
        assert.notEqual(BigInt.asIntN(64, share), values.get(node)?.[index])
        assert.notEqual(share, two[index])
      })
    }
    const three = new Map([...allShares()].slice(0, 3))
    const sum = [...three.values()].reduce((total, share) => total + (share[0] ?? 0n), 0n)
    assert.notEqual(BigInt.asIntN(64, sum), 12n + 22n + 32n)
  })

  it('cannot be read without a node, and says which', () => {
    const shares = allShares()
    shares.delete('GR')
    const total = totalOf({ nodes: NODES, shares })
    assert.ok(!total.ok)
    assert.equal(total.problem.code, 'secure-sum-incomplete')
    assert.match(total.problem.sentence, /GR did not answer/)
  })

  it('is recovered when every other node gives out its masks with the missing one', () => {
    const shares = allShares()
    shares.delete('GR')
    const given = new Map<string, readonly bigint[]>()
    for (const node of ['EE', 'FR']) {
      const share = recoveryShare('GR', 3, roundOf(node))
      assert.ok(share.ok)
      given.set(node, share.value)
    }
    assert.equal(totalOf({ nodes: NODES, shares, recovered: new Map([['GR', given]]) }).ok, false)
    const last = recoveryShare('GR', 3, roundOf('PT'))
    assert.ok(last.ok)
    given.set('PT', last.value)
    const total = totalOf({ nodes: NODES, shares, recovered: new Map([['GR', given]]) })
    assert.ok(total.ok)
    assert.deepEqual(total.value, { totals: [12n + 22n + 42n, -9n, 3n * 2n ** 40n], nodes: ['EE', 'FR', 'PT'] })
  })

  it('refuses shares that do not fit', () => {
    const given = new Map([['EE', [0n, 0n, 0n]]])
    for (const shares of [
      { nodes: NODES, shares: allShares().set('EE', [1n]) },
      { nodes: ['EE', 'FR', 'GR'], shares: allShares() },
      { nodes: NODES, shares: allShares(), recovered: new Map([['GR', given]]) },
    ]) {
      const total = totalOf(shares)
      assert.equal(total.ok ? 'ok' : total.problem.code, 'secure-sum-invalid')
    }
    assert.equal(recoveryShare('XX', 1, roundOf('EE')).ok, false)
    assert.throws(() => shareOf([1n], { round: 'r', node: 'EE', pairs: [{ node: 'EE', secret: new Uint8Array(32) }] }))
  })
})

/**
 * A clever attacker with 10,000 adaptive questions learns no cell below the floor. He has every help: the population's shape, a
 * new ledger for each campaign, no limit of refusals, the rules in full (all but the secret). That he is clever is shown on a
 * control with the same suppression and noise and without a ledger: there he learns nearly everything.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_RULES } from './read-rules.ts'
import type { DisclosureRules } from './rules.ts'
import { arithmeticAttack, repeatAttack, rulerAttack } from './testing/attacker/classics.ts'
import { beliefOfSmall, type Conclusion, recovered } from './testing/attacker/conclusion.ts'
import { leastSquaresAttack } from './testing/attacker/least-squares.ts'
import { overlappingBandsAttack } from './testing/attacker/overlapping-bands.ts'
import { CONDITIONS, citizens, REGIONS, smallCells } from './testing/attacker/population.ts'
import { controlled, forgetful, type System } from './testing/attacker/system.ts'

const FLOOR = DEFAULT_RULES.frequencyFloor
const ROUNDING: DisclosureRules = { ...DEFAULT_RULES, perturbation: { kind: 'round', base: 5 } }
const people = citizens(1500, 1)
const targets = smallCells(people, FLOOR)
const before = beliefOfSmall(FLOOR).deviation

function told(campaign: string, conclusions: readonly Conclusion[], asked: number, answered: number): string {
  const best = [...conclusions].sort((a, b) => a.deviation - b.deviation)[0]
  const interval = best
    ? `best: ${best.mean.toFixed(1)} ± ${(1.96 * best.deviation).toFixed(1)} where ${best.target.truth} is true`
    : ''
  const guessed = conclusions.filter(({ target, mean }) => Math.round(mean) === target.truth).length
  const got = conclusions.filter(recovered).length
  return `${campaign}: ${asked} asked, ${answered} answered; ${got} of ${conclusions.length} cells recovered; ${interval} (unasked ± ${(1.96 * before).toFixed(1)}); best guess right for ${guessed}`
}

async function leastSquares(make: () => System, every: number, questions: number) {
  const conclusions: Conclusion[] = []
  let [asked, answered] = [0, 0]
  for (const [index, target] of targets.entries()) {
    if (index % every !== 0) continue
    const system = make()
    const pads = [10, 20, 40, 80][index % 4] ?? 40
    conclusions.push(await leastSquaresAttack(system, people, target, { pads, questions, seed: index, floor: FLOOR }))
    asked += system.asked()
    answered += system.answered()
  }
  return { conclusions, asked, answered }
}

async function arithmetic(make: () => System) {
  const conclusions: Conclusion[] = []
  const system = make()
  for (const [index, target] of targets.entries()) {
    if (index % 6 !== 0) continue
    conclusions.push(await arithmeticAttack(system, people, target, { rounds: 20, seed: index, floor: FLOOR }))
  }
  return { conclusions, asked: system.asked(), answered: system.answered() }
}

async function bands(make: () => System, conditions: readonly number[]) {
  const conclusions: Conclusion[] = []
  let [asked, answered] = [0, 0]
  for (const condition of conditions) {
    const system = make()
    const own = []
    for (let region = 0; region < REGIONS; region += 1) {
      for (const sex of [0, 1]) {
        const target = targets.find(({ name }) => name === `condition ${condition}, region ${region}, sex ${sex}`)
        if (target) own.push({ target, sex, region })
      }
    }
    const has = ({ conditions: all }: { conditions: number }) => ((all >> condition) & 1) === 1
    conclusions.push(...(await overlappingBandsAttack(system, people, has, own, FLOOR)))
    asked += system.asked()
    answered += system.answered()
  }
  return { conclusions, asked, answered }
}

describe('a clever attacker', () => {
  it('recovers no small cell with 10,000 questions under the default rules', async (test) => {
    const make = () => controlled(DEFAULT_RULES)
    let asked = 0
    const campaigns = {
      'least squares over unions with the target and without': await leastSquares(
        make,
        1,
        Math.ceil(9000 / targets.length),
      ),
      'differences, trackers, sums of parts': await arithmetic(make),
      'overlapping age bands with all margins': await bands(make, [1, 3, 4]),
    }
    for (const [name, { conclusions, asked: own, answered }] of Object.entries(campaigns)) {
      test.diagnostic(told(name, conclusions, own, answered))
      asked += own
      assert.deepEqual(conclusions.filter(recovered), [])
    }
    const repeated = make()
    assert.equal(await repeatAttack(repeated, people, 100), 1)
    const ruler = await rulerAttack(make, people, 60)
    test.diagnostic(
      `ruler: ${ruler.asked} asked; the last hidden group never had fewer than ${Math.min(...ruler.sizes)} persons`,
    )
    assert.ok(ruler.sizes.length > 40 && ruler.sizes.every((size) => size >= FLOOR))
    asked += repeated.asked() + ruler.asked
    test.diagnostic(`${asked} questions in all`)
    assert.ok(asked >= 10_000)
  })

  it('recovers none with rounding to 5 either', async (test) => {
    const make = () => controlled(ROUNDING)
    for (const { conclusions, asked, answered } of [await leastSquares(make, 5, 96), await bands(make, [2])]) {
      test.diagnostic(told('rounding', conclusions, asked, answered))
      assert.deepEqual(conclusions.filter(recovered), [])
    }
  })

  it('recovers nearly all of them from a control without a ledger', async (test) => {
    for (const rules of [DEFAULT_RULES, ROUNDING]) {
      const { conclusions, asked, answered } = await leastSquares(() => forgetful(rules), 12, 250)
      test.diagnostic(told(`without a ledger, ${rules.perturbation.kind}`, conclusions, asked, answered))
      assert.ok(conclusions.filter(recovered).length > 0.9 * conclusions.length)
      const classic = await arithmetic(() => forgetful(rules))
      test.diagnostic(told('without a ledger, differences', classic.conclusions, classic.asked, classic.answered))
      assert.ok(classic.conclusions.filter(recovered).length > 0.5 * classic.conclusions.length)
    }
  })

  it('has something to look for', () => {
    assert.ok(targets.length > 50)
    assert.ok(new Set(targets.map(({ truth }) => truth)).size === FLOOR - 1)
    assert.ok(targets.every(({ name }) => Number(name.split(' ')[1]?.replace(',', '')) < CONDITIONS))
  })
})

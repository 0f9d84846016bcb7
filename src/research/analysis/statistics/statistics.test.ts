import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { aboutShift, addLinearSums, fitLinear, type LinearFit, linearSums } from './linear-regression.ts'
import { addLogisticSums, fitLogistic, logisticSums, scalingOf } from './logistic-regression.ts'
import type { Observations } from './observations.ts'
import { rateOf } from './rates.ts'
import { kaplanMeier, medianStep } from './survival.ts'
import { twoSidedQuantile, twoSidedTail } from './tails.ts'
import { addValues, momentsOf, percentile } from './values.ts'

const close = (found: number | undefined, expected: number, relative = 1e-9): void => {
  assert.ok(
    found !== undefined && Math.abs(found - expected) <= relative * Math.max(1e-12, Math.abs(expected)),
    `${found} instead of ${expected}`,
  )
}

const observations = (columns: readonly string[], rows: readonly (readonly number[])[]): Observations => ({
  columns,
  rows: rows.map((row) => ({ values: row.slice(0, -1), outcome: row.at(-1) ?? 0, persons: 1 })),
})

const linear = (data: Observations): LinearFit => {
  const fit = fitLinear(linearSums(data))
  assert.ok(fit.ok)
  return fit.value
}

describe('linear regression', () => {
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]
  const quartet: readonly (readonly [readonly number[], readonly number[]])[] = [
    [x, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]],
    [x, [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74]],
    [x, [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]],
    [
      [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8],
      [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89],
    ],
  ]

  // F. J. Anscombe, Graphs in Statistical Analysis, The American Statistician 27 (1973).
  test("Anscombe's four data sets have the same line", () => {
    for (const [values, outcomes] of quartet) {
      const fit = linear(
        observations(
          ['x'],
          values.map((value, index) => [value, outcomes[index] ?? 0]),
        ),
      )
      close(fit.coefficients[0]?.value, 3, 0.001)
      close(fit.coefficients[1]?.value, 0.5, 0.001)
      close(fit.coefficients[0]?.standardError, 1.125, 0.001)
      close(fit.coefficients[1]?.standardError, 0.118, 0.002)
      close(fit.explained, 0.667, 0.002)
    }
  })

  // NIST Statistical Reference Datasets, Longley: the classic of badly conditioned data, with certified values.
  const longley = [
    [83, 234289, 2356, 1590, 107608, 1947, 60323],
    [88.5, 259426, 2325, 1456, 108632, 1948, 61122],
    [88.2, 258054, 3682, 1616, 109773, 1949, 60171],
    [89.5, 284599, 3351, 1650, 110929, 1950, 61187],
    [96.2, 328975, 2099, 3099, 112075, 1951, 63221],
    [98.1, 346999, 1932, 3594, 113270, 1952, 63639],
    [99, 365385, 1870, 3547, 115094, 1953, 64989],
    [100, 363112, 3578, 3350, 116219, 1954, 63761],
    [101.2, 397469, 2904, 3048, 117388, 1955, 66019],
    [104.6, 419180, 2822, 2857, 118734, 1956, 67857],
    [108.4, 442769, 2936, 2798, 120445, 1957, 68169],
    [110.8, 444546, 4681, 2637, 121950, 1958, 66513],
    [112.6, 482704, 3813, 2552, 123366, 1959, 68655],
    [114.2, 502601, 3931, 2514, 125368, 1960, 69564],
    [115.7, 518173, 4806, 2572, 127852, 1961, 69331],
    [116.9, 554894, 4007, 2827, 130081, 1962, 70551],
  ]
  const certified = [
    [-3482258.63459582, 890420.383607373],
    [15.0618722713733, 84.9149257747669],
    [-0.035819179292591, 0.0334910077722432],
    [-2.02022980381683, 0.488399681651699],
    [-1.03322686717359, 0.214274163161675],
    [-0.0511041056535807, 0.22607320006937],
    [1829.15146461355, 455.478499142212],
  ]
  const columns = ['x1', 'x2', 'x3', 'x4', 'x5', 'x6']

  test("Longley's certified values to eight digits", () => {
    const fit = linear(observations(columns, longley))
    for (const [index, [value = 0, error = 0]] of certified.entries()) {
      close(fit.coefficients[index]?.value, value, 1e-8)
      close(fit.coefficients[index]?.standardError, error, 1e-8)
    }
    close(fit.residualDeviation, 304.854073561965, 1e-8)
  })

  test('the same from two parts about one shift', () => {
    const shift = [100, 390000, 3200, 2600, 117000, 1954, 65000]
    const parts = [longley.slice(0, 5), longley.slice(5)].map((part) => linearSums(observations(columns, part), shift))
    const [first, second] = parts
    assert.ok(first && second)
    const sums = addLinearSums(first, second)
    assert.ok(sums)
    const fit = fitLinear(sums)
    assert.ok(fit.ok)
    for (const [index, [value = 0]] of certified.entries()) close(fit.value.coefficients[index]?.value, value, 1e-7)
    assert.equal(addLinearSums(first, { ...second, shift: [...shift.slice(1), 0] }), undefined)
  })

  test('the same from two parts, each about its own means', () => {
    const parts = [longley.slice(0, 7), longley.slice(7)].map((part) => linearSums(observations(columns, part)))
    const shift = linearSums(observations(columns, longley)).shift
    const [first, second] = parts.map((part) => aboutShift(part, shift))
    assert.ok(first && second)
    const sums = addLinearSums(first, second)
    assert.ok(sums)
    const fit = fitLinear(sums)
    assert.ok(fit.ok)
    for (const [index, [value = 0, error = 0]] of certified.entries()) {
      close(fit.value.coefficients[index]?.value, value, 1e-8)
      close(fit.value.coefficients[index]?.standardError, error, 1e-8)
    }
  })

  test('equal persons may be counted instead of repeated', () => {
    const rows = [
      [1, 2],
      [1, 2],
      [2, 3],
      [3, 7],
      [3, 7],
      [3, 7],
    ]
    const counted: Observations = {
      columns: ['x'],
      rows: [
        { values: [1], outcome: 2, persons: 2 },
        { values: [2], outcome: 3, persons: 1 },
        { values: [3], outcome: 7, persons: 3 },
      ],
    }
    const [repeated, once] = [linear(observations(['x'], rows)), linear(counted)]
    for (const index of [0, 1]) {
      close(once.coefficients[index]?.value, repeated.coefficients[index]?.value ?? Number.NaN)
      close(once.coefficients[index]?.standardError, repeated.coefficients[index]?.standardError ?? Number.NaN)
    }
  })

  test('columns that depend on each other, constant outcomes and too few persons are refused in words', () => {
    const twice = observations(
      ['a', 'b'],
      [1, 2, 3, 4, 5].map((value) => [value, 2 * value, value + (value % 2)]),
    )
    const dependent = fitLinear(linearSums(twice))
    assert.ok(!dependent.ok && dependent.problem.code === 'regression-dependent-columns')
    assert.match(dependent.problem.sentence, /covariate b/)
    const constant = fitLinear(
      linearSums(
        observations(
          ['a'],
          [
            [1, 5],
            [2, 5],
            [3, 5],
            [4, 5],
          ],
        ),
      ),
    )
    assert.ok(!constant.ok && constant.problem.code === 'regression-outcome-constant')
    for (const rows of [
      [],
      [[1, 2]],
      [
        [1, 2],
        [2, 3],
      ],
    ]) {
      const few = fitLinear(linearSums(observations(['a'], rows)))
      assert.ok(!few.ok && few.problem.code === 'regression-too-few-persons')
    }
  })
})

describe('logistic regression', () => {
  // Hours of study and passing an examination: the worked example of many textbooks.
  const hours = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
  const passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]
  const study = observations(
    ['hours'],
    hours.map((value, index) => [value, passed[index] ?? 0]),
  )

  test('the textbook: constant -4.0777 (1.7610), hours 1.5046 (0.6287)', async () => {
    const scaling = scalingOf(study)
    const fit = await fitLogistic(study.columns, scaling, (at) => logisticSums(study, scaling, at))
    assert.ok(fit.ok)
    const [constant, slope] = fit.value.coefficients
    close(constant?.value, -4.0777, 1e-5)
    close(constant?.standardError, 1.761, 1e-4)
    close(slope?.value, 1.5046, 1e-4)
    close(slope?.standardError, 0.6287, 1e-4)
    close(fit.value.logLikelihood, -8.0299, 1e-4)
  })

  test('a table of two by two gives the logarithm of its odds ratio', async () => {
    const table: Observations = {
      columns: ['exposed'],
      rows: [
        { values: [1], outcome: 1, persons: 30 },
        { values: [1], outcome: 0, persons: 70 },
        { values: [0], outcome: 1, persons: 10 },
        { values: [0], outcome: 0, persons: 90 },
      ],
    }
    const scaling = scalingOf(table)
    const fit = await fitLogistic(table.columns, scaling, (at) => logisticSums(table, scaling, at))
    assert.ok(fit.ok)
    close(fit.value.coefficients[1]?.value, Math.log((30 * 90) / (70 * 10)))
    close(fit.value.coefficients[1]?.standardError, Math.sqrt(1 / 30 + 1 / 70 + 1 / 10 + 1 / 90))
  })

  test('sums of parts, added in each iteration, give the same fit', async () => {
    const parts = [0, 1, 2].map((part) => ({ ...study, rows: study.rows.filter((_, index) => index % 3 === part) }))
    const scaling = { shift: [3], scale: [1.5] }
    const whole = await fitLogistic(study.columns, scaling, (at) => logisticSums(study, scaling, at))
    const added = await fitLogistic(study.columns, scaling, (at) => {
      const [first, ...others] = parts.map((part) => logisticSums(part, scaling, at))
      assert.ok(first)
      return others.reduce((sum, one) => {
        const next = addLogisticSums(sum, one)
        assert.ok(next)
        return next
      }, first)
    })
    assert.ok(whole.ok && added.ok)
    for (const [index, coefficient] of whole.value.coefficients.entries()) {
      close(added.value.coefficients[index]?.value, coefficient.value)
      close(added.value.coefficients[index]?.standardError, coefficient.standardError)
    }
  })

  test('separation, constant outcomes and dependent columns are refused in words', async () => {
    const cases: readonly (readonly [Observations, string])[] = [
      [
        observations(
          ['x'],
          [1, 2, 3, 4, 5, 6].map((value) => [value, value > 3 ? 1 : 0]),
        ),
        'regression-separated',
      ],
      [
        observations(
          ['x'],
          [1, 2, 3, 4].map((value) => [value, 1]),
        ),
        'regression-outcome-constant',
      ],
      [
        observations(
          ['a', 'b'],
          hours.map((value, index) => [value, 3 * value, passed[index] ?? 0]),
        ),
        'regression-dependent-columns',
      ],
    ]
    for (const [data, code] of cases) {
      const scaling = scalingOf(data)
      const fit = await fitLogistic(data.columns, scaling, (at) => logisticSums(data, scaling, at))
      assert.ok(!fit.ok && fit.problem.code === code, code)
    }
  })
})

describe('survival', () => {
  // Freireich and others, Blood 21 (1963): weeks of remission of leukaemia under 6-mercaptopurine; + is censored.
  const remission = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'.split(' ')
  const counts = () => {
    const weeks = [...new Set(remission.map((one) => Number.parseInt(one, 10)))]
    return weeks.map((week) => ({
      step: week,
      events: remission.filter((one) => one === String(week)).length,
      censored: remission.filter((one) => one === `${week}+`).length,
    }))
  }

  test("Freireich's data give the published curve and Greenwood's errors", () => {
    const published = [
      [6, 0.857, 0.0764],
      [7, 0.807, 0.0869],
      [10, 0.753, 0.0963],
      [13, 0.69, 0.1068],
      [16, 0.627, 0.1141],
      [22, 0.538, 0.1282],
      [23, 0.448, 0.1346],
    ]
    const curve = kaplanMeier(counts())
    for (const [week, survival = 0, error = 0] of published) {
      const step = curve.find((one) => one.step === week)
      assert.equal(step?.survival.toFixed(3), survival.toFixed(3))
      assert.equal(step?.standardError.toFixed(4), error.toFixed(4))
    }
    assert.equal(medianStep(curve), 23)
    assert.equal(curve[0]?.atRisk, 21)
  })

  test('without censoring the curve is the share that is left, in any order of steps', () => {
    const steps = fc.uniqueArray(fc.record({ step: fc.nat(50), events: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      selector: (one) => one.step,
    })
    fc.assert(
      fc.property(steps, (events) => {
        const total = events.reduce((sum, one) => sum + one.events, 0)
        let left = total
        for (const one of kaplanMeier(events.map((step) => ({ ...step, censored: 0 })))) {
          left -= one.events
          assert.ok(Math.abs(one.survival - left / total) < 1e-12)
        }
      }),
    )
  })
})

describe('values', () => {
  const list = fc.array(
    fc.record({ value: fc.integer({ min: -40, max: 40 }), persons: fc.integer({ min: 1, max: 5 }) }),
  )
  const expanded = (values: readonly { readonly value: number; readonly persons: number }[]): number[] =>
    values.flatMap(({ value, persons }) => new Array<number>(persons).fill(value)).sort((left, right) => left - right)

  test('percentiles are those of the sorted list, with the persons beyond', () => {
    fc.assert(
      fc.property(list, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const merged = addValues(values, [])
        const sorted = expanded(values)
        const found = percentile(merged, share)
        if (sorted.length === 0) return assert.equal(found, undefined)
        const expected = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
        assert.deepEqual(found, {
          value: expected,
          below: sorted.filter((value) => value < expected).length,
          above: sorted.filter((value) => value > expected).length,
        })
      }),
    )
  })

  test('moments are those of the list, and the largest two are found', () => {
    fc.assert(
      fc.property(list, (values) => {
        const sorted = expanded(values)
        const moments = momentsOf(addValues(values, []))
        assert.equal(moments.persons, sorted.length)
        assert.equal(
          moments.sum,
          sorted.reduce((sum, value) => sum + value, 0),
        )
        assert.equal(
          moments.sumOfSquares,
          sorted.reduce((sum, value) => sum + value * value, 0),
        )
        assert.deepEqual(moments.largest, [sorted.at(-1) ?? 0, sorted.at(-2) ?? 0])
      }),
    )
  })
})

describe('rates', () => {
  test("Byar's interval agrees with the exact one of Poisson for ten events", () => {
    // Exact 95 % limits for 10 events: 4.795 and 18.39 (tables of Poisson).
    const rate = rateOf(10, 1000 * 365.25)
    close(rate?.perThousandPersonYears, 10)
    close(rate?.low, 4.795, 0.005)
    close(rate?.high, 18.39, 0.005)
  })

  test('no events have a rate of 0, no time has none', () => {
    assert.equal(rateOf(0, 365.25)?.low, 0)
    assert.equal(rateOf(3, 0), undefined)
  })
})

describe('tails', () => {
  test('of Student with one and two degrees of freedom, which have closed forms', () => {
    for (const value of [0, 0.1, 0.5, 1, 2, 5, 30, 400]) {
      close(twoSidedTail(value, 1), 1 - (2 / Math.PI) * Math.atan(value), 1e-9)
      close(twoSidedTail(-value, 2), 1 - value / Math.sqrt(2 + value * value), 1e-9)
    }
  })

  // Abramowitz and Stegun, Handbook of Mathematical Functions, tables 26.1 and 26.10.
  test('of the normal distribution, to which Student comes with many degrees of freedom', () => {
    close(twoSidedTail(1, Number.POSITIVE_INFINITY), 0.317310507862914, 1e-12)
    close(twoSidedTail(3, Number.POSITIVE_INFINITY), 0.00269979606326019, 1e-12)
    close(twoSidedTail(6, Number.POSITIVE_INFINITY), 1.97317529007539e-9, 1e-11)
    close(twoSidedTail(2, 1e7), twoSidedTail(2, Number.POSITIVE_INFINITY), 1e-5)
    assert.equal(twoSidedTail(Number.POSITIVE_INFINITY, 5), 0)
  })

  test('and quantiles that have them', () => {
    close(twoSidedQuantile(0.05, Number.POSITIVE_INFINITY), 1.95996398454005, 1e-12)
    for (const [degrees, tabled] of [
      [1, 12.706],
      [5, 2.571],
      [30, 2.042],
      [120, 1.98],
    ] as const)
      close(twoSidedQuantile(0.05, degrees), tabled, 3e-4)
  })
})

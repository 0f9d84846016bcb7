import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { barChart } from './bars.ts'
import { lineChart, thinned, ticksTo } from './lines.ts'

const frame = { id: 'p', title: 'Persons & more', description: 'From 0 to 5.' }

describe('pictures', () => {
  it('say what they show, escaped, without script and inline style', () => {
    const bars = [{ label: '<b>', value: 5, shown: '5' }]
    const markup = String(barChart({ ...frame, bars }))
    assert.match(markup, /<title id="p-title">Persons &amp; more<\/title><desc id="p-desc">From 0 to 5\.<\/desc>/)
    assert.ok(markup.includes('&lt;b&gt;') && !/<b>|style=|<script/.test(markup))
  })

  it('draw what is hidden otherwise than zero', () => {
    const bars = [
      { label: 'a', value: 0, shown: '0' },
      { label: 'b', value: undefined, shown: 'hidden' },
      { label: 'c', value: 8, shown: '8' },
    ]
    const markup = String(barChart({ ...frame, bars }))
    assert.deepEqual(markup.match(/class="(bar-fill|hidden-bar)" x="\d" y="\d+" width="[\d.]+%"/g), [
      'class="bar-fill" x="0" y="21" width="0%"',
      'class="hidden-bar" x="1" y="67" width="30%"',
      'class="bar-fill" x="0" y="113" width="100%"',
    ])
  })

  it('break a line where a value is hidden, and show a lonely point', () => {
    const points = [1, 2, undefined, 4, undefined].map((y, x) => ({ x, y }))
    const markup = String(lineChart({ ...frame, series: [{ label: 's', points }], across: [], up: [] }))
    assert.match(markup, /d="M0 750L250 500M750 0"/)
    assert.equal(markup.match(/<circle/g)?.length, 1)
    const steps = String(lineChart({ ...frame, series: [{ label: 's', points }], across: [], up: [], steps: true }))
    assert.match(steps, /d="M0 750H250V500M750 0"/)
  })

  it('never contain a number that is none', () => {
    const value = fc.option(
      fc.nat(1e9).map((number) => number / 1000),
      { nil: undefined },
    )
    fc.assert(
      fc.property(fc.array(value, { maxLength: 20 }), (values) => {
        const points = values.map((y, x) => ({ x, y }))
        const most = Math.max(0, ...values.map((one) => one ?? 0))
        const up = ticksTo(most, String)
        assert.ok(up.length <= 12 && (up.at(-1)?.at ?? 0) >= most * 0.999)
        const line = String(lineChart({ ...frame, series: [{ label: '', points }], across: [], up }))
        const bar = String(barChart({ ...frame, bars: values.map((one) => ({ label: 'x', value: one, shown: '' })) }))
        assert.doesNotMatch(line + bar, /NaN|Infinity/)
      }),
      { numRuns: 200 },
    )
  })

  it('thin out words that would run into each other', () => {
    const ticks = Array.from({ length: 13 }, (_, at) => ({ at, label: `${at}` }))
    assert.deepEqual(
      thinned(ticks).map(({ at }) => at),
      [0, 3, 6, 9, 12],
    )
  })
})

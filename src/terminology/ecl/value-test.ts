/** Comparing with what stands on the right of an attribute or of a member's column, when it is no concept. */
import { equals, orderTest, timeTest } from './component-filters.ts'
import { textTest, textTestSteps } from './search-term.ts'
import type { ConcreteValue } from './substrate.ts'
import type { Comparison } from './syntax.ts'

type ValueComparison = Exclude<Comparison, { readonly kind: 'constraint' }>

/** For an attribute's concrete value. A value of another kind satisfies no operator, `!=` neither. */
export function concreteTest(comparison: ValueComparison): (value: ConcreteValue) => boolean {
  switch (comparison.kind) {
    case 'number': {
      const fits = numberTest(comparison)
      return (value) => value.kind === 'number' && fits(value.value)
    }
    case 'string': {
      const fits = textTest(comparison.terms)
      return (value) => value.kind === 'string' && equals(comparison.operator, fits(value.value))
    }
    case 'boolean':
      return (value) => value.kind === 'boolean' && equals(comparison.operator, value.value === comparison.value)
    case 'time':
      return () => false
  }
}

/** For the text of a member's column. Text that is not of the kind asked for satisfies no operator. */
export function columnTest(comparison: ValueComparison): (text: string) => boolean {
  switch (comparison.kind) {
    case 'number': {
      const fits = numberTest(comparison)
      return (text) => NUMBER.test(text) && fits(Number(text))
    }
    case 'string': {
      const fits = textTest(comparison.terms)
      return (text) => equals(comparison.operator, fits(text))
    }
    case 'boolean':
      return (text) =>
        BOOLEAN.test(text) && equals(comparison.operator, /^(?:true|1)$/i.test(text) === comparison.value)
    case 'time': {
      const fits = timeTest(comparison)
      return (text) => DATE_OR_NONE.test(text) && fits(Number(text))
    }
  }
}

const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?$/
const BOOLEAN = /^(?:true|false|1|0)$/i
const DATE_OR_NONE = /^(?:[0-9]{8})?$/

function numberTest({ operator, values }: Comparison & { readonly kind: 'number' }): (value: number) => boolean {
  return orderTest(operator, values.map(Number))
}

/** What one test takes of a budget beyond looking at the row. */
export function comparisonSteps(comparison: Comparison): number {
  return comparison.kind === 'string' ? textTestSteps(comparison.terms) : 0
}

/** A regression over several nodes for a terminal: one line for each coefficient. */
import type { ToldRegression } from '#research/federation/regression/told.ts'

export function printModel(model: ToldRegression): void {
  console.log(`model of ${model.inside.join(', ') || 'nobody yet'}`)
  if (model.state === 'fitting') console.log(`  in round ${model.round}`)
  if (model.state !== 'fitted') return
  for (const { name, value, standardError, low, high, p } of model.coefficients) {
    console.log(`  ${name}: ${value}, standard error ${standardError}, 95 % ${low} to ${high}, p ${p}`)
  }
  if (model.references.length > 0) console.log(`  compared with ${model.references.join(', ')}`)
}

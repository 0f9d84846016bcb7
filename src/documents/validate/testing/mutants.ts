/** Makes mutants of valid examples, the same ones for the same seed. */
import type { Example } from './definitions.ts'
import { INVARIANT_MUTATIONS } from './invariant-mutations.ts'
import { type Broken, MUTATIONS } from './mutations.ts'
import { isLoose, type Loose } from './places.ts'
import { createRandom } from './random.ts'

export interface Mutant extends Broken {
  readonly kind: string
  readonly file: string
  readonly resource: Loose
}

/** `count` mutants; every kind of mutation in turn, on randomly chosen examples. */
export function mutantsOf(examples: readonly Example[], count: number, seed: number): readonly Mutant[] {
  const random = createRandom(seed)
  const mutations = [...MUTATIONS, ...INVARIANT_MUTATIONS]
  const mutants: Mutant[] = []
  for (let turn = 0; mutants.length < count && turn < count * 20; turn++) {
    const mutation = mutations[turn % mutations.length]
    const example = random.pick(examples)
    if (!mutation || !example) break
    const resource: unknown = structuredClone(example.resource)
    if (!isLoose(resource)) continue
    const broken = mutation.apply(resource, random)
    if (!broken || JSON.stringify(resource) === JSON.stringify(example.resource)) continue
    mutants.push({ kind: mutation.kind, file: example.file, resource, ...broken })
  }
  return mutants
}

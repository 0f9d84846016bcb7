/** Which of our forms an `Accept` header asks for (RFC 9110, 12.5.1). */
import { formatOf, type RdfFormat } from '../rdf/read.ts'

const PREFERRED: readonly (readonly [string, RdfFormat])[] = [
  ['text/turtle', 'turtle'],
  ['application/ld+json', 'json-ld'],
  ['application/rdf+xml', 'rdf-xml'],
]

/** Turtle when anything goes; nothing when none of ours will do. */
export function acceptedFormat(accept: string | null): RdfFormat | undefined {
  if (accept === null || accept.trim() === '') return 'turtle'
  const wishes = accept.split(',').map(wishOf)
  const weighed = PREFERRED.map(([type, format]) => ({ format, quality: qualityOf(wishes, type, format) }))
  const best = Math.max(...weighed.map(({ quality }) => quality))
  return best > 0 ? weighed.find(({ quality }) => quality === best)?.format : undefined
}

interface Wish {
  readonly range: string
  readonly quality: number
}

function wishOf(text: string): Wish {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)
  return { range, quality: Number.isFinite(quality) ? quality : 0 }
}

/** The most exact wish counts. */
function qualityOf(wishes: readonly Wish[], type: string, format: RdfFormat): number {
  const exact = wishes.find(({ range }) => formatOf(range) === format)
  const group = wishes.find(({ range }) => range === `${type.split('/')[0]}/*`)
  return (exact ?? group ?? wishes.find(({ range }) => range === '*/*'))?.quality ?? 0
}

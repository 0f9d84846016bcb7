/** Whatever chance makes of a genuine message: it is refused, or it says exactly what was signed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { child } from '#platform/xml/access.ts'
import { parseXml } from '#platform/xml/parse.ts'
import { envelope, expectation, signedScene, verdictOn } from './testing/scene.ts'
import { verifyAssertions } from './verify-assertions.ts'

const SCENE = signedScene()
const MESSAGE = envelope(SCENE.kin, SCENE.hcp, SCENE.trc)
const TAGS = [...MESSAGE.matchAll(/<[^>]+>/g)].map(({ index, 0: tag }) => ({ from: index, to: index + tag.length }))
const PIECES = [
  '', ' ', '\n', '<!-- c -->', '<?p i?>', '<![CDATA[x]]>', '&#65;', 'A', '0', '"', '<x/>', '</saml2:Issuer>', ' ID="_1"', ' xmlns="urn:x"', ' xmlns:saml2="urn:x"', ' a="b"', '\u00a0', 'é',
] // biome-ignore format: a list

/** Puts a piece somewhere, or moves, doubles or removes what stands between two tags. */
const change = fc.oneof(
  fc.record({ at: fc.nat({ max: MESSAGE.length }), remove: fc.nat({ max: 3 }), put: fc.constantFrom(...PIECES) }).map(
    ({ at, remove, put }) =>
      (text: string) =>
        text.slice(0, at) + put + text.slice(at + remove),
  ),
  fc
    .record({
      first: fc.nat({ max: TAGS.length - 1 }),
      length: fc.nat({ max: 6 }),
      target: fc.nat({ max: TAGS.length - 1 }),
      keep: fc.boolean(),
    })
    .map(({ first, length, target, keep }) => (text: string) => {
      const [from, to] = [TAGS[first]?.from ?? 0, TAGS[Math.min(first + length, TAGS.length - 1)]?.to ?? 0]
      const part = text.slice(from, to)
      const rest = keep ? text : text.slice(0, from) + text.slice(to)
      const at = TAGS[target]?.to ?? 0
      return rest.slice(0, at) + part + rest.slice(at)
    }),
)

test('a changed message is refused, or says what was signed', async () => {
  const genuine = await verdictOn(MESSAGE)
  assert.ok(genuine.ok)
  let accepted = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const text = changes.reduce((before, apply) => apply(before), MESSAGE)
      const parsed = parseXml(Buffer.from(text))
      if (!parsed.ok) return
      const message = parsed.value.root
      const security = child(child(message, 'Header'), 'Security')
      if (security === undefined) return
      const verdict = await verifyAssertions(security, expectation({ message, needsTrc: false }))
      if (!verdict.ok) {
        refused++
        return
      }
      accepted++
      const { hcp, trc, nextOfKin } = verdict.value
      assert.deepEqual(hcp, genuine.value.hcp)
      if (trc !== undefined) assert.deepEqual(trc, genuine.value.trc)
      if (nextOfKin !== undefined) assert.deepEqual(nextOfKin, genuine.value.nextOfKin)
    }),
    { numRuns: 6000 },
  )
  // Both must happen, or this shows nothing: comments and white space outside signed parts change nothing.
  assert.ok(accepted > 20 && refused > 200, `${accepted} accepted, ${refused} refused`)
})

/** Fields named as JavaScript names what every object inherits are fields like any other: they change nothing else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quietTerminology } from '../render/test-terminology.ts'
import { readFhir } from './read-fhir.ts'

const HOSTILE =
  '"__proto__":{"polluted":"yes","criticality":"high","text":"x"},"constructor":{"prototype":{"polluted":"yes"}}'

const DOCUMENT = `{"resourceType":"Bundle","type":"document",${HOSTILE},"entry":[
{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Composition","status":"final",${HOSTILE},"title":"Summary","date":"2026-01-01",
"type":{"coding":[{"system":"http://loinc.org","code":"60591-5","__proto__":{"display":"other"}}]},
"subject":{"reference":"urn:uuid:2"},"author":[{"display":"A"}],
"section":[{"title":"Allergies","code":{"coding":[{"system":"http://loinc.org","code":"48765-2"}]},"entry":[{"reference":"urn:uuid:3"}],${HOSTILE}}]}},
{"fullUrl":"urn:uuid:2","resource":{"resourceType":"Patient","__proto__":{"birthDate":"1900-01-01"},"name":[{"family":"Real"}]}},
{"fullUrl":"urn:uuid:3","resource":{"resourceType":"AllergyIntolerance",${HOSTILE},"patient":{"reference":"urn:uuid:2"},"code":{"text":"Nuts"}}}]}`

test('names of a prototype reach no other object and lend nothing to their own', () => {
  const read = readFhir(Buffer.from(DOCUMENT), { terminology: quietTerminology })
  assert.ok(read.ok)
  assert.equal('polluted' in {}, false)
  const resources = (read.value.bundle.entry ?? []).flatMap(({ resource }) => resource ?? [])
  const written = (type: string, field: string): unknown => {
    const resource = resources.find(({ resourceType }) => resourceType === type)
    return resource && Reflect.get(resource, field)
  }
  assert.equal(written('AllergyIntolerance', 'criticality'), undefined)
  assert.equal(written('Patient', 'birthDate'), undefined)
  assert.deepEqual(written('AllergyIntolerance', 'code'), { text: 'Nuts' })
  for (const resource of resources) assert.equal(Object.getPrototypeOf(resource), Object.prototype)
})

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import type { OperationCall, ParameterEntry, TerminologyHandlers } from '#wire/terminology/handlers.ts'
import { answerOthers, askingFirst, leansOnEarlierCalls } from './shared-calls.ts'

const call = (operation: string, ...parameter: readonly ParameterEntry[]): OperationCall => ({
  operation,
  parameters: { resourceType: 'Parameters', parameter },
  fhirVersion: 'R5',
})

const named = (name: string): TerminologyHandlers => ({
  operation: ({ operation }) => {
    if (operation === 'closure' && name === 'breaks') throw new Error('inside')
    return { status: 200, resource: { resourceType: 'Parameters', answeredBy: name, operation } }
  },
  read: () => ({ status: 404, resource: { resourceType: 'OperationOutcome' } }),
  search: () => ({ status: 200, resource: { resourceType: 'Bundle' } }),
  capabilityStatement: () => ({ resourceType: 'CapabilityStatement' }),
  terminologyCapabilities: () => ({ resourceType: 'TerminologyCapabilities' }),
})

test('only calls that lean on earlier ones go to the first thread', () => {
  assert.ok(leansOnEarlierCalls(call('closure')))
  assert.ok(leansOnEarlierCalls(call('expand', { name: 'cache-id', valueId: 'x' })))
  assert.ok(!leansOnEarlierCalls(call('expand', { name: 'url', valueUri: 'x' })))
})

test('the first thread answers for the others, in any order, and says when it cannot', async () => {
  const { port1, port2 } = new MessageChannel()
  after(() => port1.close())
  let first = named('first')
  const errors: unknown[] = []
  answerOthers(
    port1,
    () => first,
    (error) => errors.push(error),
  )
  const asking = askingFirst(() => named('second'))
  asking.connect(port2)
  const second = asking.handlers
  const by = async (asked: OperationCall) => (await second.operation(asked)).resource.answeredBy
  assert.equal(await by(call('lookup')), 'second')
  const answers = await Promise.all([by(call('closure')), by(call('expand', { name: 'cache-id' })), by(call('lookup'))])
  assert.deepEqual(answers, ['first', 'first', 'second'])
  first = named('breaks')
  await assert.rejects(async () => second.operation(call('closure')))
  assert.equal(errors.length, 1)
  assert.equal(await by(call('expand', { name: 'cache-id' })), 'breaks')
})

test('what asks a thread that has ended is told at once, and never answered from its own tables', async () => {
  const { port1, port2 } = new MessageChannel()
  const asking = askingFirst(() => named('second'))
  asking.connect(port2)
  const waiting = assert.rejects(async () => asking.handlers.operation(call('closure')), /went away/)
  port1.close()
  await waiting
  await assert.rejects(async () => asking.handlers.operation(call('closure')), /went away/)
  assert.equal((await asking.handlers.operation(call('lookup'))).resource.answeredBy, 'second')
})

test('calls that wait for a first thread that went away are told, and the next one answers', async () => {
  const [gone, fresh] = [new MessageChannel(), new MessageChannel()]
  after(() => {
    gone.port1.close()
    fresh.port1.close()
  })
  const asking = askingFirst(() => named('second'))
  asking.connect(gone.port2)
  const waiting = assert.rejects(async () => asking.handlers.operation(call('closure')))
  answerOthers(
    fresh.port1,
    () => named('fresh'),
    () => undefined,
  )
  asking.connect(fresh.port2)
  await waiting
  assert.equal((await asking.handlers.operation(call('closure'))).resource.answeredBy, 'fresh')
})

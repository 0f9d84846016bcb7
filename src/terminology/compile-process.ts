/** Compiles in a process of its own, so that the memory it takes is given back and a node stays responsive. */
import { compileTerminology } from './compile.ts'
import { readOrder } from './compile-order.ts'

process.once('message', (message) => {
  const order = readOrder(message)
  compileTerminology(order.sources, order.file, (step) => process.send?.({ step })).then(
    () => process.disconnect?.(),
    (error: unknown) => {
      process.send?.({ failure: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
    },
  )
})

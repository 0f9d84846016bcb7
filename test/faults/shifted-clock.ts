/** Loaded before a node (`--import`): at SIGUSR2 its clock jumps by `TEST_CLOCK_SHIFT_MS` milliseconds. */
const RealDate = Date
let shift = 0
process.on('SIGUSR2', () => {
  shift = Number(process.env.TEST_CLOCK_SHIFT_MS)
})

globalThis.Date = new Proxy(RealDate, {
  construct: (target, parts: unknown[], wanted) =>
    Reflect.construct(target, parts.length === 0 ? [RealDate.now() + shift] : parts, wanted),
  apply: () => new RealDate(RealDate.now() + shift).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => RealDate.now() + shift : Reflect.get(target, name, receiver),
})

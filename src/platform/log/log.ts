/**
 * Logs without personal data by construction: a line is the name of an event and a flat record of known keys.
 * There is no way to log a sentence, an object, a path with its query or the message of an exception.
 */
import { type DestinationStream, pino } from 'pino'

/** Every key that may appear. A new one is added here, after asking whether a person could be recognised by it. */
export const LOG_KEYS = [
  'attempt',
  'bytes',
  'code',
  'count',
  'country',
  'dialect',
  'durationMs',
  'exitCode',
  'host',
  'kind',
  'method',
  'migration',
  'part',
  'peer',
  'pid',
  'port',
  'requestId',
  'role',
  'route',
  'sequence',
  'service',
  'signal',
  'status',
  'version',
] as const

export type LogKey = (typeof LOG_KEYS)[number]
export type LogFields = Readonly<Partial<Record<LogKey, string | number | boolean>>>
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  /** An unexpected exception: its class, code and the places of its stack; its message may hold personal data and stays out. */
  failure(event: string, error: unknown, fields?: LogFields): void
  /** The same log with fields on every line, e.g. the request's id. */
  with(fields: LogFields): Log
}

export interface LogOptions {
  readonly level: LogLevel
  /** The node that writes, e.g. `PT`. */
  readonly name: string
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream
}

const ALLOWED: ReadonlySet<string> = new Set(LOG_KEYS)
const LONGEST_TEXT = 200
/** Events are names, not sentences: `request-answered`. */
const EVENT = /^[a-z][a-z0-9-]{0,63}$/

/** One JSON line per event: `{"level":"info","time":"…","name":"PT","event":"request-answered","status":200}`. */
export function createLog(options: LogOptions): Log {
  const settings = {
    level: options.level,
    base: { name: options.name },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const writer = options.destination ? pino(settings, options.destination) : pino(settings)
  const log = (bound: LogFields): Log => {
    const write = (level: Exclude<LogLevel, 'silent'>, event: string, fields: object) => {
      writer[level]({ event: EVENT.test(event) ? event : 'event-without-a-name', ...bound, ...fields })
    }
    return {
      debug: (event, fields) => write('debug', event, allowed(fields)),
      info: (event, fields) => write('info', event, allowed(fields)),
      warn: (event, fields) => write('warn', event, allowed(fields)),
      error: (event, fields) => write('error', event, allowed(fields)),
      failure: (event, error, fields) => write('error', event, { ...allowed(fields), ...placesOf(error) }),
      with: (fields) => log({ ...bound, ...allowed(fields) }),
    }
  }
  return log({})
}

/** Types keep the rest out while writing; this keeps it out of values that come from elsewhere. */
function allowed(fields: LogFields = {}): LogFields {
  const entries = Object.entries(fields)
    .filter(([key, value]) => ALLOWED.has(key) && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : value])
  return Object.fromEntries(entries)
}

function placesOf(error: unknown): { readonly error: string; readonly errorCode?: string; readonly stack?: string[] } {
  if (!(error instanceof Error)) return { error: typeof error }
  const code = 'code' in error ? error.code : undefined
  const stack = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return {
    error: error.constructor.name,
    ...(typeof code === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(code) ? { errorCode: code } : {}),
    stack: stack.map((line) => line.trim()),
  }
}

/** Wraps a Kysely driver so that failures of the database itself come out as problems in words. */
import type { CompiledQuery, DatabaseConnection, Dialect, Driver } from 'kysely'
import { describeDatabaseError } from './problems.ts'

export function describing(dialect: Dialect, place: string): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => describingDriver(dialect.createDriver(), place),
    createIntrospector: (kysely) => dialect.createIntrospector(kysely),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

function describingDriver(driver: Driver, place: string): Driver {
  const inner = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const unwrapped = (connection: DatabaseConnection) => inner.get(connection) ?? connection
  const described = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw describeDatabaseError(error, place)
    }
  }
  const wrapped = (connection: DatabaseConnection): DatabaseConnection => {
    const outer: DatabaseConnection = {
      executeQuery: <R>(query: CompiledQuery) => described(() => connection.executeQuery<R>(query)),
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    }
    inner.set(outer, connection)
    return outer
  }
  return {
    init: () => described(() => driver.init()),
    acquireConnection: async () => wrapped(await described(() => driver.acquireConnection())),
    releaseConnection: (connection) => described(() => driver.releaseConnection(unwrapped(connection))),
    beginTransaction: (connection, settings) =>
      described(() => driver.beginTransaction(unwrapped(connection), settings)),
    commitTransaction: (connection) => described(() => driver.commitTransaction(unwrapped(connection))),
    rollbackTransaction: (connection) => described(() => driver.rollbackTransaction(unwrapped(connection))),
    savepoint: async (connection, name, compile) => driver.savepoint?.(unwrapped(connection), name, compile),
    rollbackToSavepoint: async (connection, name, compile) =>
      driver.rollbackToSavepoint?.(unwrapped(connection), name, compile),
    releaseSavepoint: async (connection, name, compile) =>
      driver.releaseSavepoint?.(unwrapped(connection), name, compile),
    destroy: () => driver.destroy(),
  }
}

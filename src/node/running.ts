/** What every started node gives back: how to stop it. */
export interface RunningNode {
  /** Stops taking requests, lets those under way end, closes stores. */
  stop(): Promise<void>
}

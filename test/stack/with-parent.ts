import { isMainThread } from 'node:worker_threads'

/** Time to stop in good order; nobody reads the pipes any more, so that even a word to them may fail. */
const STOP_MS = 10_000

// Loaded before one of our programs that another of them started: ends it with that one, however that one ends. A process that is
// killed tells nobody, but the system closes its end of our standard input.
if (isMainThread) {
  process.stdin.once('close', () => {
    setTimeout(() => process.exit(1), STOP_MS)
    process.kill(process.pid, 'SIGTERM')
  })
  process.stdin.resume()
  process.stdin.unref()
}

import { parentPort } from 'node:worker_threads'
import { messageOf } from '@tillwatch/shared'
import type { Played, Task } from './players.ts'
import { play } from './world.ts'

/** A thread that plays one world after another for `Players`. */
parentPort?.on('message', ({ seed, weeks }: Task) => {
  const tell = (played: Played): void => parentPort?.postMessage(played)
  play(seed, weeks).then(
    outcome => tell({ outcome }),
    (thrown: unknown) =>
      tell({ failure: thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown) }),
  )
})

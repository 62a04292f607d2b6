import { type Clock, type Component, type Logger, RULE_FILE_BYTES_MAX } from '@tillwatch/shared'
import { problemLine } from '../rulebook/rule-keeper.ts'
import { createWatchedFiles, type FileText, readFileText, stampOfFiles } from '../watched-files.ts'
import type { RouteKeeping, RouteState } from './route-keeper.ts'

/** The files of routes as they lie on the disk, by absolute path, in order. */
export const readRouteFiles = (paths: readonly string[]): Promise<readonly FileText[]> =>
  Promise.all(paths.map(path => readFileText(path, path, RULE_FILE_BYTES_MAX)))

/** Sees to it that the routes in force are those on the disk. Lives in the main thread. */
export interface RouteDesk extends Component {
  /** Reads the files anew; while one of them is wrong, what was taken last goes on. */
  reload(): Promise<RouteState>
  /** Names of files that do not count as they lie on the disk. Known after `start`. */
  readonly refused: readonly string[]
}

export interface RouteDeskOptions {
  readonly files: readonly string[]
  readonly keeping: RouteKeeping
  readonly clock: Clock
  readonly log: Logger
}

/** The desk over the configured files. */
export function createRouteDesk({ files, keeping, clock, log }: RouteDeskOptions): RouteDesk {
  let current: RouteState | null = null
  const took = (state: RouteState): RouteState => {
    current = state
    if (state.problems.length > 0) {
      log.error(
        { problems: state.problems.map(problemLine) },
        'the files of routes are not taken: the earlier ones go on',
      )
    }
    return state
  }
  const load = async (): Promise<RouteState> => took(await keeping.load(await readRouteFiles(files), clock.now()))
  const watched = createWatchedFiles({ name: 'route files', stamp: () => stampOfFiles(files), load, clock, log })
  return {
    ...watched,
    start: async () => {
      took(await keeping.state())
      await watched.start()
    },
    get refused() {
      return [...new Set(current?.problems.map(({ file }) => file))]
    },
  }
}

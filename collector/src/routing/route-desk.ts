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
  /** Nothing goes to any desk until the files are put right. */
  readonly isSilent: boolean
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
    const problems = state.problems.map(problemLine)
    const isNews = problems.join('\n') !== current?.problems.map(problemLine).join('\n')
    current = state
    if (problems.length > 0 && isNews) {
      log.error(
        { problems },
        state.isSilent
          ? 'the files of routes are not taken, and there are no earlier ones: desks hear of no new incident until they are'
          : 'the files of routes are not taken: the earlier ones go on',
      )
    }
    return state
  }
  const load = async (): Promise<RouteState> => took(await keeping.load(await readRouteFiles(files), clock.now()))
  const watched = createWatchedFiles({ name: 'route files', stamp: () => stampOfFiles(files), load, clock, log })
  return {
    ...watched,
    start: async () => {
      // Read once more: what is owed to desks goes with it.
      await load()
      await watched.start()
    },
    get refused() {
      return [...new Set(current?.problems.map(({ file }) => file))]
    },
    get isSilent() {
      return current?.isSilent ?? false
    },
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What Node has compiled of our programs: suites start hundreds of them, and each would compile everything anew. */
const COMPILED = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') }

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Called with every line that the child prints, on either stream. */
  readonly onLine?: (line: string) => void
}

/** One of our programs as a real process, stopped by its own id and by nothing else. */
export interface Child {
  readonly pid: number
  /** Lines printed so far on both streams; the last 2,000. */
  readonly lines: readonly string[]
  /** Resolves with the first line, past or to come, that matches; rejects when the process ends or the time is over. */
  line(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** Resolves when the process has ended, with its exit code or the name of the signal. */
  readonly ended: Promise<number | string>
  /** Asks it to stop and waits; kills it after `graceMs`. */
  stop(graceMs?: number): Promise<number | string>
  /** Ends it at once, as a power cut does. */
  kill(): Promise<number | string>
}

const LINES_KEPT = 2_000

const WITH_PARENT = new URL('./with-parent.ts', import.meta.url).href

/** Starts `node ARGS` in the root of the checkout with the Node that runs this program. It ends when this program does, even by a kill. */
export const startNode = (args: readonly string[], options: ChildOptions = {}): Child =>
  start(process.execPath, ['--import', WITH_PARENT, ...args], 'pipe', options)

/** Starts a program in the root of the checkout. */
export const startProgram = (program: string, args: readonly string[], options: ChildOptions = {}): Child =>
  start(program, args, 'ignore', options)

function start(program: string, args: readonly string[], stdin: 'pipe' | 'ignore', options: ChildOptions): Child {
  const child = spawn(program, [...args], {
    cwd: root,
    env: { ...COMPILED, ...process.env, ...options.env },
    stdio: [stdin, 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in a terminal reaches this program, which then stops its children in order.
    detached: process.platform !== 'win32',
  })
  return watch(child, args.join(' '), options)
}

function watch(child: ChildProcess, name: string, options: ChildOptions): Child {
  const lines: string[] = []
  const waiting = new Set<(line: string) => void>()
  const take = (line: string): void => {
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
    options.onLine?.(line)
    for (const wait of waiting) wait(line)
  }
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', take)
  const ended = new Promise<number | string>(resolve => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1))
    child.once('error', error => resolve(error.message))
  })
  const line = (pattern: RegExp, timeoutMs = 30_000): Promise<string> => {
    const past = lines.find(printed => pattern.test(printed))
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        waiting.delete(look)
        clearTimeout(timer)
        act()
      }
      const tail = (): string => lines.slice(-20).join('\n')
      const look = (printed: string): void => {
        if (pattern.test(printed)) finish(() => resolve(printed))
      }
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${name}: no ${pattern} within ${timeoutMs} ms\n${tail()}`))),
        timeoutMs,
      )
      waiting.add(look)
      void ended.then(outcome =>
        finish(() => reject(new Error(`${name} ended with ${outcome} before ${pattern}\n${tail()}`))),
      )
    })
  }
  const stop = async (graceMs = 10_000): Promise<number | string> => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    const outcome = await ended
    clearTimeout(timer)
    return outcome
  }
  return {
    pid: child.pid ?? -1,
    lines,
    line,
    ended,
    stop,
    kill: () => {
      child.kill('SIGKILL')
      return ended
    },
  }
}

/** Runs one of our commands to its end; rejects with what it printed unless it succeeds. */
export async function runNode(args: readonly string[], options: ChildOptions = {}): Promise<readonly string[]> {
  const child = startNode(args, options)
  const outcome = await child.ended
  if (outcome !== 0) throw new Error(`${args.join(' ')} ended with ${outcome}\n${child.lines.join('\n')}`)
  return child.lines
}

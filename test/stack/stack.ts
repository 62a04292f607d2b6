import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Child, type ChildOptions, runNode, startNode } from './child-process.ts'
import { freePort } from './free-port.ts'

export interface StackOptions {
  /** Folder of everything that the stack writes; must be empty or absent. */
  readonly folder: string
  readonly httpPort?: number
  /** Override packs for the rules, as paths. */
  readonly overrides?: readonly string[]
  /** Folder of the customer's rules, as a path. */
  readonly rulesDir?: string
  /** Files of service level policies, as paths. */
  readonly policies?: readonly string[]
  /** Desks as in the collector's configuration. */
  readonly desks?: readonly Record<string, unknown>[]
  /** The register's port as the agent names it; absent: a simulated register on a pty, or TCP where there is none. */
  readonly registerPort?: string
  readonly driver?: string
  readonly pollIntervalS?: number
  /** Logs of other programs as in the agent's configuration. */
  readonly logs?: readonly Record<string, unknown>[]
  /** Gets every line that any of the processes prints. */
  readonly onLine?: (process: 'collector' | 'agent' | 'register', line: string) => void
  readonly env?: Readonly<Record<string, string>>
}

export const TERMINAL = { agent: 'demo-till-1', site: 'cafe-tverskaya' } as const

/** The directory of the stack's small world: one client, one entity, one site, one terminal. */
const DIRECTORY = {
  clients: [{ code: 'vkusno', name: 'Вкусно и рядом' }],
  legal_entities: [{ client: 'vkusno', name: 'ООО «Вкусно и рядом»', inn: '7709990008' }],
  sites: [
    {
      code: TERMINAL.site,
      client: 'vkusno',
      name: 'Кафе на Тверской',
      address: 'г. Москва, ул. Тверская, д. 7',
      timezone: 'Europe/Moscow',
      hours: '24/7',
      class: 'B',
      contact: 'Администратор зала, +7 495 000-00-00',
    },
  ],
  terminals: [{ code: 'till-1', site: TERMINAL.site, name: 'Касса 1', agent: TERMINAL.agent, inn: '7709990008' }],
}

/** The whole product as real processes on this machine, each of which can be stopped, killed and started again alone. */
export interface Stack {
  readonly folder: string
  readonly url: string
  readonly stateFile: string
  readonly simulatorLog: string
  readonly collectorConfig: string
  readonly agentConfig: string
  /** Where the agent finds the register; known after `startRegister`. */
  readonly registerPort: () => string
  startRegister(): Promise<Child | null>
  startCollector(env?: Readonly<Record<string, string>>): Promise<Child>
  /** Starts it without waiting for anything: it may die before it is ready. */
  launchCollector(env?: Readonly<Record<string, string>>): Child
  /** Directory and identity; needs nothing running. */
  enrol(): Promise<void>
  startAgent(env?: Readonly<Record<string, string>>): Promise<Child>
  /** One-time link of the first administrator. */
  loginLink(): Promise<string>
  /** Stops whatever runs, in the order in which people would. */
  stop(): Promise<void>
}

const COLLECTOR = 'collector/src/main.ts'
const AGENT = 'agent/src/main.ts'

/** Holidays of every year that a test may run in: that a coming one is not known yet would be an incident of its own. */
const CALENDARS = {
  holidays: [
    {
      id: 'ru',
      fixed: ['01-01'],
      years: Object.fromEntries(Array.from({ length: 30 }, (_, index) => [2025 + index, {}])),
    },
  ],
}

export async function createStack(options: StackOptions): Promise<Stack> {
  const file = (name: string): string => join(options.folder, name)
  mkdirSync(options.folder, { recursive: true })
  const httpPort = await freePort(options.httpPort)
  const brokerPort = await freePort()
  const url = `http://127.0.0.1:${httpPort}`
  const stateFile = file('register-state.json')
  const simulatorLog = file('register-commands.jsonl')
  const collectorConfig = file('collector.yaml')
  const agentConfig = file('agent.yaml')
  const running: Partial<Record<'collector' | 'agent' | 'register', Child>> = {}
  let registerPort = options.registerPort ?? ''

  writeFileSync(
    collectorConfig,
    stringify({
      data_dir: './collector',
      broker: { listen: `127.0.0.1:${brokerPort}` },
      http: { listen: `127.0.0.1:${httpPort}`, public_url: url },
      overrides: options.overrides ?? [],
      ...(options.rulesDir === undefined ? {} : { rules_dir: options.rulesDir }),
      calendars: ['./calendars.yaml'],
      policies: options.policies ?? [],
      desks: options.desks ?? [],
    }),
  )
  writeFileSync(file('calendars.yaml'), stringify(CALENDARS))
  writeFileSync(file('directory.yaml'), stringify(DIRECTORY))
  writeFileSync(stateFile, '{}')

  const launch = (
    name: 'collector' | 'agent' | 'register',
    args: string[],
    env?: Readonly<Record<string, string>>,
  ): Child => {
    const childOptions: ChildOptions = { env: { ...options.env, ...env }, onLine: line => options.onLine?.(name, line) }
    const child = startNode(args, childOptions)
    running[name] = child
    void child.ended.then(() => {
      if (running[name] === child) delete running[name]
    })
    return child
  }

  const launchCollector: Stack['launchCollector'] = env =>
    launch('collector', [COLLECTOR, 'collector', '--config', collectorConfig], env)

  return {
    folder: options.folder,
    url,
    stateFile,
    simulatorLog,
    collectorConfig,
    agentConfig,
    registerPort: () => registerPort,
    async startRegister() {
      if (options.registerPort !== undefined) return null
      const child = launch('register', [
        'test/simulators/main.ts',
        ...['register', '--protocol', 'shtrih-m', '--pty', file('register-tty'), '--listen', 'tcp://127.0.0.1:0'],
        ...['--state', stateFile, '--log', simulatorLog],
      ])
      const ready = JSON.parse(await child.line(/"ready":\s*true/)) as { tcp?: string; pty?: string }
      registerPort = ready.pty ?? ready.tcp ?? ''
      return child
    },
    async startCollector(env) {
      const child = launchCollector(env)
      await child.line(/collector is ready/)
      return child
    },
    launchCollector,
    async enrol() {
      await runNode([COLLECTOR, 'import', '--config', collectorConfig, file('directory.yaml')])
      const place = ['--id', TERMINAL.agent, '--site', TERMINAL.site, '--out', file('identity.json')]
      await runNode([COLLECTOR, 'agent', 'add', '--config', collectorConfig, ...place])
    },
    async startAgent(env) {
      writeFileSync(
        agentConfig,
        stringify({
          identity: './identity.json',
          data_dir: './agent',
          registers: [
            {
              slot: 'register-1',
              driver: options.driver ?? 'shtrih-m',
              port: registerPort,
              interval_s: options.pollIntervalS ?? 5,
            },
          ],
          host: { interval_s: 15 },
          logs: options.logs ?? [],
          heartbeat: { interval_s: 15 },
          // A fleet spreads its return over a minute; one agent has nobody to wait for.
          uplink: { reconnect_s: 1, keepalive_s: 5 },
        }),
      )
      return launch('agent', [AGENT, 'run', '--config', agentConfig], env)
    },
    async loginLink() {
      const lines = await runNode([COLLECTOR, 'login-link', '--config', collectorConfig])
      const link = lines.join('\n').match(/https?:\/\/\S+/)?.[0]
      if (!link) throw new Error(`no link in: ${lines.join('\n')}`)
      return link
    },
    async stop() {
      for (const name of ['agent', 'register', 'collector'] as const) await running[name]?.stop()
    },
  }
}

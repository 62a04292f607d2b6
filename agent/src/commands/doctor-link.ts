import { lookup } from 'node:dns/promises'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IdentityFile } from '@tillwatch/shared'
import { connectAsync } from 'mqtt'
import { type Words, words, wordsOf } from '../words.ts'
import type { Check } from './doctor-check.ts'

const STEP_TIMEOUT_MS = 5_000
/** MQTT over TLS by registration with IANA. */
const PORT = 8883

/** Name, connection, encryption and, unless the agent runs, the login: stops at the first that fails. */
export async function checkLink(identity: IdentityFile, isRunning: boolean): Promise<Check[]> {
  const url = new URL(identity.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || PORT)
  const steps: readonly LinkStep[] = [
    {
      id: 'link:dns',
      run: () => lookup(host),
      done: words(`Имя ${host} известно`, `The name ${host} is known`),
      next: words(
        'Проверьте адрес в файле агента и DNS на этом ПК',
        'Check the address in the identity file and the DNS of this PC',
      ),
    },
    {
      id: 'link:tcp',
      run: () => reach(host, port),
      done: words(`Порт ${port} коллектора открыт`, `Port ${port} of the collector is open`),
      next: words(
        'Проверьте, что коллектор запущен и межсетевой экран пропускает порт',
        'Check that the collector runs and that the firewall lets the port through',
      ),
    },
    {
      id: 'link:tls',
      run: () => secure(host, port, identity.ca),
      done: words('Сертификат коллектора верен', 'The collector’s certificate is right'),
      next: words(
        'Получите у коллектора новый файл агента; проверьте часы ПК',
        'Get a new identity file from the collector; check the clock of this PC',
      ),
    },
    ...(isRunning ? [] : [loginStep(identity)]),
  ]
  const checks: Check[] = []
  for (const step of steps) {
    const check = await take(step)
    checks.push(check)
    if (check.status === 'fail') break
  }
  return checks
}

interface LinkStep {
  readonly id: string
  readonly run: () => Promise<unknown>
  readonly done: Words
  readonly next: Words
}

async function take({ id, run, done, next }: LinkStep): Promise<Check> {
  try {
    await run()
    return { id, status: 'ok', text: done }
  } catch (thrown) {
    const why = wordsOf(thrown)
    return {
      id,
      status: 'fail',
      text: words(`Нет связи с коллектором: ${why.ru}`, `No link to the collector: ${why.en}`),
      nextStep: next,
    }
  }
}

/** Logs in and out without a word. Not while the agent runs: a broker ends the older connection of the same name. */
const loginStep = ({ url, agent, secret, ca }: IdentityFile): LinkStep => ({
  id: 'link:login',
  run: async () => {
    const options = {
      clientId: agent,
      username: agent,
      password: secret,
      ca,
      protocolVersion: 4,
      reconnectPeriod: 0,
    } as const
    const client = await connectAsync(url, { ...options, connectTimeout: STEP_TIMEOUT_MS }, false)
    await client.endAsync()
  },
  done: words('Коллектор принимает этого агента', 'The collector lets this agent in'),
  next: words(
    `Получите у коллектора новый файл агента для ${agent}: этот неизвестен или отозван`,
    `Get a new identity file for ${agent} from the collector: this one is unknown or revoked`,
  ),
})

function reach(host: string, port: number): Promise<void> {
  const socket = connectTcp({ host, port, timeout: STEP_TIMEOUT_MS })
  return settled(socket, 'connect')
}

function secure(host: string, port: number, ca: string): Promise<void> {
  const name = isIP(host) ? {} : { servername: host }
  const socket = connectTls({ host, port, ca, ...name, timeout: STEP_TIMEOUT_MS, rejectUnauthorized: true })
  return settled(socket, 'secureConnect')
}

function settled(socket: ReturnType<typeof connectTcp>, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve())
    socket.once('error', reject)
    socket.once('timeout', () =>
      reject(Object.assign(new Error(`no answer within ${STEP_TIMEOUT_MS} ms`), { code: 'ETIMEDOUT' })),
    )
  }).finally(() => socket.destroy())
}

import { constants } from 'node:fs'
import { access, readdir, realpath } from 'node:fs/promises'
import type { Clock } from '@tillwatch/shared'
import type { AgentConfig } from '../config.ts'
import { findPortHolder } from '../transport/port-holder.ts'
import { words } from '../words.ts'
import { type Check, failed } from './doctor-check.ts'
import { POLL_TEXTS } from './poll-texts.ts'

/** A serial port of this PC. */
interface SerialPlace {
  readonly path: string
  /** What the system tells about what is plugged in. */
  readonly about: string
}

const DEVICE = /^tty(USB|ACM|S|AMA|mxc)\d+$/

/** Lists the serial ports with rights and holder. */
export async function checkPorts(): Promise<Check[]> {
  const places = await listPorts()
  if (places.length === 0) {
    return [
      { id: 'ports', status: 'note', text: words('Последовательных портов не найдено', 'No serial ports were found') },
    ]
  }
  return Promise.all(places.map(checkPort))
}

async function checkPort({ path, about }: SerialPlace): Promise<Check> {
  const id = `port:${path}`
  const name = about ? `${path} (${about})` : path
  const isAllowed = await access(path, constants.R_OK | constants.W_OK).then(
    () => true,
    () => process.platform === 'win32',
  )
  if (!isAllowed) {
    return {
      id,
      status: 'warn',
      text: words(`Порт ${name}: нет прав`, `Port ${name}: no rights`),
      nextStep: words(
        'Добавьте пользователя агента в группу dialout: usermod -aG dialout ПОЛЬЗОВАТЕЛЬ, затем перезапустите агент',
        'Add the user of the agent to the group dialout: usermod -aG dialout USER, then restart the agent',
      ),
    }
  }
  const holder = await findPortHolder(path)
  if (holder)
    return { id, status: 'note', text: words(`Порт ${name} занят: ${holder}`, `Port ${name} is in use by ${holder}`) }
  return { id, status: 'ok', text: words(`Порт ${name} доступен`, `Port ${name} can be used`) }
}

async function listPorts(): Promise<readonly SerialPlace[]> {
  try {
    const { SerialPort } = await import('serialport')
    const listed = await SerialPort.list()
    if (listed.length > 0) {
      return listed.map(({ path, manufacturer, serialNumber }) => ({
        path,
        about: [manufacturer, serialNumber].filter(Boolean).join(' '),
      }))
    }
  } catch {
    // On Linux the list needs udevadm, which small systems lack: the device directory tells the paths.
  }
  return process.platform === 'win32' ? [] : scanDevices()
}

async function scanDevices(): Promise<readonly SerialPlace[]> {
  const names = (await readdir('/dev').catch(() => [])).filter(name => DEVICE.test(name))
  const places = names.map(name => ({ path: `/dev/${name}`, about: '' }))
  for (const link of await readdir('/dev/serial/by-id').catch(() => [])) {
    const path = await realpath(`/dev/serial/by-id/${link}`).catch(() => null)
    const place = places.findIndex(other => other.path === path)
    if (path && place >= 0) places[place] = { path, about: link }
  }
  return places
}

/** One poll of each configured register, by the same driver as the agent's. */
export async function checkRegisters(config: AgentConfig, clock: Clock): Promise<Check[]> {
  if (config.registers.length === 0) {
    return [
      { id: 'registers', status: 'note', text: words('Кассы в настройках не указаны', 'No registers are configured') },
    ]
  }
  const { pollOnce } = await import('./poll.ts')
  const checks: Check[] = []
  for (const { keep_open: keepOpen, interval_s: _, ...register } of config.registers) {
    try {
      const polled = await pollOnce({ ...register, keepOpen }, clock)
      if (!polled.ok) throw polled.error
      checks.push(registerCheck(register.slot, register.port, polled.value))
    } catch (thrown) {
      checks.push(failed(`register:${register.slot}`, thrown))
    }
  }
  return checks
}

type PolledReport = Extract<Awaited<ReturnType<typeof import('./poll.ts')['pollOnce']>>, { ok: true }>['value']

function registerCheck(slot: string, port: string, { report, answered }: PolledReport): Check {
  const id = `register:${slot}`
  const told = (name: string) => String(report.facts[name]?.value ?? '?')
  if (answered) {
    const model = told('fiscal.register.model')
    const serial = told('fiscal.register.serial')
    return {
      id,
      status: 'ok',
      text: words(
        `Касса ${slot} отвечает на ${port}: ${model}, № ${serial}`,
        `Register ${slot} answers at ${port}: ${model}, no. ${serial}`,
      ),
    }
  }
  const isBusy = told('fiscal.register.link') === 'busy'
  const problem = report.problems[0]
  const inRussian = problem && POLL_TEXTS.ru.problem(problem)
  const reason = words(inRussian ? `: ${inRussian.message}` : '', problem ? `: ${problem.message}` : '')
  return {
    id,
    status: isBusy ? 'warn' : 'fail',
    text: isBusy
      ? words(
          `Касса ${slot}: порт ${port} занят другой программой${reason.ru}`,
          `Register ${slot}: port ${port} is in use by another program${reason.en}`,
        )
      : words(
          `Касса ${slot} не отвечает на ${port}${reason.ru}`,
          `Register ${slot} does not answer at ${port}${reason.en}`,
        ),
    nextStep: problem?.nextStep
      ? words(inRussian?.nextStep ?? problem.nextStep, problem.nextStep)
      : words(
          'Проверьте кабель, питание кассы, порт и скорость в настройках',
          'Check cable, power, and port and baud in the configuration',
        ),
  }
}

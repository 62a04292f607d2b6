import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { listSerialPorts, type SerialPlace } from '../discovery/serial-ports.ts'
import { findPortHolder } from '../transport/port-holder.ts'
import { words } from '../words.ts'
import type { Check } from './doctor-check.ts'

/** What to do about a port that another program holds. */
export const HELD_STEP = words(
  'Порт занимает одна программа: включите веб-сервер или службу драйвера ККТ, их опрашивают вместе с кассовой программой',
  'One program can have a port: switch on the web server or the service of the register’s driver, which several programs share',
)

/** Lists the serial ports with rights and holder. */
export async function checkPorts(): Promise<Check[]> {
  const places = await listSerialPorts()
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
  if (holder) {
    const text = words(`Порт ${name} занят: ${holder}`, `Port ${name} is in use by ${holder}`)
    return { id, status: 'note', text, nextStep: HELD_STEP }
  }
  return { id, status: 'ok', text: words(`Порт ${name} доступен`, `Port ${name} can be used`) }
}

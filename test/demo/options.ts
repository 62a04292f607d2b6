import { parseArgs } from 'node:util'
import { DRIVER_NAMES } from '@tillwatch/agent/drivers/registry'
import { parsePort } from '@tillwatch/agent/transport/open-transport'
import { AppError } from '@tillwatch/shared'

export interface Options {
  readonly register: string | undefined
  readonly driver: string
  readonly http: number
  readonly speed: number
  readonly verbose: boolean
}

/** What was asked for on the command line, all of it looked at; null when help was. Throws `usage`. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      register: { type: 'string' },
      driver: { type: 'string', default: 'shtrih-m' },
      http: { type: 'string', default: '8080' },
      'story-speed': { type: 'string', default: '1' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const number = (name: string, text: string, min: number, max: number): number => {
    const value = Number(text)
    if (!(value >= min && value <= max))
      throw new AppError('usage', `--${name} ${text}: expected a number from ${min} to ${max}`)
    return value
  }
  const { register, driver, verbose } = values
  if (!DRIVER_NAMES.some(name => name === driver))
    throw new AppError('usage', `--driver ${driver}: expected one of ${DRIVER_NAMES.join(', ')}`)
  const port = register === undefined ? null : parsePort(register)
  if (port && !port.ok) {
    const { message, nextStep } = port.error
    throw new AppError('usage', `--register: ${message}`, nextStep === undefined ? {} : { nextStep })
  }
  return {
    ...{ register, driver, verbose },
    http: number('http', values.http, 1, 65_535),
    speed: number('story-speed', values['story-speed'], 0.1, 20),
  }
}

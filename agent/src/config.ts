import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SpokenError } from '@tillwatch/shared'
import { z } from 'zod'
import { parseYamlConfig, problemText } from './config-problems.ts'
import { discoveryConfig } from './discovery/discovery-config.ts'
import { hostConfig } from './host/host-config.ts'
import { logSources } from './logs/log-source.ts'
import { registerConfig } from './poll/register-config.ts'
import { linesOf, words, wordsOf } from './words.ts'

const seconds = (min: number, max: number, standard: number) => z.number().int().min(min).max(max).default(standard)

const registerList = z
  .array(registerConfig)
  .max(16)
  .superRefine((registers, context) => {
    registers.forEach(({ slot }, index) => {
      const first = registers.findIndex(other => other.slot === slot)
      if (first < index) {
        const message = `slot "${slot}" is taken by register ${first + 1} already`
        const ru = `слот «${slot}» уже занят кассой ${first + 1}`
        context.addIssue({ code: 'custom', path: [index, 'slot'], message, params: { ru } })
      }
    })
  })

/** The agent's config file. */
export const agentConfig = z.strictObject({
  /** Identity file of this agent; relative to the config file. */
  identity: z.string().min(1),
  /** Directory of the agent's own files; relative to the config file. */
  data_dir: z.string().min(1),
  /** Registers of this PC, or `auto`: the agent finds them by itself. An empty list watches the PC alone. */
  registers: z.union([z.literal('auto'), registerList]).default('auto'),
  /** Where registers are looked for while `registers` is `auto`. */
  discovery: discoveryConfig.prefault({}),
  /** Probes of the PC and of what stands around the registers. */
  host: hostConfig.prefault({}),
  /** Logs of other programs whose ends go with the agent's own when somebody, or an incident, asks for it. */
  logs: logSources.default([]),
  /** A sign of life when nothing else was said for this long. */
  heartbeat: z.strictObject({ interval_s: seconds(15, 600, 60) }).prefault({}),
  /** The connection to the collector. */
  uplink: z
    .strictObject({
      /** Reconnects are spread over this time. A minute suits a fleet; less is for trials. */
      reconnect_s: seconds(1, 600, 60),
      keepalive_s: seconds(5, 300, 30),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
})
export type AgentConfig = z.infer<typeof agentConfig>

/** Reads and checks a config file; paths in the result are absolute. Throws `config.unreadable` or `config.invalid`, which names every problem. */
export function loadConfig(file: string): AgentConfig {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    const reason = wordsOf(thrown)
    throw new SpokenError(
      'config.unreadable',
      words(`Файл настроек ${file} не читается: ${reason.ru}`, `${file} cannot be read: ${reason.en}`),
      words(
        'Укажите путь к файлу настроек агента в --config; образец есть в руководстве.',
        'Give the path of the agent’s config file with --config; the manual has an example.',
      ),
      { cause: thrown },
    )
  }
  const parsed = parseYamlConfig(text, agentConfig)
  if ('problems' in parsed) {
    throw new SpokenError(
      'config.invalid',
      linesOf(parsed.problems.map(problem => problemText(file, problem))),
      words('Исправьте эти строки и запустите снова.', 'Correct the lines above and start again.'),
      { context: { problems: parsed.problems.length } },
    )
  }
  const from = (path: string) => resolve(dirname(file), path)
  return { ...parsed.value, identity: from(parsed.value.identity), data_dir: from(parsed.value.data_dir) }
}

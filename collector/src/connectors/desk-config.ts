import { AppError } from '@tillwatch/shared'
import { z } from 'zod'
import { creatioConfig } from './creatio/config.ts'
import { emailConfig } from './email/config.ts'
import { itiliumConfig } from './itilium/config.ts'
import { mantisConfig } from './mantis/config.ts'
import { okdeskConfig } from './okdesk/config.ts'
import { redmineConfig } from './redmine/config.ts'
import { requestTrackerConfig } from './request-tracker/config.ts'
import { telegramConfig } from './telegram/config.ts'
import { webhookConfig } from './webhook/config.ts'

/** Settings of one desk, by its kind. */
const deskConfig = z.discriminatedUnion('kind', [
  creatioConfig,
  emailConfig,
  itiliumConfig,
  mantisConfig,
  okdeskConfig,
  redmineConfig,
  requestTrackerConfig,
  telegramConfig,
  webhookConfig,
])
export type DeskConfig = z.infer<typeof deskConfig>

/** The installation in which a number means one ticket. The scheme does not count: a desk that gets a certificate stays the same. */
export function placeOf(desk: DeskConfig): string {
  switch (desk.kind) {
    case 'email':
      // Ids of messages are like no others anywhere.
      return desk.kind
    case 'telegram':
      return `${desk.kind} ${desk.chat_id}`
    case 'webhook':
      return `${desk.kind} ${new URL(desk.url).host}`
    default: {
      const { host, pathname } = new URL(desk.url)
      return `${desk.kind} ${host}${pathname.replace(/\/+$/, '')}`
    }
  }
}

/** The section `desks` of the configuration. */
const deskConfigs = z
  .array(deskConfig)
  .max(16)
  .refine(desks => new Set(desks.map(desk => desk.name)).size === desks.length, 'two desks have the same name')
  .superRefine(checkFallbacks)
  .superRefine(checkInbound)
  .superRefine(checkBots)

/** A way round must be another way, and tells nobody of incidents that are not theirs. */
function checkFallbacks(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  desks.forEach(({ fallback, kind, tenants }, index) => {
    if (!fallback) return
    const other = desks.find(({ name }) => name === fallback.desk)
    const say = (message: string) =>
      context.addIssue({ code: 'custom', path: [index, 'fallback', 'desk'], message, input: fallback.desk })
    if (!other) say(`there is no desk “${fallback.desk}”`)
    else if (other.kind === kind) say(`“${fallback.desk}” is of the same kind: what stops one would stop the other`)
    else if (!tenants.every(tenant => other.tenants.includes(tenant)))
      say(`“${fallback.desk}” does not hear all tenants of this desk`)
  })
}

/** Kinds of desks that never call. */
const SILENT: ReadonlySet<DeskConfig['kind']> = new Set(['email', 'telegram'])

function checkInbound(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  desks.forEach(({ inbound, kind }, index) => {
    if (!inbound || !SILENT.has(kind)) return
    context.addIssue({
      code: 'custom',
      path: [index, 'inbound'],
      message: `a desk of kind ${kind} does not call`,
      input: inbound,
    })
  })
}

/** Of two desks that read one bot only one would get a press. */
function checkBots(desks: readonly DeskConfig[], context: z.core.$RefinementCtx): void {
  const readers = new Map<string, string>()
  desks.forEach((desk, index) => {
    if (desk.kind !== 'telegram' || desk.people.length === 0) return
    const bot = JSON.stringify(desk.secret)
    const other = readers.get(bot)
    readers.set(bot, desk.name)
    if (other === undefined) return
    const message = `the bot of “${other}” tells one desk alone what people do: make another bot for this chat`
    context.addIssue({ code: 'custom', path: [index, 'secret'], message, input: desk.secret })
  })
}

/** Checks the section `desks`; relative paths of secrets are the caller's. Throws `config.invalid` naming every wrong key. */
export function parseDesks(value: unknown, file: string): readonly DeskConfig[] {
  const parsed = deskConfigs.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issue => `desks.${issue.path.join('.')}: ${issue.message}`)
  throw new AppError('config.invalid', `${file}: ${problems.join('; ')}`, {
    nextStep: 'Correct the named keys; docs/connectors has a page for each kind of desk.',
    context: { file, problems },
  })
}

import type { Bilingual } from '@tillwatch/rules'
import type { AgentCommand, CommandOutcome, EpochMs } from '@tillwatch/shared'
import type { Resolution } from '@tillwatch/shared/api'

/** Steps told of each kind; the newest say most. */
const STEPS_MAX = 10

/** What was asked of the till's agent and what came of it. */
export interface AskedCommand {
  readonly does: AgentCommand['do']
  readonly by: string
  readonly at: EpochMs
  /** Null while there is no answer. */
  readonly outcome: CommandOutcome | null
  readonly text: Bilingual | null
}

/** An earlier incident of the same cause. */
export interface EarlierIncident {
  readonly number: number
  readonly openedAt: EpochMs
  readonly solvedAt: EpochMs | null
  readonly by: string | null
  readonly resolution: Resolution | null
}

/** Something that was done about a fault before a person came. */
export interface DoneStep {
  readonly at: EpochMs
  readonly text: Bilingual
}

/** What is known of work already done, oldest first: earlier incidents and how they ended, commands to the agent, its own retries. */
export function alreadyDone(
  known: {
    readonly commands: readonly AskedCommand[]
    readonly earlier: readonly EarlierIncident[]
    /** When facts of the item last came; null when they never did. */
    readonly factsAt: EpochMs | null
  },
  now: EpochMs,
): readonly DoneStep[] {
  const polled = known.factsAt !== null && known.factsAt > 0 && known.factsAt <= now ? [retried(known.factsAt)] : []
  const steps = [
    ...known.earlier.slice(0, STEPS_MAX).map(earlierStep),
    ...known.commands.slice(-STEPS_MAX).map(commandStep),
  ]
  return [...steps, ...polled].sort((a, b) => a.at - b.at)
}

const retried = (at: EpochMs): DoneStep => ({
  at,
  text: { ru: 'опрос агентом, последние данные от него', en: 'poll by the agent, the last data from it' },
})

const COMMANDS: Readonly<Record<AgentCommand['do'], Bilingual>> = {
  poll_now: { ru: 'внеочередной опрос', en: 'poll out of turn' },
  disable: { ru: 'выключение проверки', en: 'check switched off' },
  enable: { ru: 'включение проверки', en: 'check switched on' },
  collect_log: { ru: 'сбор журнала агента', en: 'log of the agent collected' },
}

const OUTCOMES: Readonly<Record<CommandOutcome, Bilingual>> = {
  done: { ru: 'выполнено', en: 'done' },
  failed: { ru: 'не получилось', en: 'failed' },
  refused: { ru: 'отклонено агентом', en: 'refused by the agent' },
  expired: { ru: 'агент не ответил вовремя', en: 'no answer in time' },
}
const NO_ANSWER: Bilingual = { ru: 'ответа ещё нет', en: 'no answer yet' }

function commandStep({ does, by, at, outcome, text }: AskedCommand): DoneStep {
  const say = (language: keyof Bilingual) => {
    const result = outcome === null ? NO_ANSWER[language] : OUTCOMES[outcome][language]
    const said = text?.[language]
    return `${COMMANDS[does][language]} (${by}): ${said ? `${result}, ${said}` : result}`
  }
  return { at, text: { ru: say('ru'), en: say('en') } }
}

const RESOLUTIONS: Readonly<Record<Resolution, Bilingual>> = {
  recovered: { ru: 'прошло само', en: 'went by itself' },
  person: { ru: 'решён', en: 'solved' },
  no_answer: { ru: 'закрыт без ответа клиента', en: 'ended without an answer of the client' },
  cancelled: { ru: 'отменён', en: 'cancelled' },
  duplicate: { ru: 'оказался повтором', en: 'was a duplicate' },
  rejected: { ru: 'отклонён', en: 'rejected' },
  withdrawn: { ru: 'снят', en: 'withdrawn' },
}

function earlierStep({ number, openedAt, solvedAt, by, resolution }: EarlierIncident): DoneStep {
  const say = (language: keyof Bilingual) => {
    const head = language === 'ru' ? `прежний инцидент №${number}` : `earlier incident #${number}`
    const end = resolution === null ? null : RESOLUTIONS[resolution][language]
    return `${head}: ${[end ?? (language === 'ru' ? 'не решён' : 'not solved'), by].filter(Boolean).join(', ')}`
  }
  return { at: solvedAt ?? openedAt, text: { ru: say('ru'), en: say('en') } }
}

import type { DriverOptions, DriverSession } from '../driver.ts'
import type { ReadCommand } from '../kit/read-only.ts'
import { createReadSession, type Poll } from '../kit/session.ts'
import { allUnknown, type ToldFacts, unknown } from '../kit/told.ts'
import type { Asked } from '../kit/window.ts'
import { COMMANDS, type Reply, type Request, SERVICE_SECRET } from './commands.ts'
import { webExchange } from './exchange.ts'
import { Jobs } from './jobs.ts'
import { blockedProblem, PORT_HELD_PROBLEM, queueProblem } from './problems.ts'
import { questionsFor } from './questions.ts'
import {
  DRIVE_FACTS,
  faultsOf,
  fromDeviceInfo,
  fromDeviceStatus,
  fromFnInfo,
  IDENTITY_FACTS,
  STATUS_FACTS,
  UNTOLD,
} from './snapshot.ts'

/** While another program holds the port, the service is asked to open it no more often than this. */
const PORT_HELD_PAUSE_MS = 60_000
const PORT_HELD = 'port held'
/** Unfinished jobs of other programs at the last look. */
const OTHER_JOBS = 'other jobs'

/** One poll: the gate is the service's queue, then device info, device status and FN info, each once a round. */
export const createSession = (options: DriverOptions, newUuid: () => string): DriverSession =>
  createReadSession<Request, Reply>({
    options,
    exchange: webExchange(newUuid),
    secret: SERVICE_SECRET,
    // The second time asks only what a new register or drive made forgotten.
    gate: async poll => !isPortHeld(poll) && (await passQueue(poll)) && (await readStates(poll)) && readStates(poll),
    questions: questionsFor(options.variant),
    conclude(poll) {
      noteHeldPort(poll)
      noteFaults(poll)
      if (options.variant === 1)
        poll.tell({ 'fiscal.driver.version': unknown('version 1 of the interface does not tell it') })
    },
  })

/** True while the service was told moments ago that another program has the port. */
function isPortHeld({ context: { memo, clock }, window }: Poll): boolean {
  const heldAtMs = memo.note(PORT_HELD)
  if (heldAtMs === undefined || clock.monotonic() - Number(heldAtMs) >= PORT_HELD_PAUSE_MS) return false
  window.end('busy', PORT_HELD_PROBLEM)
  return true
}

function noteHeldPort({ context: { memo, clock }, window }: Poll): void {
  if (window.commandsCount > 0)
    memo.setNote(PORT_HELD, window.problems.includes(PORT_HELD_PROBLEM) ? clock.monotonic() : undefined)
}

/** The service's queue. False when nothing may be added to it, or it does not let us see it. */
async function passQueue({ context: { memo, clock }, window }: Poll): Promise<boolean> {
  const asked = await window.ask(COMMANDS.queueStatus)
  if (!asked?.ok) {
    if (asked) window.end(memo.barred(SERVICE_SECRET.name) ? 'password' : 'failed')
    return false
  }
  const { unfinished, isBlocked, blockReason } = asked.value
  const { pending } = new Jobs(memo, clock)
  const others = Math.max(0, unfinished - (pending ? 1 : 0))
  const before = Number(memo.note(OTHER_JOBS) ?? 0)
  memo.setNote(OTHER_JOBS, others)
  // Nothing of ours is left lying in a queue that stands still.
  if (isBlocked && pending) await window.ask(COMMANDS.withdrawal)
  if (isBlocked) window.end('busy', blockedProblem(blockReason))
  else if (others > before && others > 1) window.end('busy', queueProblem(others))
  // One that is new is the POS program's, at work: it goes first. One that stays for long must not keep us out.
  else if (others > before) window.end('at_work')
  return window.ended === null
}

const readStates = async (poll: Poll): Promise<boolean> =>
  (await readIdentity(poll)) && (await readStatus(poll)) && readDrive(poll)

const readStatus = (poll: Poll): Promise<boolean> =>
  onceARound(poll, COMMANDS.deviceStatus, asked =>
    poll.tell(
      asked.ok ? fromDeviceStatus(asked.value) : allUnknown(STATUS_FACTS, asked.reason, asked.code ?? undefined),
    ),
  )

const readIdentity = (poll: Poll): Promise<boolean> =>
  onceARound(poll, COMMANDS.deviceInfo, asked => {
    if (!asked.ok) return poll.tell(missing(poll, allUnknown(IDENTITY_FACTS, asked.reason, asked.code ?? undefined)))
    const told = fromDeviceInfo(asked.value)
    if (poll.differs('fiscal.register.serial', told)) poll.forget()
    poll.tell(told)
  })

const readDrive = (poll: Poll): Promise<boolean> =>
  onceARound(poll, COMMANDS.fnInfo, asked => {
    if (asked.ok) poll.tellDrive({ ...fromFnInfo(asked.value), ...UNTOLD }, COMMANDS.fnInfo.name)
    else poll.tell({ ...allUnknown(DRIVE_FACTS, asked.reason, asked.code ?? undefined), ...UNTOLD })
  })

/** Asks what is due once a round; later holds of the round go on behind it. False when nothing more is to be asked. */
async function onceARound<Answer>(
  { context: { memo, clock, isDue }, window }: Poll,
  command: ReadCommand<void, Answer>,
  take: (asked: Exclude<Asked<Answer>, null>) => void,
): Promise<boolean> {
  if (!isDue('poll', memo.answeredAtMs(command.name))) return true
  const asked = await window.ask(command)
  if (!asked) return false
  take(asked)
  memo.markAnswered(command.name, clock.monotonic())
  return true
}

/** What was never told. */
const missing = ({ context: { memo } }: Poll, facts: ToldFacts): ToldFacts =>
  Object.fromEntries(
    Object.entries(facts).filter(([name]) => (memo.facts.get(name as keyof ToldFacts)?.value ?? null) === null),
  )

/** The error is known when status and drive were read in this round, in one hold of it or another. */
function noteFaults(poll: Poll): void {
  const { context, window } = poll
  const isRead = (command: { readonly name: string }) => !context.isDue('poll', context.memo.answeredAtMs(command.name))
  if (!isRead(COMMANDS.deviceStatus) || !isRead(COMMANDS.fnInfo)) return
  window.faults.push(...faultsOf(context.memo.facts))
  poll.seeNoOtherFaults()
}

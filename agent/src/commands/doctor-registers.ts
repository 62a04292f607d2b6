import { type Clock, detailOf, type WireItem } from '@tillwatch/shared'
import type { AgentConfig } from '../config.ts'
import type { Looked } from '../discovery/discover.ts'
import type { FoundRegister } from '../discovery/found-register.ts'
import type { FinderWorld } from '../discovery/register-finder.ts'
import type { Problem } from '../drivers/driver.ts'
import type { RegisterConfig } from '../poll/register-config.ts'
import { words } from '../words.ts'
import { type Check, failed } from './doctor-check.ts'
import { HELD_STEP } from './doctor-ports.ts'
import { POLL_TEXTS } from './poll-texts.ts'

/** What was seen of the registers of this PC. */
export interface SeenRegisters {
  readonly checks: readonly Check[]
  /** Everything that each of them told. */
  readonly items: readonly WireItem[]
}

/**
 * The registers that the configuration lists, or those that the agent has found, each read once by the same driver as the agent's; else a
 * search, which asks at every port that nobody holds. Changes nothing on the disk.
 */
export async function lookAtRegisters(
  config: AgentConfig | null,
  clock: Clock,
  world: FinderWorld,
): Promise<SeenRegisters> {
  const listed = config?.registers ?? 'auto'
  if (listed !== 'auto') return listed.length > 0 ? readAll(listed, clock, world) : NOT_LISTED
  const found = config ? await storedRegisters(config.data_dir, world) : []
  return found.length > 0 ? readAll(found, clock, world) : search(config, clock, world)
}

const NOT_LISTED: SeenRegisters = {
  checks: [
    { id: 'registers', status: 'note', text: words('Кассы в настройках не указаны', 'No registers are configured') },
  ],
  items: [],
}

async function storedRegisters(dir: string, world: FinderWorld): Promise<readonly RegisterConfig[]> {
  const { readFound } = await import('../discovery/found-file.ts')
  const { configOf, relocate } = await import('../discovery/found-register.ts')
  const { registers, ports } = readFound(dir)
  return relocate(registers, await world.listPorts(), ports).map(configOf)
}

async function readAll(registers: readonly RegisterConfig[], clock: Clock, world: FinderWorld): Promise<SeenRegisters> {
  const { readRegister } = await import('../poll/read-register.ts')
  const checks: Check[] = []
  const items: WireItem[] = []
  for (const { keep_open: keepOpen, interval_s: _, ...register } of registers) {
    try {
      const read = await readRegister({ ...register, keepOpen }, clock, { open: world.open })
      if (!read.ok) throw read.error
      const { item, link, problems } = read.value
      checks.push(registerCheck(register, item, link, problems))
      items.push(item)
    } catch (thrown) {
      checks.push(failed(`register:${register.slot}`, thrown))
    }
  }
  return { checks, items }
}

const told = (item: WireItem, name: string): string => String(detailOf(item.facts[name] ?? null).value ?? '?')

function registerCheck(
  { slot, port, also }: Pick<RegisterConfig, 'slot' | 'port' | 'also'>,
  item: WireItem,
  link: string,
  [problem]: readonly Problem[],
): Check {
  const id = `register:${slot}`
  if (link === 'ok' && also.length > 0) return answeringCheck(slot, item, problem)
  if (link === 'ok') {
    const [model, serial] = [told(item, 'fiscal.register.model'), told(item, 'fiscal.register.serial')]
    const text = words(
      `Касса ${slot} отвечает на ${port}: ${model}, № ${serial}`,
      `Register ${slot} answers at ${port}: ${model}, no. ${serial}`,
    )
    return { id, status: 'ok', text }
  }
  const inRussian = problem && POLL_TEXTS.ru.problem(problem)
  const reason = words(inRussian ? `: ${inRussian.message}` : '', problem ? `: ${problem.message}` : '')
  if (link === 'busy') {
    const text = words(
      `Касса ${slot}: порт ${port} занят другой программой${reason.ru}`,
      `Register ${slot}: port ${port} is in use by another program${reason.en}`,
    )
    return { id, status: 'warn', text, nextStep: HELD_STEP }
  }
  const text = words(
    `Касса ${slot} не отвечает на ${port}${reason.ru}`,
    `Register ${slot} does not answer at ${port}${reason.en}`,
  )
  const nextStep = problem?.nextStep
    ? words(inRussian?.nextStep ?? problem.nextStep, problem.nextStep)
    : words(
        'Проверьте кабель, питание кассы, порт и скорость в настройках',
        'Check cable, power, and port and baud in the configuration',
      )
  return { id, status: 'fail', text, nextStep }
}

/** A register with several ways: which one answered is told by its source, and a way that does not is a remark. */
function answeringCheck(slot: string, item: WireItem, problem: Problem | undefined): Check {
  const id = `register:${slot}`
  const [model, serial] = [told(item, 'fiscal.register.model'), told(item, 'fiscal.register.serial')]
  const byService = item.source === 'driver_service'
  const text = words(
    `Касса ${slot} отвечает ${byService ? 'через службу драйвера' : 'сама, по своему порту'}: ${model}, № ${serial}`,
    `Register ${slot} answers ${byService ? 'through its driver’s service' : 'by itself, at its own port'}: ${model}, no. ${serial}`,
  )
  if (!problem) return { id, status: 'ok', text }
  const inRussian = POLL_TEXTS.ru.problem(problem)
  const way = /^\S+(?=: )/.exec(problem.message)?.[0] ?? ''
  return {
    id,
    status: 'warn',
    text: words(
      `${text.ru}. Другой путь не работает: ${way} ${inRussian.message}`,
      `${text.en}. Another way does not work: ${problem.message}`,
    ),
    ...(problem.nextStep && { nextStep: words(inRussian.nextStep ?? problem.nextStep, problem.nextStep) }),
  }
}

async function search(config: AgentConfig | null, clock: Clock, world: FinderWorld): Promise<SeenRegisters> {
  const { loadDrivers } = await import('../drivers/registry.ts')
  const { placesOf } = await import('../discovery/places.ts')
  const { discover } = await import('../discovery/discover.ts')
  const { also, never } = config?.discovery ?? { also: [], never: [] }
  const drivers = await loadDrivers()
  const places = placesOf({ drivers, serialPorts: await world.listPorts(), also, never })
  const { looked, registers } = await discover(places, [], { ...world, clock })
  const titles = new Map(drivers.map(({ name, title }) => [name, title]))
  const items = looked.flatMap(({ read }) => itemOf(read, registers))
  const checks = [
    ...registers.map(register => foundCheck(register, titles, looked)),
    ...looked.flatMap(one => placeCheck(one, titles, registers.length > 0)),
  ]
  return { checks: checks.length > 0 ? checks : [NOTHING_FOUND], items }
}

const NOTHING_FOUND: Check = {
  id: 'registers',
  status: 'warn',
  text: words('Касс не найдено', 'No registers were found'),
  nextStep: words(
    'Включите кассу и проверьте кабель; кассу в сети укажите в настройках: registers или discovery.also',
    'Switch the register on and check its cable; name one on the network in the configuration: registers or discovery.also',
  ),
}

/** What a register told, under the slot that it was given; of several ways to it the best one's. */
function itemOf(read: Looked['read'], registers: readonly FoundRegister[]): WireItem[] {
  const register = registers.find(({ ways }) => ways[0]?.port === read?.way.port)
  return read?.item && register ? [{ ...read.item, slot: register.slot }] : []
}

type Titles = ReadonlyMap<string, string>

function foundCheck({ slot, model, serial, ways }: FoundRegister, titles: Titles, looked: readonly Looked[]): Check {
  const [best, ...others] = ways.map(({ driver, port, variant, baud }) => {
    const rate = baud === null ? '' : `, ${baud}`
    return { text: `${titles.get(driver) ?? driver}, ${port}${rate}`, driver, port, variant }
  })
  const read = looked.find(({ place }) => place.port === best?.port)?.read
  const also = others.map(({ text }) => text).join('; ')
  const problem = read?.problem ?? null
  const name = `${model ?? titles.get(best?.driver ?? '') ?? '?'}, № ${serial ?? '?'}`
  return {
    id: `register:${slot}`,
    status: problem ? 'warn' : 'ok',
    text: words(
      `Найдена касса ${slot}: ${name}. Лучший способ: ${best?.text}${also && `. Ещё способы: ${also}`}${problem ? `. ${POLL_TEXTS.ru.problem(problem).message}` : ''}`,
      `Found register ${slot}: ${name}. Best way: ${best?.text}${also && `. Other ways: ${also}`}${problem ? `. ${problem.message}` : ''}`,
    ),
    ...(problem?.nextStep && {
      nextStep: words(POLL_TEXTS.ru.problem(problem).nextStep ?? problem.nextStep, problem.nextStep),
    }),
  }
}

/** A place where no register was read, if there is something to say of it. A held port is no trouble where a register was found. */
function placeCheck({ place: { port }, seen, read }: Looked, titles: Titles, isAnyFound: boolean): Check[] {
  const id = `place:${port}`
  switch (seen.kind) {
    case 'held': {
      const text = words(
        `Порт ${port} держит ${seen.holder ?? 'другая программа'}: его не трогали`,
        `Port ${port} is held by ${seen.holder ?? 'another program'}: it was left alone`,
      )
      return [{ id, status: isAnyFound ? 'note' : 'warn', text, nextStep: HELD_STEP }]
    }
    case 'unseen':
      return [
        {
          id,
          status: 'note',
          text: words(
            `${port}: не видно, занят ли порт программой другого пользователя, поэтому касса на нём не ищется`,
            `${port}: whether another user’s program has this port open cannot be seen, so no register is searched for there`,
          ),
          nextStep: words(
            'Если порт свободен, укажите кассу в настройках сами (registers) или дайте агенту право CAP_SYS_PTRACE',
            'If the port is free, list the register in the configuration (registers), or give the agent CAP_SYS_PTRACE',
          ),
        },
      ]
    case 'printer':
      return [
        {
          id,
          status: 'note',
          text: words(`На ${port} чековый принтер без ФН`, `A receipt printer without an FN at ${port}`),
        },
      ]
    case 'stranger':
      return [
        {
          id,
          status: 'note',
          text: words(`На ${port} другое устройство, не касса`, `Another device at ${port}, not a register`),
        },
      ]
    case 'recognised': {
      const driver = titles.get(read?.way.driver ?? '') ?? '?'
      if (!read?.problem || read.problem.code === 'register.password') return []
      const why = POLL_TEXTS.ru.problem(read.problem)
      const text = words(
        `На ${port} отвечает «${driver}», но касса не прочитана: ${why.message}`,
        `“${driver}” answers at ${port}, but no register could be read: ${read.problem.message}`,
      )
      const step = read.problem.nextStep
      return [{ id, status: 'warn', text, ...(step && { nextStep: words(why.nextStep ?? step, step) }) }]
    }
    default:
      return []
  }
}

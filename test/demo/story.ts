/** A moment in the life of the simulated register: what the world does, told in both languages. */
export interface Scene {
  /** Seconds after the start of the story. */
  readonly atS: number
  readonly ru: string
  readonly en: string
  /** The register's state from this moment on, over what it was. Times are the register's own local ones. */
  state(now: LocalTime): Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Local calendar time, with steps back and forth; the device's clock has no zone. */
export interface LocalTime {
  /** `YYYY-MM-DDTHH:mm:ss`, so many hours from now. */
  hours(offset: number): string
  /** `YYYY-MM-DD`, so many days from today. */
  days(offset: number): string
}

/** Local time of a zone at an instant. */
export function localTime(nowMs: number, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const at = (ms: number): string => format.format(ms).replace(' ', 'T')
  return {
    hours: offset => at(nowMs + offset * 3_600_000),
    days: offset => at(nowMs + offset * 86_400_000).slice(0, 10),
  }
}

const FN = { serial: '9960440300112233', phase: 'fiscal', flags: [], last_document: 48_210, registrations_left: 27 }

/** What the register is like before anything happens. */
export const HEALTHY: Scene = {
  atS: 0,
  ru: 'Касса здорова: чеки уходят в ОФД, фискального накопителя хватит больше чем на год.',
  en: 'The register is well: receipts reach the OFD, the fiscal drive lasts for more than a year.',
  state: now => ({
    register: {
      model: 'ШТРИХ-ЛАЙТ-02Ф',
      serial: '0000000000301234',
      inn: '7709990008',
      registration_number: '0001234567012345',
      ffd: '1.2',
      ofd_name: 'Первый ОФД',
      clock_at: now.hours(0),
    },
    shift: { state: 'open', number: 41, receipts: 17 },
    ofd: { unsent_documents: 0, first_unsent_document: null, first_unsent_at: null },
    fn: { ...FN, valid_until: now.days(400) },
  }),
}

/** Receipts stop reaching the OFD, then the drive nears its end; both are put right before anything stops. */
export const STORY: readonly Scene[] = [
  HEALTHY,
  {
    atS: 20,
    ru: 'Чеки перестали уходить в ОФД сутки назад: 38 в очереди.',
    en: 'Receipts stopped reaching the OFD a day ago: 38 are waiting.',
    state: now => ({
      ofd: { unsent_documents: 38, first_unsent_document: 48_173, first_unsent_at: now.hours(-25) },
      fn: { last_document: 48_211 },
    }),
  },
  {
    atS: 45,
    ru: 'Очередь растёт: первому чеку уже четыре дня.',
    en: 'The queue grows: its first receipt is four days old.',
    state: now => ({
      ofd: { unsent_documents: 164, first_unsent_document: 48_050, first_unsent_at: now.hours(-97) },
      fn: { last_document: 48_213 },
    }),
  },
  {
    atS: 70,
    ru: 'Первому чеку 26 дней: через четыре дня ФН заблокирует продажи.',
    en: 'The first receipt is 26 days old: in four days the drive will refuse to sell.',
    state: now => ({
      ofd: { unsent_documents: 911, first_unsent_document: 47_305, first_unsent_at: now.hours(-26 * 24) },
      fn: { last_document: 48_215, flags: ['ofd_timeout'] },
    }),
  },
  {
    atS: 95,
    ru: 'Связь починили: очередь ушла, инцидент решается сам.',
    en: 'The link is mended: the queue has gone, the incident solves itself.',
    state: () => ({
      ofd: { unsent_documents: 0, first_unsent_document: null, first_unsent_at: null },
      fn: { last_document: 48_216, flags: [] },
    }),
  },
  {
    atS: 120,
    ru: 'Срок ФН подошёл ближе: осталось 20 дней.',
    en: 'The end of the drive has come nearer: 20 days are left.',
    state: now => ({ fn: { valid_until: now.days(20), flags: ['key_resource_ending'] } }),
  },
  {
    atS: 145,
    ru: 'Осталось 2 дня, накопитель просит срочной замены.',
    en: 'Two days are left, the drive asks to be replaced urgently.',
    state: now => ({ fn: { valid_until: now.days(2), flags: ['key_resource_ending', 'replace_urgently'] } }),
  },
  {
    atS: 170,
    ru: 'Накопитель заменили: новый номер, новый срок. Инцидент решается, история рассказана.',
    en: 'The drive has been replaced: a new serial, a new date. The incident is solved, the story is told.',
    state: now => ({ fn: { serial: '9960440300445566', last_document: 1, flags: [], valid_until: now.days(1_090) } }),
  },
]

import type { Language } from '../format.ts'

const name = (ru: string, en: string) => ({ ru, en })

/** The rules that ship, in the words of their runbooks; a rule below one of them (`fn.flags.ofd_timeout`) goes by its name. */
const NAMES: Readonly<Record<string, { readonly ru: string; readonly en: string }>> = {
  'agent.silent': name('Компьютер кассы не на связи', 'The till PC is out of contact'),
  'chz.lm': name('Локальный модуль Честного знака', 'Local module of Chestny ZNAK'),
  'clock.pc': name('Часы компьютера кассы идут неверно', 'The clock of the till PC is wrong'),
  'clock.register': name('Часы кассы неверны', 'The clock of the register is wrong'),
  'config.drift': name('Настройки кассы не по профилю', 'Settings of the register are off their profile'),
  'daily.not_checked': name('Касса не проверена за день', 'The register was not checked in full'),
  'disk.system': name('Кончается место на системном диске', 'The system disk fills up'),
  'egais.utm': name('УТМ ЕГАИС', 'EGAIS UTM'),
  'fn.date_mismatch': name('Дата ФН не сходится с расчётом', 'The date of the FN does not fit'),
  'fn.documents': name('Память накопителя кончается', 'The memory of the drive runs out'),
  'fn.expiry': name('Кончается срок накопителя', 'The drive reaches its date'),
  'fn.flags': name('Предупреждения накопителя', 'Warnings of the drive'),
  'fn.phase': name('Накопитель не в рабочей фазе', 'The drive is not in its working phase'),
  'host.service': name('Служба на компьютере кассы остановлена', 'A service of the till PC is stopped'),
  'ofd.contract': name('Договор с ОФД заканчивается', 'The OFD contract ends'),
  'ofd.queue_age': name('Чеки не уходят в ОФД', 'Receipts do not reach the OFD'),
  'ofd.queue_growth': name('Очередь в ОФД растёт', 'The OFD queue grows'),
  'register.error': name('Ошибка кассы', 'Error of the register'),
  'register.link': name('Касса не отвечает', 'The register does not answer'),
  'register.port_busy': name('Порт кассы занят сутки', 'The port of the register is busy for a day'),
  'register.silent': name('Касса не пробивает чеки', 'The register prints no receipts'),
  shift: name('Смена открыта больше 24 часов', 'The shift is open for more than 24 hours'),
  'site.link': name('Объект не на связи', 'The site is out of contact'),
}

/** What people call a rule; a rule that the portal does not know keeps its own name. */
export function ruleName(rule: string, language: Language): string {
  for (let known = rule; known !== ''; known = known.slice(0, Math.max(known.lastIndexOf('.'), 0))) {
    const words = NAMES[known]
    if (words) return words[language]
  }
  return rule
}

import type { FactValue } from '@tillwatch/shared'
import { factText, reasonWord } from '@tillwatch/shared/words'
import type { Problem } from '../drivers/driver.ts'

export type PollLanguage = 'ru' | 'en'

interface Texts {
  /** A value with its unit, its name from a closed list, its date in the order of the language. */
  value(name: string, value: FactValue): string
  /** Why there is no value. */
  unknown(reason: string): string
  problem(problem: Problem): { readonly message: string; readonly nextStep?: string | undefined }
}

const QUEUE_STEP =
  'Это исправит кассовая программа, когда продолжит работу. Агент её задания не трогает и повторит опрос позже.'

/** Problems in Russian by their code; a code that is not here is told in English. */
const RUSSIAN: Readonly<Record<string, readonly [message: string, nextStep: string]>> = {
  'port.busy': ['Порт занят другой программой', 'Закройте её, опросите в другое время или подключите агент по TCP.'],
  'port.missing': [
    'Такого порта нет',
    'Проверьте кабель, питание и имя порта (Диспетчер устройств, /dev/serial/by-id).',
  ],
  'port.denied': ['Нет прав на порт', 'Добавьте пользователя агента в группу устройства (обычно dialout).'],
  'port.silent': [
    'По этому адресу никто не отвечает',
    'Проверьте, включена ли ККТ, верны ли адрес и порт, не мешает ли сетевой экран.',
  ],
  'port.failed': ['Ошибка порта', 'Проверьте кабель и настройки порта.'],
  'register.silent': [
    'ККТ не отвечает',
    'Проверьте питание и кабель, драйвер (driver) и вариант протокола (variant), порт и скорость обмена; при работе через службу — порт ККТ в её настройках.',
  ],
  'register.slow': [
    'ККТ не успела ответить, порт возвращён',
    'ККТ занята или линия медленная; агент повторит опрос сам.',
  ],
  'register.password': [
    'ККТ не принимает пароль',
    'Задайте пароль, который установлен в ККТ или в службе драйвера, и перезапустите агент.',
  ],
  'register.foreign_answer': [
    'В ККТ ждёт ответ для другой программы',
    'С ККТ работает другая программа; опросите позже.',
  ],
  'register.line_in_use': ['На линии идёт чужой обмен', 'С ККТ работает другая программа; опросите позже.'],
  'register.frame_refused': ['ККТ трижды сочла запрос повреждённым', 'Проверьте кабель, скорость обмена и помехи.'],
  'register.answer_damaged': ['Ответ трижды пришёл повреждённым', 'Проверьте кабель, скорость обмена и помехи.'],
  'register.answer_missing': ['ККТ не дала ответа', 'Повторите опрос; проверьте кабель.'],
  'register.sources_differ': [
    'По портам одного места отвечают разные ККТ',
    'Дайте каждой ККТ своё место (slot), а в also перечисляйте порты только одной.',
  ],
  'register.twin': [
    'Эта ККТ уже опрашивается в другом месте (slot)',
    'Уберите одно из мест или перенесите его порт в also другого.',
  ],
  'register.noise': [
    'На линии посторонние байты',
    'Проверьте драйвер (driver) и вариант протокола (variant), скорость обмена и кабель; посмотрите, не работает ли с ККТ другая программа.',
  ],
  'register.status_refused': [
    'ККТ не сообщает своё состояние',
    'Больше ничего у неё не спрашивается; посмотрите, что показывает сама ККТ.',
  ],
  'register.unclear': [
    'ККТ не сообщает состояние смены и, возможно, занята',
    'Агент повторит опрос сам. Если так и останется, передайте запись обмена авторам драйвера.',
  ],
  'register.work_not_begun': [
    'После включения ККТ кассовая программа ещё не начала работу; до этого ККТ мало что сообщает',
    'Запустите кассовую программу. Сам агент работу не начинает: это перевело бы часы ККТ.',
  ],
  'register.shift_close_unfinished': [
    'Закрытие смены прервано; пока его не повторят, ККТ не продаёт',
    'Закройте смену в кассовой программе ещё раз.',
  ],
  'register.queue_full': ['Буфер ККТ заполнен заданиями других программ', QUEUE_STEP],
  'register.queue_waiting': ['Запрос ждёт в очереди ККТ', QUEUE_STEP],
  'register.queue_stopped': ['Задание кассовой программы не выполнено и остановило очередь ККТ', QUEUE_STEP],
  'service.down': [
    'Служба ККТ не отвечает по этому адресу',
    'Проверьте, работает ли служба Windows VT_inecrman и верны ли порт и канал.',
  ],
  'service.silent': [
    'Служба принимает запросы, но не отвечает',
    'Если служба зависла, перезапустите её, когда никто не продаёт.',
  ],
  'service.answer': [
    'По этому адресу отвечает не служба ККТ',
    'Проверьте адрес службы INECRMAN: обычно TCP 50009, HTTP 50010.',
  ],
  'service.refused': [
    'Служба отказывает',
    'Вероятно, с ККТ работает кассовая программа; агент повторит опрос сам, всё реже. Если нет, после сбоя программы мог остаться открытый сеанс: перезапустите службу Windows VT_inecrman, когда никто не продаёт.',
  ],
  'service.blocked': [
    'Очередь службы заблокирована, агент в неё ничего не добавляет',
    'Исход фискального задания кассовой программы неизвестен. Устраните причину в службе и повторите это задание.',
  ],
  'service.queue': [
    'В службе ждут задания других программ, и их становится больше; агент своих не добавляет',
    'Выясните, почему служба их не выполняет: ККТ, бумага, кассовая программа.',
  ],
  'service.device': [
    'В службе нет такой ККТ, нет ККТ по умолчанию или ККТ не активна',
    'Задайте в device.id её имя из службы и проверьте там, что ККТ активна.',
  ],
  'service.interface': [
    'Служба не отвечает по этой версии интерфейса',
    'Задайте другой variant (1 или 2) и проверьте адрес службы.',
  ],
  'service.failed': ['Внутренняя ошибка службы', 'Посмотрите журнал службы; агент повторит опрос сам.'],
  'service.job_lost': [
    'Служба забыла задание агента',
    'Она была перезапущена, или ей не хватает памяти. Агент повторит опрос сам.',
  ],
}

/** The settings that a step names stay as they are: each driver has its own. */
const SETTINGS = /passwords\.\w+/g
/** `command <name>: <why>`, as drivers tell a fault; the way to the register may stand before it. */
const FAULT = /(?:^|: )command ([^:]+): (.+)$/s

function inRussian(problem: Problem): ReturnType<Texts['problem']> {
  const [message, nextStep] = RUSSIAN[problem.code] ?? []
  if (message !== undefined) {
    const settings = [...new Set(problem.nextStep?.match(SETTINGS))]
    return { message, nextStep: settings.length > 0 ? `${nextStep} Настройки: ${settings.join(', ')}.` : nextStep }
  }
  const [, command, why] = FAULT.exec(problem.message) ?? []
  if (command === undefined || why === undefined) return problem
  if (problem.code.startsWith('register.error.'))
    return { ...problem, message: `Ошибка ККТ, команда ${command}: ${reasonWord(why, 'ru')}` }
  if (problem.code.startsWith('protocol.'))
    return { ...problem, message: `Драйвер не понял ответ ККТ на команду ${command}: ${reasonWord(why, 'ru')}` }
  return problem
}

/** Words of the command's output for people. */
export const POLL_TEXTS: Readonly<Record<PollLanguage, Texts>> = {
  ru: {
    value: (name, value) => factText(name, value, 'ru', { confirmed: 'да', denied: 'нет', none: 'нет' }),
    unknown: reason => `неизвестно: ${reasonWord(reason, 'ru')}`,
    problem: inRussian,
  },
  en: {
    value: (name, value) => factText(name, value, 'en', { confirmed: 'yes', denied: 'no', none: 'none' }),
    unknown: reason => `unknown: ${reasonWord(reason, 'en')}`,
    problem: problem => problem,
  },
}

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
  'register.silent': ['ККТ не отвечает', 'Проверьте питание и кабель, порт и скорость обмена.'],
  'register.slow': [
    'ККТ не успела ответить, порт возвращён',
    'ККТ занята или линия медленная; агент повторит опрос сам.',
  ],
  'register.password': [
    'ККТ не принимает пароль',
    'Задайте пароль, который установлен в ККТ или в службе драйвера: нужный ключ команды назван в описании драйвера.',
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
  'register.noise': ['На линии посторонние байты', 'Проверьте драйвер, скорость обмена и кабель.'],
}

/** Words of the command's output for people. */
export const POLL_TEXTS: Readonly<Record<PollLanguage, Texts>> = {
  ru: {
    value: (name, value) => factText(name, value, 'ru', { confirmed: 'да', denied: 'нет', none: 'нет' }),
    unknown: reason => `неизвестно: ${reasonWord(reason, 'ru')}`,
    problem(problem) {
      const text = RUSSIAN[problem.code]
      return text ? { message: text[0], nextStep: text[1] } : problem
    },
  },
  en: {
    value: (name, value) => factText(name, value, 'en', { confirmed: 'yes', denied: 'no', none: 'none' }),
    unknown: reason => `unknown: ${reasonWord(reason, 'en')}`,
    problem: problem => problem,
  },
}

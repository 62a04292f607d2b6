/** Result of every command that succeeded. */
export const DONE = 0
/** No connection to the register, or its port is not open. The only number that is known. */
export const NO_CONNECTION = 3001

/** Numbers that nobody knows are the simulator's own, all from 9990 on. */
export const NO_DRIVE = 9993
export const NOT_TAKEN = 9994
export const NOT_JSON = 9996
export const NOT_ALLOWED = 9997
export const PORT_TAKEN = 9998
export const NO_SESSION = 9999

const TEXTS: Readonly<Record<number, string>> = {
  [DONE]: 'Ошибок нет',
  [NO_CONNECTION]: 'Нет связи с ККТ',
  [NO_DRIVE]: 'ФН не отвечает',
  [NOT_TAKEN]: 'Команда не принята',
  [NOT_JSON]: 'Запрос не понят',
  [NOT_ALLOWED]: 'Команда не поддерживается',
  [PORT_TAKEN]: 'Порт занят другой сессией',
  [NO_SESSION]: 'Сессия не найдена',
}

/** What a service says beside a result. */
export const descriptionOf = (result: number): string => TEXTS[result] ?? 'Неизвестная ошибка'

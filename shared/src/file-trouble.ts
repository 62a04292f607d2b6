import type { BilingualText } from './api/problem.ts'
import { messageOf } from './errors.ts'

const WORDS: Readonly<Record<string, BilingualText>> = {
  ENOENT: { ru: 'нет такого файла или каталога', en: 'there is no such file or folder' },
  ENOTDIR: { ru: 'на этом пути файл, а не каталог', en: 'a file stands on its path where a folder should' },
  EISDIR: { ru: 'это каталог, а не файл', en: 'it is a folder, not a file' },
  EACCES: { ru: 'нет прав', en: 'this account has no right to it' },
  EPERM: { ru: 'нет прав', en: 'this account has no right to it' },
  EROFS: { ru: 'диск только для чтения', en: 'the disk is read-only' },
  ENOSPC: { ru: 'на диске нет места', en: 'the disk is full' },
}

/** Why the system did not give a file, in words; what has none here is told as it came. */
export function fileTrouble(thrown: unknown): BilingualText {
  const known = thrown instanceof Error && 'code' in thrown ? WORDS[String(thrown.code)] : undefined
  return known ?? { ru: messageOf(thrown), en: messageOf(thrown) }
}
